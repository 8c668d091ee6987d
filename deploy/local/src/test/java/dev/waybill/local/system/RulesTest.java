package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RequestContext;
import dev.waybill.avro.RouteFate;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleConstraint;
import dev.waybill.avro.RuleOrigin;
import dev.waybill.avro.RuleTarget;
import dev.waybill.avro.RuleWindow;
import dev.waybill.local.system.ScriptedReceiver.Answer;
import java.nio.ByteBuffer;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Requests without destinations, from Kafka by the organization's rules to their results and rows, by one worker. All
/// are sent at once; each test looks at what became of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RulesTest {

    private static final String ACME = "acme";
    private static final String CLINIC = "clinic";
    private static final Duration RESULTS_MAX = Duration.ofSeconds(60);
    private static final Duration PROJECTED_MAX = Duration.ofSeconds(20);
    private static final int SPREAD = 200;
    private static final int PATIENTS = 20;
    private static final int ALONE = 6;

    private final Installation installation = Installation.create("rules");
    private final ScriptedReceiver receiver = new ScriptedReceiver();
    private final Application application = new Application(installation);
    private final Map<String, String> ids = new HashMap<>();
    private String clinic = "";
    private Map<String, List<DeliveryResult>> results = Map.of();

    @BeforeAll
    void run() throws InterruptedException, SQLException {
        for (String name : List.of("a", "b", "c")) {
            put(name, 204);
        }
        clinic = application.putWebhook(
                CLINIC,
                "plain",
                receiver.plays("plain", _ -> Answer.of(204)),
                DeliveryPolicy.newBuilder().build());
        put("gone", 410);
        put("broken", 500);
        configure();
        try (WorkerProcess worker = installation.startWorker("one")) {
            request("chain", "chain.x", null, Map.of());
            request("night", "night", "nurse", Map.of());
            request("copied", "copy", null, Map.of());
            request("nowhere", "other", null, Map.of());
            application.send(request(CLINIC, "unsafe", "other", null, Map.of()).build(), Map.of());
            application.send(
                    request(CLINIC, "unsafe-named", "other", null, Map.of())
                            .setDestinationIds(List.of("plain"))
                            .build(),
                    Map.of());
            for (int i = 0; i < SPREAD; i++) {
                request("spread-" + i, "spread", null, Map.of());
            }
            for (int i = 0; i < 2 * PATIENTS; i++) {
                request("sticky-" + i, "sticky", null, Map.of("patient", "p" + i / 2));
            }
            results = application.results(RESULTS_MAX, found -> found >= ALONE + SPREAD + 2 * PATIENTS);
            new Audit(installation, application, Map.of(), results, 0).assertRowsAreTheFold();
            assertThat(rows("select error from projection_quarantine")).isNotEmpty();
            worker.stop();
        }
    }

    private void put(String name, int status) {
        String url = receiver.plays(name, _ -> Answer.of(status));
        ids.put(
                name,
                application.putWebhook(
                        ACME,
                        name,
                        url,
                        DeliveryPolicy.newBuilder()
                                .setMaxAttempts(1)
                                .setDisableOnGone(false)
                                .build()));
    }

    private void configure() {
        rule(
                "chain",
                "chain.*",
                rule -> rule.setSelection("failover")
                        .setPrimary(targets("gone"))
                        .setSecondary(targets("broken"))
                        .setFallback(targets("a")));
        rule(
                "spread",
                "spread",
                rule -> rule.setSelection("weighted")
                        .setPrimary(List.of(new RuleTarget(id("a"), 3), new RuleTarget(id("b"), 1))));
        // It is no rule: the one before stays in force.
        rule(
                "spread",
                "spread",
                rule -> rule.setSelection("best").setPrimary(targets("c")).setVersion(2));
        rule(
                "sticky",
                "sticky",
                rule -> rule.setSelection("sticky")
                        .setStickyBy("metadata.patient")
                        .setPrimary(targets("a", "b", "c")));
        rule("archive", "copy", rule -> rule.setPriority(9).setContinues(true).setPrimary(targets("c")));
        rule("copy", "copy", rule -> rule.setPrimary(targets("a")));
        // A regime that the receiver here, which speaks plain HTTP, does not keep to; nobody of the API was asked.
        application.putRule(base("hipaa-all")
                .setOrganizationId(CLINIC)
                .setPrimary(List.of(new RuleTarget(clinic, 1)))
                .setTemplate(new RuleOrigin("hipaa", 2L, Map.of("main", List.of(clinic))))
                .setConstraints(List.of(new RuleConstraint("encrypted_transport", List.of())))
                .build());
        application.putRule(base("night")
                .setPrimary(targets("b"))
                .setConditions(RuleConditions.newBuilder()
                        .setPayloadTypes(List.of("night"))
                        .setUserRoles(List.of("nurse"))
                        .setWindows(List.of(new RuleWindow(List.of(), "00:00", "24:00", "Europe/Vienna")))
                        .build())
                .build());
    }

    private void rule(String id, String type, Consumer<DefaultDestinationRule.Builder> more) {
        DefaultDestinationRule.Builder rule = base(id).setConditions(RuleConditions.newBuilder()
                .setPayloadTypes(List.of(type))
                .build());
        more.accept(rule);
        application.putRule(rule.build());
    }

    private static DefaultDestinationRule.Builder base(String id) {
        return DefaultDestinationRule.newBuilder()
                .setOrganizationId(ACME)
                .setRuleId(id)
                .setName(id)
                .setPriority(1)
                .setVersion(1)
                .setChangedAt(Instant.now());
    }

    private List<RuleTarget> targets(String... names) {
        return List.of(names).stream().map(name -> new RuleTarget(id(name), 1)).toList();
    }

    private String id(String name) {
        return ids.getOrDefault(name, name);
    }

    private void request(String deliveryId, String type, @Nullable String role, Map<String, String> metadata) {
        application.send(request(ACME, deliveryId, type, role, metadata).build(), Map.of());
    }

    private static DeliveryRequest.Builder request(
            String organization, String deliveryId, String type, @Nullable String role, Map<String, String> metadata) {
        return DeliveryRequest.newBuilder()
                .setDeliveryId(deliveryId)
                .setOrganizationId(organization)
                .setPayload(Payload.newBuilder()
                        .setType(type)
                        .setBody(ByteBuffer.wrap(new byte[] {1}))
                        .build())
                .setContext(RequestContext.newBuilder().setUserRole(role).build())
                .setMetadata(metadata)
                .setRequestedAt(Instant.now());
    }

    @AfterAll
    void close() {
        application.close();
        receiver.close();
        installation.close();
    }

    private DeliveryResult result(String deliveryId) {
        return results.getOrDefault(deliveryId, List.of()).getFirst();
    }

    private RouteFate onlyRoute(String deliveryId) {
        assertThat(result(deliveryId).getRoutes()).hasSize(1);
        return result(deliveryId).getRoutes().getFirst();
    }

    @Test
    void what_fails_for_good_goes_to_the_next_tier() throws SQLException {
        assertThat(onlyRoute("chain"))
                .returns("delivered", RouteFate::getStatus)
                .returns(id("a"), RouteFate::getDestinationId)
                .returns("chain", RouteFate::getRuleId)
                .returns(1L, RouteFate::getRuleVersion)
                .returns("failover", RouteFate::getRuleSelection)
                .returns("fallback", RouteFate::getRuleTier)
                .returns(true, RouteFate::getFallbackUsed);
        assertThat(onlyRoute("chain").getTrail())
                .extracting(entry -> entry.getDestinationId() + " " + entry.getErrorCode())
                .containsExactly(id("gone") + " http_410", id("broken") + " http_500");
        assertThat(rows("select d.name, l.status, l.rule_id, l.rule_selection, l.rule_tier from delivery_logs l"
                        + " join delivery_destinations d on d.id = l.destination_id where delivery_id = 'chain'"
                        + " order by d.name"))
                .containsExactly(
                        "a delivered chain failover fallback",
                        "broken failed chain failover secondary",
                        "gone failed chain failover primary");
    }

    @Test
    void load_is_spread_by_weight_by_the_last_good_version() {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < SPREAD; i++) {
            RouteFate fate = onlyRoute("spread-" + i);
            assertThat(fate.getRuleVersion()).isEqualTo(1);
            counts.merge(String.valueOf(fate.getDestinationId()), 1, Integer::sum);
        }
        // Five standard deviations around three quarters.
        assertThat(counts.getOrDefault(id("a"), 0)).isBetween(120, 180);
        assertThat(counts).containsOnlyKeys(id("a"), id("b"));
    }

    @Test
    void a_rule_that_is_none_is_put_into_quarantine() throws SQLException {
        assertThat(rows("select error from projection_quarantine"))
                .singleElement()
                .asString()
                .isEqualTo("selection: is one of all, failover, weighted, round-robin, sticky, not best");
        assertThat(rows("select selection, version, weights->>'" + id("a")
                        + "' from default_destination_rules where rule_id = 'spread'"))
                .containsExactly("weighted 1 3");
    }

    @Test
    void what_has_the_same_key_goes_the_same_way() {
        Set<String> all = new HashSet<>();
        for (int patient = 0; patient < PATIENTS; patient++) {
            String one = String.valueOf(onlyRoute("sticky-" + 2 * patient).getDestinationId());
            assertThat(onlyRoute("sticky-" + (2 * patient + 1)).getDestinationId())
                    .isEqualTo(one);
            all.add(one);
        }
        assertThat(all).hasSizeGreaterThan(1);
    }

    @Test
    void a_rule_that_continues_adds_a_route() {
        assertThat(result("copied").getStatus()).isEqualTo("DELIVERED");
        assertThat(result("copied").getRoutes())
                .extracting(fate -> fate.getRuleId() + " " + fate.getDestinationId())
                .containsExactly("archive " + id("c"), "copy " + id("a"));
    }

    @Test
    void all_conditions_must_hold() {
        assertThat(onlyRoute("night").getRuleId()).isEqualTo("night");
        assertThat(result("nowhere"))
                .returns("REJECTED", DeliveryResult::getStatus)
                .returns("no_route", DeliveryResult::getReason);
    }

    @Test
    void what_would_break_a_constraint_is_rejected_and_not_sent() throws SQLException {
        for (String deliveryId : List.of("unsafe", "unsafe-named")) {
            assertThat(result(deliveryId).getStatus()).isEqualTo("REJECTED");
            assertThat(onlyRoute(deliveryId).getReason()).isEqualTo("constraint_violated: hipaa/encrypted_transport");
            assertThat(receiver.requests(deliveryId)).isEmpty();
        }
        assertThat(rows("select template_id, template_version, constraints from default_destination_rules"
                        + " where rule_id = 'hipaa-all'"))
                .containsExactly("hipaa 2 [{\"values\": [], \"constraint\": \"encrypted_transport\"}]");
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        Awaitility.await().atMost(PROJECTED_MAX).ignoreExceptions().until(() -> {
            rows.clear();
            try (var connection =
                            DriverManager.getConnection(installation.database().jdbcUrl());
                    var found = connection.createStatement().executeQuery(sql)) {
                int columns = found.getMetaData().getColumnCount();
                while (found.next()) {
                    StringBuilder row = new StringBuilder(found.getString(1));
                    for (int i = 2; i <= columns; i++) {
                        row.append(' ').append(found.getString(i));
                    }
                    rows.add(row.toString());
                }
            }
            return !rows.isEmpty();
        });
        return rows;
    }
}
