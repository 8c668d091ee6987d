package dev.waybill.worker.imports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.cli.RestClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class RefusalTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "409 | {\"detail\": \"the name is taken\"} | the name is taken",
                "412 | {\"detail\": \"it is version 3 now\"} | it was changed at this moment; run it again",
                "418 | {} | the worker answers with status 418",
                "422 | {\"errors\": [{\"field\": \"settings.url\", \"message\": \"is required\"},"
                        + " {\"field\": \"name\", \"message\": \"too long\"}]} | settings.url: is required; name: too long",
                "422 | {\"errors\": [{\"field\": \"settings.url\", \"message\": \"Invalid value https://hush for url\"}]}"
                        + " | settings.url: its value is refused; `waybill destination put` says why",
            })
    void reasonsQuoteNoSetting(int status, String body, String reason) {
        assertThat(Refusal.reason(new RestClient.Answer(status, new JsonMapper().readTree(body))))
                .isEqualTo(reason);
    }
}
