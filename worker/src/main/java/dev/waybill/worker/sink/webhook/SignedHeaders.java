package dev.waybill.worker.sink.webhook;

import dev.waybill.schemas.Headers;
import dev.waybill.topology.model.Delivery;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.http.HttpHeaders;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/// Makes the headers of one attempt.
///
/// @param headers in the order they are sent
/// @param secrets what was resolved for them, to be blotted out where the receiver echoes it
record SignedHeaders(List<Header> headers, List<String> secrets) {

    /// Makes them from what belongs to the destination and what belongs to the attempt.
    ///
    /// @throws dev.waybill.worker.sink.SecretNotAllowedException  if a secret may not be used
    /// @throws dev.waybill.worker.sink.SecretUnavailableException if a secret cannot be read now
    /// @throws IOException              if the payload cannot be read
    /// @throws IllegalArgumentException if a secret is not of the form its use requires
    static SignedHeaders of(Attempt attempt, WebhookSettings settings, Secrets secrets, Header userAgent, Instant now)
            throws IOException {
        Delivery delivery = attempt.delivery();
        String organizationId = delivery.organizationId();
        List<Header> headers = new ArrayList<>(16);
        List<String> resolved = new ArrayList<>(2);
        headers.add(userAgent);
        headers.add(new BasicHeader("Accept", "*/*"));
        headers.add(new BasicHeader("Content-Type", delivery.request().payload().contentType()));
        String timestamp = Long.toString(now.getEpochSecond());
        headers.add(new BasicHeader("webhook-id", delivery.id()));
        headers.add(new BasicHeader("webhook-timestamp", timestamp));
        if (settings.signingSecret() != null) {
            SigningKeys keys =
                    keys(settings.signingSecret(), settings.previousSigningSecret(), organizationId, secrets);
            headers.add(new BasicHeader("webhook-signature", keys.sign(delivery.id(), timestamp, attempt.content())));
        }
        headers.add(new BasicHeader("waybill-attempt", Integer.toString(attempt.number())));
        addIfValid(headers, "waybill-type", delivery.request().payload().type());
        addIfValid(headers, Headers.TRACEPARENT, attempt.traceHeaders().get(Headers.TRACEPARENT));
        addIfValid(headers, Headers.TRACESTATE, attempt.traceHeaders().get(Headers.TRACESTATE));
        for (HeaderTemplate template : settings.headers()) {
            headers.add(new BasicHeader(template.name(), value(template, organizationId, secrets, resolved)));
        }
        if (!settings.passedOn().isEmpty()) {
            passOn(headers, delivery.request().headers(), settings);
        }
        return new SignedHeaders(headers, resolved);
    }

    private static SigningKeys keys(
            String reference, @Nullable String previousReference, String organizationId, Secrets secrets) {
        SecretKeySpec current = SigningKeys.key(secrets.resolve(organizationId, reference));
        String previous = previousReference == null
                ? secrets.previous(organizationId, reference).orElse(null)
                : secrets.resolve(organizationId, previousReference);
        return new SigningKeys(previous == null ? List.of(current) : List.of(current, SigningKeys.key(previous)));
    }

    private static String value(
            HeaderTemplate template, String organizationId, Secrets secrets, List<String> resolved) {
        String value = template.value(reference -> {
            String secret = secrets.resolve(organizationId, reference);
            resolved.add(secret);
            return secret;
        });
        if (!HttpHeaders.isValidValue(value)) {
            throw new IllegalArgumentException(
                    "the secret in the header " + template.name() + " is not one line of visible ASCII");
        }
        return value;
    }

    /// What a header cannot carry is left out: it is the producer's text, and the payload is worth more.
    private static void passOn(List<Header> headers, Map<String, String> given, WebhookSettings settings) {
        given.forEach((name, value) -> {
            if (settings.passedOn().contains(name) && HttpHeaders.isValidName(name)) {
                addIfValid(headers, name, value);
            }
        });
    }

    private static void addIfValid(List<Header> headers, String name, @Nullable String value) {
        if (value != null && !value.isEmpty() && HttpHeaders.isValidValue(value)) {
            headers.add(new BasicHeader(name, value));
        }
    }

    /// The names only: values may be secrets.
    @Override
    public String toString() {
        return "SignedHeaders" + headers.stream().map(Header::getName).toList();
    }
}
