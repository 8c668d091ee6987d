package dev.waybill.worker.sink.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Nothing in a message can end it.
class WireFormatTest {

    private static String written(String text) {
        WireFormat wire = new WireFormat(1);
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        // In pieces, as streams come.
        int half = bytes.length / 2;
        wire.write(bytes, 0, half);
        wire.write(bytes, half, bytes.length - half);
        wire.end();
        return new String(wire.array(), 0, wire.length(), StandardCharsets.ISO_8859_1);
    }

    private static String shown(String text) {
        return text.replace("\r", "[r]").replace("\n", "[n]");
    }

    @ParameterizedTest
    @CsvSource({
        "'', .[r][n]",
        "a, a[r][n].[r][n]",
        "a[r][n], a[r][n].[r][n]",
        "a[n]b, a[r][n]b[r][n].[r][n]",
        "a[r]b, a[r][n]b[r][n].[r][n]",
        "., ..[r][n].[r][n]",
        "a[n].[n]b, a[r][n]..[r][n]b[r][n].[r][n]",
        "a[r].[r]b, a[r][n]..[r][n]b[r][n].[r][n]",
        "a[r][n].[r][n]MAIL, a[r][n]..[r][n]MAIL[r][n].[r][n]",
        "a[n].[r][n]MAIL, a[r][n]..[r][n]MAIL[r][n].[r][n]",
        "a[r][r][n].b, a[r][n][r][n]..b[r][n].[r][n]",
        "a.b, a.b[r][n].[r][n]"
    })
    void lines_end_with_crlf_and_dots_are_doubled(String text, String expected) {
        assertThat(shown(written(text.replace("[r]", "\r").replace("[n]", "\n"))))
                .isEqualTo(expected);
    }

    @Test
    void whatever_is_written_ends_once() {
        long seed = Long.getLong("waybill.seed", new Random().nextLong());
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append(".\r\na".charAt(random.nextInt(4)));
            }
            String wire = written(text.toString());

            String read = "\r\n" + wire;
            assertThat(read.indexOf("\r\n.\r\n"))
                    .as("seed %d: %s", seed, shown(text.toString()))
                    .isEqualTo(read.length() - 5);
            assertThat(wire.replace("\r\n", "")).doesNotContain("\r", "\n");
        }
    }

    @Test
    void the_size_is_that_of_the_message() {
        WireFormat wire = new WireFormat(16);
        wire.write(".a\r\n..\r\n".getBytes(StandardCharsets.US_ASCII), 0, 8);
        wire.end();

        assertThat(wire.size()).isEqualTo(8);
    }
}
