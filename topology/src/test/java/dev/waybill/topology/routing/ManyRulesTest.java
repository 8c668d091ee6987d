package dev.waybill.topology.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Keys;
import dev.waybill.topology.Models;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Condition;
import dev.waybill.topology.model.Condition.TypePattern;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.Selection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Very many organizations have rules, and one has very many: each request goes by the one rule that is meant, of its
/// own organization. What it costs, `bench rules` measures.
class ManyRulesTest {

    private static final int EACH = 10;
    private static final int MOST = 5_000;
    private static final String LARGE = "large";

    @Test
    void aThousandOrganizations() {
        fillAndResolve(1_000);
    }

    @Tag("long")
    @Test
    void aHundredThousandOrganizations() {
        fillAndResolve(100_000);
    }

    private static void fillAndResolve(int organizations) {
        ConfigurationView view = new ConfigurationView(Installation.unknown());
        for (int i = 0; i < organizations; i++) {
            fill(view, "org" + i, EACH);
        }
        fill(view, LARGE, MOST);
        for (int i = 0; i < organizations; i++) {
            assertGoesBy(view, "org" + i, i % EACH);
        }
        for (int rule = 0; rule < MOST; rule++) {
            assertGoesBy(view, LARGE, rule);
        }
        assertThat(Resolver.resolve(view, request(LARGE, MOST), Models.NOW)).isInstanceOf(Resolution.Rejected.class);
    }

    private static void fill(ConfigurationView view, String organization, int rules) {
        for (int i = 0; i < rules; i++) {
            view.put(Keys.rule(organization, "rule-" + i), rule(organization, i));
        }
    }

    private static Rule rule(String organization, int number) {
        return new Rule(
                organization,
                "rule-" + number,
                "",
                number,
                true,
                List.of(new Condition.Type(List.of(new TypePattern("type" + number)))),
                new Selection.All(),
                Models.targets(List.of(Models.id(organization, "hook"))),
                List.of(),
                List.of(),
                false,
                null,
                null,
                null,
                List.of(),
                1);
    }

    private static void assertGoesBy(ConfigurationView view, String organization, int rule) {
        Resolution resolution = Resolver.resolve(view, request(organization, rule), Models.NOW);
        assertThat(resolution).isInstanceOfSatisfying(Resolution.Routes.class, routes -> {
            Route route = routes.routes().getFirst();
            assertThat(routes.routes()).hasSize(1);
            assertThat(route.rule()).isNotNull().matches(ref -> ref.ruleId().equals("rule-" + rule));
            assertThat(route.candidates())
                    .containsExactly(Models.id(organization, "hook").toString());
        });
    }

    private static Request request(String organization, int type) {
        return new Request(
                "d",
                organization,
                new Payload("type" + type, "text/plain", Bytes.of(new byte[1]), null, null),
                List.of(),
                null,
                List.of(),
                null,
                null,
                null,
                null,
                Map.of(),
                null,
                null,
                Map.of(),
                Models.NOW,
                null);
    }
}
