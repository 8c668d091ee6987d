package dev.waybill.worker.projector.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeRangeTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nothing there          |                | 10-20
            beside it              | 0-10 20-30     | 10-20
            the same               | 10-20          |
            around it              | 5-25           |
            before and after       | 5-12 18-25     | 12-18
            in the middle          | 12-18          | 10-12 18-20
            two, in any order      | 15-16 11-12    | 10-11 12-15 16-20
            overlapping each other | 11-15 12-14    | 10-11 15-20
            """)
    void whatIsLeft(String what, @Nullable String others, @Nullable String left) {
        assertThat(new TimeRange(Instant.ofEpochSecond(10), Instant.ofEpochSecond(20)).without(ranges(others)))
                .as(what)
                .isEqualTo(ranges(left));
    }

    private static List<TimeRange> ranges(@Nullable String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split(" ", -1))
                        .map(range -> range.split("-", -1))
                        .map(ends -> new TimeRange(
                                Instant.ofEpochSecond(Long.parseLong(ends[0])),
                                Instant.ofEpochSecond(Long.parseLong(ends[1]))))
                        .toList();
    }
}
