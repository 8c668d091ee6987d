package dev.waybill.topology.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.Models;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Rule;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConfigurationViewTest {

    private final ConfigurationView view = new ConfigurationView(Installation.unknown());
    private final Destination hook = Models.destination("acme", "hook", true);

    private static String key(Destination destination) {
        return destination.organizationId() + "/" + destination.id();
    }

    private static Destination copy(Destination of, String organization, UUID id, String name, Kind kind) {
        return new Destination(
                id,
                organization,
                name,
                kind,
                "p",
                true,
                of.settings(),
                of.policy(),
                null,
                of.labels(),
                2,
                of.encoded());
    }

    private void refused(Destination changed) {
        assertThatThrownBy(() -> view.put(key(changed), changed)).isInstanceOf(InvalidRecordException.class);
        assertThat(view.byId("acme", hook.id())).contains(hook);
        assertThat(view.byName("acme", "hook")).contains(hook);
    }

    @Test
    void aDestinationIsFoundByIdAndNameInItsOrganizationOnly() {
        view.put(key(hook), hook);
        assertThat(view.byId("acme", hook.id())).contains(hook);
        assertThat(view.byName("acme", "hook")).contains(hook);
        assertThat(view.byId("globex", hook.id())).isEmpty();
        assertThat(view.byName("globex", "hook")).isEmpty();
        assertThat(view.ownerOf(hook.id())).contains("acme");
        assertThat(view.knows("acme")).isTrue();
        assertThat(view.knows("globex")).isFalse();
    }

    @Test
    void aNewVersionTakesTheOldOnesPlace() {
        view.put(key(hook), hook);
        Destination disabled = Models.destination("acme", "hook", false);
        view.put(key(disabled), disabled);
        assertThat(view.byName("acme", "hook")).contains(disabled);
        view.removeDestination(key(hook));
        assertThat(view.knows("acme")).isFalse();
        assertThat(view.ownerOf(hook.id())).isEmpty();
    }

    @Test
    void whatBreaksAPromiseIsRefused() {
        view.put(key(hook), hook);
        refused(copy(hook, "globex", hook.id(), "hook", Kind.WEBHOOK));
        refused(copy(hook, "acme", hook.id(), "hook", Kind.EMAIL));
        refused(copy(hook, "acme", Models.id("acme", "second"), "hook", Kind.WEBHOOK));
        assertThatThrownBy(() -> view.put("acme/other", hook)).isInstanceOf(InvalidRecordException.class);
        assertThat(view.knows("globex")).isFalse();
    }

    @Test
    void aRenamedDestinationIsFoundByItsNewNameOnly() {
        view.put(key(hook), hook);
        Destination renamed = copy(hook, "acme", hook.id(), "renamed", Kind.WEBHOOK);
        view.put(key(renamed), renamed);
        assertThat(view.byName("acme", "renamed")).contains(renamed);
        assertThat(view.byName("acme", "hook")).isEmpty();
        assertThat(view.byId("acme", hook.id())).contains(renamed);
        Destination second = copy(hook, "acme", Models.id("acme", "second"), "hook", Kind.WEBHOOK);
        view.put(key(second), second);
        assertThat(view.byName("acme", "hook")).contains(second);
    }

    @Test
    void onlyTheOwnerDeletes() {
        view.put(key(hook), hook);
        view.removeDestination("globex/" + hook.id());
        view.removeDestination("acme/no-uuid");
        view.removeDestination("acme");
        assertThat(view.byId("acme", hook.id())).contains(hook);
        view.removeDestination(key(hook));
        view.removeDestination(key(hook));
        assertThat(view.byName("acme", "hook")).isEmpty();
        Destination other = copy(hook, "acme", Models.id("acme", "second"), "hook", Kind.EMAIL);
        view.put(key(other), other);
        assertThat(view.byName("acme", "hook")).contains(other);
    }

    @Test
    void rulesStandInTheOrderOfTheirEvaluation() {
        for (Rule rule : List.of(rule("b", 1), rule("c", 5), rule("a", 1), rule("b", 9))) {
            view.put("acme/" + rule.ruleId(), rule);
        }
        assertThat(view.rules("acme")).extracting(Rule::ruleId).containsExactly("b", "c", "a");
        view.removeRule("acme/b");
        view.removeRule("acme/unknown");
        view.removeRule("globex/a");
        assertThat(view.rules("acme")).extracting(Rule::ruleId).containsExactly("c", "a");
        view.removeRule("acme/c");
        view.removeRule("acme/a");
        assertThat(view.rules("acme")).isEmpty();
        assertThat(view.knows("acme")).isFalse();
        assertThatThrownBy(() -> view.put("acme/x", rule("y", 1))).isInstanceOf(InvalidRecordException.class);
    }

    private static Rule rule(String id, int priority) {
        return Models.rule(id, priority, List.of(Models.id("acme", "hook")), List.of());
    }
}
