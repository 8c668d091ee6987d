package dev.waybill.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleTarget;
import dev.waybill.topology.codec.RuleMapping;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseRuleTest {

    private static String id(char letter) {
        return new UUID(0, letter).toString();
    }

    /// The base rule after these were set one after the other.
    private static DefaultDestinationRule of(String letters) {
        DefaultDestinationRule rule = BaseRule.with(null, "acme", id(letters.charAt(0)), null);
        for (int i = 1; i < letters.length(); i++) {
            rule = BaseRule.with(rule, "acme", id(letters.charAt(i)), null);
        }
        return rule;
    }

    private static String letters(DefaultDestinationRule rule) {
        assertThat(RuleMapping.faults(rule)).isEmpty();
        assertThat(rule.getSelection()).isEqualTo("failover");
        assertThat(rule.getPrimary()).hasSize(1);
        return BaseRule.destinations(rule).stream()
                .map(target -> String.valueOf(
                        (char) UUID.fromString(target.getDestinationId()).getLeastSignificantBits()))
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @CsvSource({
        "'',a,,a",
        "'',a,false,a",
        "a,b,,ab",
        "a,b,false,ab",
        "a,b,true,ba",
        "abc,c,true,cab",
        "abc,a,false,bca",
        "abc,b,,abc",
        "abc,a,true,abc",
        "a,a,false,a"
    })
    void theFirstIsPrimary(String before, char set, @Nullable Boolean primary, String after) {
        DefaultDestinationRule rule = before.isEmpty() ? null : of(before);
        assertThat(letters(BaseRule.with(rule, "acme", id(set), primary))).isEqualTo(after);
    }

    @Test
    void withoutThePrimaryOneTheNextIsPrimary() {
        assertThat(letters(Objects.requireNonNull(BaseRule.without(of("abc"), id('a')))))
                .isEqualTo("bc");
        assertThat(BaseRule.without(of("a"), id('a'))).isNull();
        assertThatThrownBy(() -> BaseRule.without(of("a"), id('b'))).hasMessageContaining("no default destination");
    }

    @Test
    void whatAListCannotSayIsNotTouched() {
        List<Consumer<DefaultDestinationRule>> changes = List.of(
                rule -> rule.setSelection("weighted"),
                rule -> rule.setPrimary(List.of(new RuleTarget(id('a'), 1), new RuleTarget(id('b'), 1))),
                rule -> rule.setFallback(List.of(new RuleTarget(id('z'), 1))),
                rule -> rule.setPrimary(List.of(new RuleTarget(id('a'), 2))));
        changes.forEach(change -> {
            DefaultDestinationRule rule = of("a");
            change.accept(rule);
            assertThatThrownBy(() -> BaseRule.with(rule, "acme", id('x'), null)).hasMessageContaining("rule defaults");
            assertThatThrownBy(() -> BaseRule.without(rule, id('a'))).hasMessageContaining("rule defaults");
        });
    }

    @Test
    void whatElseTheRuleSaysStays() {
        DefaultDestinationRule rule = of("a");
        rule.setName("ours");
        rule.setActive(false);
        DefaultDestinationRule after = BaseRule.with(rule, "acme", id('b'), null);
        assertThat(after.getName()).isEqualTo("ours");
        assertThat(after.getActive()).isFalse();
    }
}
