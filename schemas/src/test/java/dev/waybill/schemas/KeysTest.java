package dev.waybill.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysTest {

    @ParameterizedTest
    @CsvSource({
        "a,true,true",
        "Az09_-,true,true",
        "'',false,false",
        "a.b,false,true",
        "_a,true,false",
        "-a,true,false",
        ".a,false,false",
        "a/b,false,false",
        "a b,false,false",
        "ä,false,false",
        "٣,false,false"
    })
    void tokensAndOrganizationIds(String text, boolean token, boolean organization) {
        assertThat(Keys.isToken(text)).isEqualTo(token);
        assertThat(Keys.isOrganizationId(text)).isEqualTo(organization);
    }

    @ParameterizedTest
    @CsvSource({"255,true", "256,false"})
    void areAtMost255Characters(int length, boolean valid) {
        String text = "a".repeat(length);

        assertThat(Keys.isToken(text)).isEqualTo(valid);
        assertThat(Keys.isOrganizationId(text)).isEqualTo(valid);
    }
}
