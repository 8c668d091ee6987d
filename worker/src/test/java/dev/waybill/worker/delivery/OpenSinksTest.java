package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class OpenSinksTest {

    private final ScriptedProvider provider =
            new ScriptedProvider((_, _) -> AttemptReport.of(new Outcome.Delivered(), Samples.START, Duration.ZERO));
    private final OpenSinks sinks = new OpenSinks(List.of(provider));
    private final Destination destination = new Samples().destination("a");

    private Destination changed(String providerName, Kind kind, long version) {
        return new Destination(
                destination.id(),
                "acme",
                "a",
                kind,
                providerName,
                true,
                Map.of(),
                Policy.defaults(kind),
                null,
                Map.of(),
                version,
                destination.encoded());
    }

    @Test
    void aDestinationMadeAgainUnderTheSameVersionGetsASinkOfItsOwn() {
        sinks.lease(destination).release();
        Destination again = new Samples()
                .destination("a", DeliveryPolicy.newBuilder().setMaxAttempts(3).build());
        assertThat(again.id()).isEqualTo(destination.id());
        assertThat(again.version()).isEqualTo(destination.version());

        OpenSinks.Lease lease = sinks.lease(again);

        assertThat(provider.opened).hasSize(2);
        assertThat(lease.sink()).isSameAs(provider.opened.getLast());
        lease.release();
    }

    @Test
    void anotherVersionTakesThePlaceOfTheFormerWhichIsClosedOnceItsCallsHaveEnded() {
        OpenSinks.Lease one = sinks.lease(destination);
        OpenSinks.Lease other = sinks.lease(destination);
        sinks.lease(changed("scripted", Kind.WEBHOOK, 2)).release();
        assertThat(provider.opened).hasSize(2);

        one.release();
        assertThat(provider.opened.getFirst().closed).isZero();
        other.release();
        assertThat(provider.opened.getFirst().closed).isOne();
        assertThat(provider.opened.getLast().closed).isZero();
    }

    @Test
    void theFormerStaysOpenWhereTheNewVersionCannotWork() {
        sinks.lease(destination).release();
        assertThatThrownBy(() -> sinks.lease(changed("none", Kind.WEBHOOK, 2))).isInstanceOf(ConfigException.class);
        sinks.lease(destination).release();
        assertThat(provider.opened).hasSize(1);
        assertThat(provider.opened.getFirst().closed).isZero();
    }

    @Test
    void opensOneSinkForEachVersion() {
        sinks.lease(destination).release();
        sinks.lease(destination).release();
        assertThat(provider.opened).hasSize(1);

        sinks.lease(changed("scripted", Kind.WEBHOOK, 2)).release();
        assertThat(provider.opened).hasSize(2);
    }

    @Test
    void closesASinkWhenItsLastUserHasGivenItBack() {
        OpenSinks.Lease one = sinks.lease(destination);
        OpenSinks.Lease other = sinks.lease(destination);

        sinks.close();
        assertThat(provider.opened.getFirst().closed).isZero();
        one.release();
        assertThat(provider.opened.getFirst().closed).isZero();
        other.release();
        assertThat(provider.opened.getFirst().closed).isOne();
    }

    @Test
    void closesAnIdleSinkOnce() {
        sinks.lease(destination).release();
        sinks.close();
        sinks.close();
        assertThat(provider.opened.getFirst().closed).isOne();
    }

    @Test
    void opensAnewAfterEviction() {
        OpenSinks.Lease old = sinks.lease(destination);
        sinks.close();

        OpenSinks.Lease fresh = sinks.lease(destination);

        assertThat(fresh.sink()).isNotSameAs(old.sink());
        old.release();
        fresh.release();
        assertThat(provider.opened.getLast().closed).isZero();
    }

    @Test
    void refusesAProviderThatIsNotHereOrOfAnotherKind() {
        assertThatThrownBy(() -> sinks.lease(changed("none", Kind.WEBHOOK, 1))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> sinks.lease(changed("scripted", Kind.EMAIL, 1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("email");
    }
}
