package dev.waybill.worker.projector.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DefaultsTest {

    private static final UUID A = new UUID(1, 1);
    private static final UUID B = new UUID(1, 2);
    private static final UUID C = new UUID(1, 3);

    private static List<String> rows(boolean active, List<UUID> destinations, Set<UUID> living) {
        return Defaults.of(new Defaults.Base("acme", active, destinations, Instant.EPOCH, "me"), living).stream()
                .map(row -> row.destinationId().getLeastSignificantBits() + (row.isPrimary() ? " primary" : ""))
                .toList();
    }

    @Test
    void theFirstThatLivesIsPrimary() {
        assertThat(rows(true, List.of(A, B, C), Set.of(A, B, C))).containsExactly("1 primary", "2", "3");
        assertThat(rows(true, List.of(A, B, C), Set.of(B, C))).containsExactly("2 primary", "3");
    }

    @Test
    void anInactiveBaseRuleHasNone() {
        assertThat(rows(false, List.of(A), Set.of(A))).isEmpty();
    }

    @Test
    void oneThatStandsTwiceIsOneRow() {
        assertThat(rows(true, List.of(A, A), Set.of(A))).containsExactly("1 primary");
    }
}
