package dev.waybill.worker.projector.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The ids are API: these values must never change.
class RowIdsTest {

    private static final UUID DESTINATION = UUID.fromString("0b8a5f1e-7f0c-4f6e-9d2b-6a1c3e5d7f90");

    @Test
    void idsAreNameBasedAndStable() {
        assertThat(RowIds.log("d-1", DESTINATION)).isEqualTo(UUID.fromString("212dbd7a-27df-5829-a16c-cefe890a7804"));
        assertThat(RowIds.attempt("d-1", DESTINATION, 0, 3))
                .isEqualTo(UUID.fromString("4e0d6a98-ecf4-5941-bcce-3efd2e4ff700"));
        assertThat(RowIds.defaultDestination("acme", DESTINATION))
                .isEqualTo(UUID.fromString("bbae107d-64fa-533b-9e1d-5c8def87c1f8"));
    }
}
