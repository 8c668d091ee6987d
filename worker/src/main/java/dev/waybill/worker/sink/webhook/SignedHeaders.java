package dev.waybill.worker.sink.webhook;

import dev.waybill.schemas.Headers;
import dev.waybill.topology.model.Delivery;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchId;
import dev.waybill.worker.sink.Content;
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

    /// Names the members of a batch in their order.
    static final String BATCH_IDS = "waybill-batch-ids";

    /// Makes them from what belongs to the destination and what belongs to the attempt.
    ///
    /// @throws dev.waybill.worker.sink.SecretNotAllowedException  if a secret may not be used
    /// @throws dev.waybill.worker.sink.SecretUnavailableException if a secret cannot be read now
    /// @throws IOException              if the payload cannot be read
    /// @throws IllegalArgumentException if a secret is not of the form its use requires
    static SignedHeaders of(Attempt attempt, WebhookSettings settings, Secrets secrets, Header userAgent, Instant now)
            throws IOException {
        Delivery delivery = attempt.delivery();
        String contentType = delivery.request().payload().contentType();
        SignedHeaders start = start(
                delivery.organizationId(),
                delivery.id(),
                contentType,
                attempt.content(),
                settings,
                secrets,
                userAgent,
                now);
        List<Header> headers = start.headers();
        headers.add(new BasicHeader("waybill-attempt", Integer.toString(attempt.number())));
        addIfValid(headers, "waybill-type", delivery.request().payload().type());
        addTrace(headers, attempt);
        addChosen(start, delivery.organizationId(), settings, secrets);
        if (!settings.passedOn().isEmpty()) {
            passOn(headers, delivery.request().headers(), settings);
        }
        return start;
    }

    /// Makes those of a batch. What belongs to one attempt is there if it is alone, its type if all share it.
    ///
    /// @param members at least one, of one organization
    /// @param body    before it is compressed: that is what is signed
    /// @throws dev.waybill.worker.sink.SecretNotAllowedException  if a secret may not be used
    /// @throws dev.waybill.worker.sink.SecretUnavailableException if a secret cannot be read now
    /// @throws IOException              if the body cannot be read
    /// @throws IllegalArgumentException if a secret is not of the form its use requires
    static SignedHeaders ofBatch(
            List<Attempt> members,
            List<String> ids,
            Content body,
            String contentType,
            WebhookSettings settings,
            Secrets secrets,
            Header userAgent,
            Instant now)
            throws IOException {
        Attempt first = members.getFirst();
        String organizationId = first.delivery().organizationId();
        SignedHeaders start =
                start(organizationId, BatchId.of(ids), contentType, body, settings, secrets, userAgent, now);
        List<Header> headers = start.headers();
        headers.add(new BasicHeader(BATCH_IDS, String.join(",", ids)));
        if (members.size() == 1) {
            headers.add(new BasicHeader("waybill-attempt", Integer.toString(first.number())));
            addTrace(headers, first);
        }
        String type = type(first);
        if (members.stream().allMatch(one -> type(one).equals(type))) {
            addIfValid(headers, "waybill-type", type);
        }
        addChosen(start, organizationId, settings, secrets);
        return start;
    }

    /// Makes those of a test: like those of a delivery.
    ///
    /// @throws dev.waybill.worker.sink.SecretNotAllowedException  if a secret may not be used
    /// @throws dev.waybill.worker.sink.SecretUnavailableException if a secret cannot be read now
    /// @throws IOException              never
    /// @throws IllegalArgumentException if a secret is not of the form its use requires
    static SignedHeaders ofPing(
            String id,
            String type,
            Content body,
            WebhookSettings settings,
            Secrets secrets,
            Header userAgent,
            Instant now)
            throws IOException {
        SignedHeaders start =
                start(settings.organizationId(), id, "application/json", body, settings, secrets, userAgent, now);
        start.headers().add(new BasicHeader("waybill-type", type));
        addChosen(start, settings.organizationId(), settings, secrets);
        return start;
    }

    /// Makes those of a request without a payload: who asks, and what was chosen.
    ///
    /// @throws dev.waybill.worker.sink.SecretNotAllowedException  if a secret may not be used
    /// @throws dev.waybill.worker.sink.SecretUnavailableException if a secret cannot be read now
    /// @throws IllegalArgumentException if a secret is not of the form its use requires
    static SignedHeaders ofOptions(WebhookSettings settings, Secrets secrets, Header userAgent) {
        SignedHeaders start = new SignedHeaders(new ArrayList<>(List.of(userAgent)), new ArrayList<>(2));
        start.headers().add(new BasicHeader(WebhookProbe.REQUEST_ORIGIN, WebhookProbe.ORIGIN));
        addChosen(start, settings.organizationId(), settings, secrets);
        return start;
    }

    private static String type(Attempt attempt) {
        return attempt.delivery().request().payload().type();
    }

    /// What every request begins with; the lists may grow.
    private static SignedHeaders start(
            String organizationId,
            String id,
            String contentType,
            Content body,
            WebhookSettings settings,
            Secrets secrets,
            Header userAgent,
            Instant now)
            throws IOException {
        List<Header> headers = new ArrayList<>(16);
        headers.add(userAgent);
        headers.add(new BasicHeader("Accept", "*/*"));
        headers.add(new BasicHeader("Content-Type", contentType));
        String timestamp = Long.toString(now.getEpochSecond());
        headers.add(new BasicHeader("webhook-id", id));
        headers.add(new BasicHeader("webhook-timestamp", timestamp));
        if (settings.signingSecret() != null) {
            SigningKeys keys =
                    keys(settings.signingSecret(), settings.previousSigningSecret(), organizationId, secrets);
            headers.add(new BasicHeader("webhook-signature", keys.sign(id, timestamp, body)));
        }
        return new SignedHeaders(headers, new ArrayList<>(2));
    }

    private static void addTrace(List<Header> headers, Attempt attempt) {
        addIfValid(headers, Headers.TRACEPARENT, attempt.traceHeaders().get(Headers.TRACEPARENT));
        addIfValid(headers, Headers.TRACESTATE, attempt.traceHeaders().get(Headers.TRACESTATE));
    }

    private static void addChosen(
            SignedHeaders start, String organizationId, WebhookSettings settings, Secrets secrets) {
        for (HeaderTemplate template : settings.headers()) {
            String value = value(template, organizationId, secrets, start.secrets());
            start.headers().add(new BasicHeader(template.name(), value));
        }
    }

    /// Says how the body is compressed.
    SignedHeaders withCoding(String coding) {
        headers.add(new BasicHeader("Content-Encoding", coding));
        return this;
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
