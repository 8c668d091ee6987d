package dev.waybill.topology.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.topology.Models;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelTest {

    private static final LastFailure FAILURE = new LastFailure("http_503", null, 503);

    @ParameterizedTest
    @CsvSource({
        "DELIVERED, DELIVERED",
        "DELIVERED DELIVERED, DELIVERED",
        "DELIVERED FAILED, PARTIAL",
        "REJECTED DELIVERED EXPIRED, PARTIAL",
        "FAILED, FAILED",
        "SKIPPED, FAILED",
        "REJECTED REJECTED, REJECTED",
        "EXPIRED, EXPIRED",
        "CANCELLED CANCELLED, CANCELLED",
        "CANCELLED EXPIRED, FAILED",
        "REJECTED FAILED, FAILED"
    })
    void theResultFollowsFromTheFates(String fates, ResultStatus result) {
        List<RouteStatus> statuses =
                Arrays.stream(fates.split(" ")).map(RouteStatus::valueOf).toList();
        assertThat(ResultStatus.of(statuses)).isEqualTo(result);
    }

    @Test
    void withoutFatesThereIsNoResult() {
        assertThatThrownBy(() -> ResultStatus.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void attemptsAreNumberedOnEachCandidateAndCountedOnAll() {
        Route route = Route.start(0, 1, null, List.of("a", "b", "c"));
        route = route.retry(Models.NOW, FAILURE).retry(Models.NOW, FAILURE);
        assertThat(route.attempt()).isEqualTo(3);
        assertThat(route.postpone(Models.NOW).attempt()).isEqualTo(3);
        route = route.failOver("exhausted", FAILURE, Models.NOW);
        assertThat(route.attempt()).isEqualTo(1);
        assertThat(route.attempts()).isEqualTo(3);
        assertThat(route.dueAt()).isNull();
        assertThat(route.trail().getLast()).isEqualTo(new TrailEntry("a", "exhausted", 3, "http_503", Models.NOW));
        route = route.passOver("disabled_destination", Models.NOW);
        assertThat(route.current()).isEqualTo("c");
        assertThat(route.attempts()).isEqualTo(3);
        assertThat(route.trail().getLast().attempts()).isZero();
        assertThat(route.hasNext()).isFalse();
    }

    @Test
    void theTrailKeepsItsLastEntries() {
        List<String> candidates =
                java.util.stream.IntStream.range(0, 30).mapToObj(i -> "d" + i).toList();
        Route route = Route.start(0, 1, null, candidates);
        for (int i = 0; i < 29; i++) {
            route = route.passOver("x", Models.NOW);
            assertThat(route.trail()).hasSize(Math.min(i + 1, Route.TRAIL_MAX));
        }
        assertThat(route.trail().getFirst().destination()).isEqualTo("d9");
        assertThat(route.trail().getLast().destination()).isEqualTo("d28");
    }

    @Test
    void bytesAreTakenWithoutACopyWhereTheyFillTheirArray() {
        byte[] array = {1, 2, 3};
        assertThat(Bytes.of(ByteBuffer.wrap(array)).array()).isSameAs(array);
        Bytes part = Bytes.of(ByteBuffer.wrap(array, 1, 2));
        assertThat(part).isEqualTo(Bytes.of(new byte[] {2, 3}));
        assertThat(part).hasSameHashCodeAs(Bytes.of(new byte[] {2, 3}));
        assertThat(part.toString()).isEqualTo("Bytes[2]");
    }
}
