package dev.waybill.worker.sink.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.worker.sink.email.MessageTemplate.MissingValueException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTemplateTest {

    private static final Map<String, String> VALUES = new HashMap<>(Map.of(
            "deliveryId",
            "d-1",
            "payload.type",
            "a.b",
            "payload.text",
            "<b>\"it's\" & {{deliveryId}}</b>",
            "metadata.k",
            ""));

    @Test
    void placesBecomeValuesAndNothingElse() throws Exception {
        assertThat(MessageTemplate.text("{{deliveryId}}: {{ payload.type }}{{metadata.k}}!")
                        .render(VALUES::get))
                .isEqualTo("d-1: a.b!");
        assertThat(MessageTemplate.text("").render(VALUES::get)).isEmpty();
        assertThat(MessageTemplate.text("no place { } at all").render(VALUES::get))
                .isEqualTo("no place { } at all");
    }

    @Test
    void aValueIsNeverATemplate() throws Exception {
        assertThat(MessageTemplate.text("{{payload.text}}").render(VALUES::get))
                .isEqualTo("<b>\"it's\" & {{deliveryId}}</b>");
    }

    @Test
    void inHtmlValuesAreEscapedAndTheTemplateIsNot() throws Exception {
        assertThat(MessageTemplate.html("<p title=\"{{payload.text}}\">{{payload.type}}</p>")
                        .render(VALUES::get))
                .isEqualTo("<p title=\"&lt;b&gt;&quot;it&#39;s&quot; &amp; {{deliveryId}}&lt;/b&gt;\">a.b</p>");
    }

    @Test
    void aValueThatIsMissingIsAnError() {
        assertThatThrownBy(() -> MessageTemplate.text("{{metadata.customer}}").render(VALUES::get))
                .isInstanceOf(MissingValueException.class)
                .hasMessageContaining("metadata.customer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{unknown}}",
                "{{}}",
                "{{metadata.}}",
                "{{deliveryId",
                "deliveryId}}",
                "{{{deliveryId}}}",
                "{{#if}}",
                "{{payload}}",
                "{{metadata}}"
            })
    void whatIsNoPlaceIsRefused(String template) {
        assertThatThrownBy(() -> MessageTemplate.text(template)).isInstanceOf(IllegalArgumentException.class);
    }
}
