package dev.waybill.topology.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.RetryDelay;
import dev.waybill.topology.Models;
import dev.waybill.topology.model.Constraint;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.Selection;
import dev.waybill.topology.policy.RetryPlan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What constraints do to the deliveries of an organization.
class ComplianceTest {

    private static final int RETENTION_DAYS = 30;

    /// Here the names of destinations tell.
    private final ConfigurationView view = new ConfigurationView(
            new Installation(destination -> destination.name().startsWith("https"), RETENTION_DAYS));

    ComplianceTest() {
        for (String name : List.of("https-a", "https-b", "plain")) {
            Destination destination = Models.destination("acme", name, true);
            view.put("acme/" + destination.id(), destination);
        }
    }

    private void rule(
            String id,
            int priority,
            @Nullable String template,
            String primary,
            List<String> fallback,
            Constraint... demands) {
        Rule some = Models.rule(
                id,
                priority,
                List.of(Models.id("acme", primary)),
                fallback.stream().map(name -> Models.id("acme", name)).toList());
        view.put(
                "acme/" + id,
                new Rule(
                        some.organizationId(),
                        id,
                        id,
                        priority,
                        template == null,
                        some.conditions(),
                        new Selection.Failover(),
                        some.primary(),
                        some.secondary(),
                        some.fallback(),
                        false,
                        null,
                        null,
                        template,
                        List.of(demands),
                        1));
    }

    /// What becomes of the first route, or why there is none.
    private String fate(Request request) {
        Explanation explanation = new Explainer(new RetryPlan(List.of(RetryDelay.parse("1s"))), Duration.ofSeconds(10))
                .explain(view, Models.delivery(request), Models.NOW);
        if (explanation.resolution() instanceof Resolution.Rejected(String reason)) {
            return reason;
        }
        return switch (explanation.routes().getFirst().step()) {
            case Step.Send send -> "goes to " + send.destination().name();
            case Step.End(var _, var _, var fate, var _)
            when fate.status() == RouteStatus.REJECTED -> "rejected: " + fate.reason();
            case Step other -> other.toString();
        };
    }

    @Test
    void withoutConstraintsEverythingGoes() {
        rule("own", 1, null, "plain", List.of());
        assertThat(fate(Models.request())).isEqualTo("goes to plain");
    }

    @Test
    void aDestinationThatBreaksOneIsPassedOverAndTheLastOneRejected() {
        rule("own", 1, null, "plain", List.of("https-a"));
        rule("hipaa-x", 0, "hipaa", "https-b", List.of(), new Constraint.EncryptedTransport(Set.of()));
        assertThat(fate(Models.request())).isEqualTo("goes to https-a");
        rule("own", 1, null, "plain", List.of());
        assertThat(fate(Models.request())).isEqualTo("rejected: constraint_violated: hipaa/encrypted_transport");
    }

    @Test
    void theyHoldForDestinationsThatARequestNamesToo() {
        rule("hipaa-x", 0, "hipaa", "https-b", List.of(), new Constraint.EncryptedTransport(Set.of()));
        assertThat(fate(Models.request("https-a"))).isEqualTo("goes to https-a");
        assertThat(fate(Models.request("plain"))).isEqualTo("rejected: constraint_violated: hipaa/encrypted_transport");
    }

    @Test
    void aRuleThatBreaksOneDoesNotDecide() {
        rule("own", 1, null, "https-a", List.of());
        rule("sox-x", 0, "sox", "https-b", List.of("https-a"), new Constraint.FallbackRequired());
        assertThat(fate(Models.request())).isEqualTo("constraint_violated: sox/fallback_required");
        rule("own", 1, null, "https-a", List.of("https-b"));
        assertThat(fate(Models.request())).isEqualTo("goes to https-a");
    }

    @Test
    void aWorkerThatForgetsTooSoonDeliversNothing() {
        rule("own", 1, null, "https-a", List.of());
        rule("x", 0, null, "https-b", List.of(), new Constraint.RetentionDays(RETENTION_DAYS));
        assertThat(fate(Models.request())).isEqualTo("goes to https-a");
        rule("x", 0, null, "https-b", List.of(), new Constraint.RetentionDays(RETENTION_DAYS + 1));
        assertThat(fate(Models.request())).isEqualTo("constraint_violated: x/retention_days");
        assertThat(fate(Models.request("https-a"))).isEqualTo("constraint_violated: x/retention_days");
    }

    @Test
    void theyEndWithTheRuleAndAreOneOrganizationsOnly() {
        rule("own", 1, null, "plain", List.of());
        rule("hipaa-x", 0, "hipaa", "https-b", List.of(), new Constraint.Regions(Set.of("eu")));
        assertThat(fate(Models.request())).isEqualTo("rejected: constraint_violated: hipaa/regions");
        assertThat(view.compliance("globex")).isSameAs(Compliance.NONE);
        view.removeRule("acme/hipaa-x");
        assertThat(fate(Models.request())).isEqualTo("goes to plain");
    }

    @Test
    void whatSeveralRulesOfATemplateDemandIsDemandedOnce() {
        Constraint labels = new Constraint.Labels(Map.of("baa", "signed"));
        rule("hipaa-1", 1, "hipaa", "https-a", List.of(), labels);
        rule("hipaa-2", 2, "hipaa", "https-b", List.of(), labels);
        assertThat(view.compliance("acme").brokenBy(Models.destination("acme", "https-a", true)))
                .contains(new Compliance.Demand("hipaa", labels));
    }
}
