package dev.waybill.topology.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.Models;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Each constraint on both sides of what it demands.
class ConstraintTest {

    private static Destination destination(String provider, @Nullable String region, Map<String, String> labels) {
        Destination some = Models.destination("acme", "a", true);
        return new Destination(
                some.id(),
                some.organizationId(),
                some.name(),
                some.kind(),
                provider,
                some.enabled(),
                some.settings(),
                some.policy(),
                region,
                labels,
                some.version(),
                some.encoded());
    }

    private static final Destination FTP = destination("ftp", "eu", Map.of("baa", "signed"));
    private static final Destination SFTP = destination("sftp", null, Map.of("baa", "no"));

    @Test
    void encryptedTransportIsOfAllProvidersOrOfSome() {
        Constraint all = new Constraint.EncryptedTransport(Set.of());
        assertThat(all.allows(FTP, _ -> true)).isTrue();
        assertThat(all.allows(FTP, _ -> false)).isFalse();
        Constraint ftp = new Constraint.EncryptedTransport(Set.of("ftp"));
        assertThat(ftp.allows(FTP, _ -> true)).isTrue();
        assertThat(ftp.allows(FTP, _ -> false)).isFalse();
        assertThat(ftp.allows(SFTP, _ -> false)).isTrue();
    }

    @Test
    void aRegionThatIsNotSaidIsNone() {
        Constraint regions = new Constraint.Regions(Set.of("eu", "ch"));
        assertThat(regions.allows(FTP, _ -> false)).isTrue();
        assertThat(regions.allows(SFTP, _ -> false)).isFalse();
        assertThat(regions.allows(destination("ftp", "us", Map.of()), _ -> false))
                .isFalse();
    }

    @Test
    void everyLabelIsDemanded() {
        Constraint labels = new Constraint.Labels(Map.of("baa", "signed"));
        assertThat(labels.allows(FTP, _ -> false)).isTrue();
        assertThat(labels.allows(SFTP, _ -> false)).isFalse();
        assertThat(new Constraint.Labels(Map.of("baa", "signed", "dpa", "yes")).allows(FTP, _ -> false))
                .isFalse();
    }

    @Test
    void aProviderIsDenied() {
        Constraint denied = new Constraint.ProvidersDenied(Set.of("ftp"));
        assertThat(denied.allows(FTP, _ -> true)).isFalse();
        assertThat(denied.allows(SFTP, _ -> false)).isTrue();
    }

    @Test
    void aRuleHasAFallback() {
        Constraint fallback = new Constraint.FallbackRequired();
        List<Target> some = Models.targets(List.of(Models.id("acme", "a")));
        List<Target> other = Models.targets(List.of(Models.id("acme", "b")));
        assertThat(fallback.allows(Models.rule("r", 1, new Selection.All(), some, List.of(), other)))
                .isTrue();
        assertThat(fallback.allows(Models.rule("r", 1, new Selection.All(), some, other, List.of())))
                .isFalse();
    }

    @Test
    void theLogIsKeptLongEnough() {
        Constraint days = new Constraint.RetentionDays(30);
        assertThat(days.allows(29)).isFalse();
        assertThat(days.allows(30)).isTrue();
    }

    @Test
    void oneThatIsAboutSomethingElseAllows() {
        Rule rule = Models.rule(
                "r", 1, new Selection.All(), Models.targets(List.of(Models.id("acme", "a"))), List.of(), List.of());
        assertThat(new Constraint.RetentionDays(30).allows(FTP, _ -> false)).isTrue();
        assertThat(new Constraint.FallbackRequired().allows(FTP, _ -> false)).isTrue();
        assertThat(new Constraint.FallbackRequired().allows(1)).isTrue();
        assertThat(new Constraint.Regions(Set.of("eu")).allows(rule)).isTrue();
    }

    @Test
    void eachSaysWhatItDemands() {
        assertThat(new Constraint.EncryptedTransport(Set.of("smtp", "ftp")).demand())
                .isEqualTo("only encrypted transport for ftp, smtp");
        assertThat(new Constraint.Labels(Map.of("b", "2", "a", "1")).demand())
                .isEqualTo("only destinations with the labels {a=1, b=2}");
    }
}
