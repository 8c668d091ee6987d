package dev.waybill.worker.sink.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a@example.com|a@example.com", "Sales <a@example.com>|Sales <a@example.com>",
                "Jürgen Müller <j@example.com>|Jürgen Müller <j@example.com>", "東京 <t@example.com>|東京 <t@example.com>",
                "\"Doe, John\" <j@example.com>|\"Doe, John\" <j@example.com>", "ü@exämple.com|ü@exämple.com",
                "\"a \\\" b\" <q@example.com>|\"a \\\" b\" <q@example.com>"
            })
    void anAddressIsReadAndWritten(String given, String written) {
        assertThat(EmailAddress.one(given).inOne()).isEqualTo(written);
    }

    @Test
    void severalAreSeparatedByCommas() {
        assertThat(EmailAddress.list("a@x.com, B <b@x.com>"))
                .extracting(EmailAddress::address)
                .isEqualTo(List.of("a@x.com", "b@x.com"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a@",
                "@x.com",
                "a@x.com b@x.com",
                "a b <c@x.com",
                "g: a@x.com, b@x.com;",
                "a@x.com\r\nBcc: b@x.com",
                "A\nB <a@x.com>"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> EmailAddress.list(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneIsNotTwo() {
        assertThatThrownBy(() -> EmailAddress.one("a@x.com, b@x.com")).hasMessageContaining("one address");
    }
}
