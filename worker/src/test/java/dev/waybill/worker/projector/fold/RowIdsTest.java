package dev.waybill.worker.projector.fold;

import static dev.waybill.worker.projector.fold.Events.QUEUED_AT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The ids are API: these values must never change.
class RowIdsTest {

    private static final UUID DESTINATION = UUID.fromString("0b8a5f1e-7f0c-4f6e-9d2b-6a1c3e5d7f90");

    @Test
    void rowsOfLaterDeliveriesComeLater() {
        UUID first = RowIds.log("d-2", DESTINATION, QUEUED_AT);
        UUID second = RowIds.log("d-1", DESTINATION, QUEUED_AT.plusMillis(1));

        assertThat(second.toString()).isGreaterThan(first.toString());
        assertThat(first.version()).isEqualTo(8);
        assertThat(first.variant()).isEqualTo(2);
        assertThat(first.getMostSignificantBits() >>> 16).isEqualTo(QUEUED_AT.toEpochMilli());
    }

    @Test
    void idsAreNameBasedAndStable() {
        assertThat(RowIds.log("d-1", DESTINATION, QUEUED_AT))
                .isEqualTo(UUID.fromString("01a19bb3-957b-8829-a16c-cefe890a7804"));
        assertThat(RowIds.attempt("d-1", DESTINATION, 0, 3, QUEUED_AT))
                .isEqualTo(UUID.fromString("01a19bb3-957b-8941-bcce-3efd2e4ff700"));
        assertThat(RowIds.defaultDestination("acme", DESTINATION))
                .isEqualTo(UUID.fromString("bbae107d-64fa-533b-9e1d-5c8def87c1f8"));
    }
}
