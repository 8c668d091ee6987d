package dev.waybill.worker.sink.webhook;

import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchSettings;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.http.HttpTarget;
import dev.waybill.worker.sink.http.HttpVersion;
import dev.waybill.worker.sink.tls.ClientCertificate;
import dev.waybill.worker.sink.tls.TlsSettings;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// The settings of a webhook destination.
///
/// @param signingSecret         reference to the secret to sign with; null means unsigned
/// @param previousSigningSecret reference to the secret before, during a rotation
/// @param headers               sent with every request
/// @param passedOn              names of the request's own headers to pass on, ignoring case
/// @param kept                  names of the response's headers to keep, ignoring case
/// @param trust                 null means the authorities that the JVM trusts
/// @param certificate           what is shown to a receiver that asks for one; null means nothing
/// @param version               which versions of HTTP the receiver may choose from
/// @param batch                 how payloads travel together; null means one by one
record WebhookSettings(
        String organizationId,
        HttpTarget target,
        @Nullable String signingSecret,
        @Nullable String previousSigningSecret,
        List<HeaderTemplate> headers,
        Set<String> passedOn,
        Set<String> kept,
        @Nullable TlsTrust trust,
        @Nullable ClientCertificate certificate,
        HttpVersion version,
        @Nullable BatchFormat batch,
        Compression compression,
        TestRequest test) {

    private static final String URL = "url";
    private static final String SIGNING_SECRET = "signing.secret";
    private static final String SIGNING_SECRET_PREVIOUS = "signing.secret.previous";
    private static final String HEADERS = "headers.<name>";
    private static final String PASSED_ON = "request.headers.allowed";
    private static final String KEPT = "response.headers.kept";
    private static final String HTTP_VERSION = "http.version";
    private static final String COMPRESSION = "compression";
    private static final String COMPRESSION_MIN_BYTES = "compression.min.bytes";
    private static final String TEST_REQUEST = "test.request";

    /// As large as most receivers take without being told to; one more round trip would cost more than this wait.
    static final BatchSettings BATCHES =
            new BatchSettings(BatchFormat.NAMES, new BatchLimits(100, 512 * 1024, Duration.ofMillis(100)));

    /// Rows hold them for every attempt.
    private static final int KEPT_MAX = 20;

    /// Together they must fit into the header section that servers accept.
    private static final int HEADERS_MAX = 30;

    static final ConfigDef DEFINITION = BATCHES.define(
                    TlsSettings.defineIdentity(TlsSettings.defineTrust(new ConfigDef())),
                    "How JSON payloads travel together: json as one array, ndjson as one line each. Other payloads go"
                            + " alone, and with none (the default) all do.")
            .define(
                    COMPRESSION,
                    ConfigDef.Type.STRING,
                    Compression.NONE,
                    ConfigDef.ValidString.in(Compression.CODINGS.toArray(String[]::new)),
                    Importance.LOW,
                    "Content-Encoding of the body: gzip, zstd or none. Payloads by reference go as they are.")
            .define(
                    COMPRESSION_MIN_BYTES,
                    ConfigDef.Type.INT,
                    Compression.MIN_BYTES_DEFAULT,
                    ConfigDef.Range.atLeast(0),
                    Importance.LOW,
                    "Bodies of fewer bytes are not compressed.")
            .define(
                    URL,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    Settings.check("an http or https URL", HttpTarget::parse),
                    Importance.HIGH,
                    "Where to POST the payload: an http or https URL without user, password and fragment."
                            + " Addresses that are not public are refused unless egress.allow permits them.")
            .define(
                    SIGNING_SECRET,
                    ConfigDef.Type.PASSWORD,
                    null,
                    Importance.HIGH,
                    "Reference to the secret to sign requests with, as Standard Webhooks has it: whsec_ and the base64"
                            + " of 24 to 64 bytes. Without it requests are not signed.")
            .define(
                    SIGNING_SECRET_PREVIOUS,
                    ConfigDef.Type.PASSWORD,
                    null,
                    Importance.LOW,
                    "Reference to the secret that signing.secret has replaced: requests carry a signature by each."
                            + " Not needed after `waybill secret rotate`, which keeps the previous one beside the new.")
            .define(
                    HEADERS,
                    ConfigDef.Type.STRING,
                    null,
                    Importance.MEDIUM,
                    "A header to send with every request. The value may hold references to secrets; that of"
                            + " Authorization, Proxy-Authorization, Cookie, X-Api-Key and Api-Key must.")
            .define(
                    PASSED_ON,
                    ConfigDef.Type.LIST,
                    "",
                    Importance.LOW,
                    "Names of the delivery request's headers that are passed on to the receiver.")
            .define(
                    KEPT,
                    ConfigDef.Type.LIST,
                    "content-type,retry-after,x-request-id",
                    Importance.LOW,
                    "Names of the response headers that are kept with the attempt, at most " + KEPT_MAX + ".")
            .define(
                    HTTP_VERSION,
                    ConfigDef.Type.STRING,
                    HttpVersion.AUTO.setting(),
                    ConfigDef.ValidString.in(HttpVersion.SETTINGS.toArray(String[]::new)),
                    Importance.LOW,
                    "auto offers HTTP/2 and 1.1 over TLS, and the receiver chooses; 1.1 offers no other.")
            .define(
                    TEST_REQUEST,
                    ConfigDef.Type.STRING,
                    TestRequest.HEAD.setting(),
                    ConfigDef.ValidString.in(TestRequest.SETTINGS.toArray(String[]::new)),
                    Importance.LOW,
                    "What a connection test sends: head, which any answer passes; options, which asks for leave to deliver"
                            + " as CloudEvents' webhooks do (WebHook-Request-Origin); ping, a POST that is signed like a"
                            + " delivery, of the type waybill.ping, which must be answered 2xx.");

    WebhookSettings {
        headers = List.copyOf(headers);
    }

    static WebhookSettings bind(Destination destination, Secrets secrets) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        List<HeaderTemplate> headers = headers(settings.named(HEADERS));
        checkReferences(headers, destination.organizationId(), secrets);
        HttpTarget target = Settings.convert(URL, settings.required(URL), HttpTarget::parse);
        return new WebhookSettings(
                destination.organizationId(),
                target,
                settings.secret(SIGNING_SECRET),
                settings.secret(SIGNING_SECRET_PREVIOUS),
                headers,
                passedOn(settings.list(PASSED_ON), headers),
                kept(settings.list(KEPT)),
                TlsSettings.trust(settings),
                certificate(destination, settings, target),
                HttpVersion.of(settings.required(HTTP_VERSION)),
                BatchFormat.of(BatchSettings.format(destination)),
                new Compression(settings.required(COMPRESSION), settings.integer(COMPRESSION_MIN_BYTES)),
                TestRequest.of(settings.required(TEST_REQUEST)));
    }

    private static @Nullable ClientCertificate certificate(
            Destination destination, Settings settings, HttpTarget target) {
        ClientCertificate certificate = TlsSettings.certificate(settings, destination);
        if (certificate != null && !target.secure()) {
            throw new ConfigException("Setting " + TlsSettings.CERTIFICATE + " needs a url that begins with https://");
        }
        return certificate;
    }

    /// Whether the payload goes by TLS.
    static boolean isEncrypted(Destination destination) {
        return HttpTarget.isTls(destination.settings().getOrDefault(URL, ""));
    }

    /// How much company a delivery may have. One that has headers of its own to pass on goes alone: they would
    /// be taken for those of all.
    static @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        BatchFormat format = BatchFormat.of(BatchSettings.format(destination));
        BatchLimits limits = BATCHES.limits(destination);
        return format != null
                        && limits != null
                        && format.takes(delivery.request().payload())
                        && !passesOn(destination, delivery.request().headers().keySet())
                ? limits.withIds(WebhookSink.IDS_MAX)
                : null;
    }

    private static boolean passesOn(Destination destination, Set<String> headers) {
        String allowed = destination.settings().get(PASSED_ON);
        if (allowed == null || headers.isEmpty()) {
            return false;
        }
        return ignoringCase(Arrays.asList(allowed.strip().split("\\s*,\\s*"))).stream()
                .anyMatch(ignoringCase(headers)::contains);
    }

    private static List<HeaderTemplate> headers(Map<String, String> given) {
        if (given.size() > HEADERS_MAX) {
            throw new ConfigException("Setting headers: at most " + HEADERS_MAX + " are possible");
        }
        List<HeaderTemplate> headers = new ArrayList<>();
        given.forEach((name, value) ->
                headers.add(Settings.convert("headers." + name, value, text -> HeaderTemplate.parse(name, text))));
        return headers;
    }

    private static void checkReferences(List<HeaderTemplate> headers, String organizationId, Secrets secrets) {
        for (HeaderTemplate header : headers) {
            for (String reference : header.references()) {
                try {
                    secrets.check(organizationId, reference);
                } catch (SecretNotAllowedException e) {
                    throw new ConfigException("Setting headers." + header.name() + ": " + e.getMessage());
                }
            }
        }
    }

    /// A header of the settings wins over one of the request.
    private static Set<String> passedOn(List<String> names, List<HeaderTemplate> headers) {
        if (names.size() > HEADERS_MAX) {
            throw new ConfigException("Setting " + PASSED_ON + ": at most " + HEADERS_MAX + " are possible");
        }
        for (String name : names) {
            if (HeaderTemplate.isReserved(name)) {
                throw new ConfigException("Setting " + PASSED_ON + ": " + name + " is set by Waybill");
            }
        }
        Set<String> passedOn = ignoringCase(names);
        headers.forEach(header -> passedOn.remove(header.name()));
        return passedOn;
    }

    private static Set<String> kept(List<String> names) {
        if (names.size() > KEPT_MAX) {
            throw new ConfigException("Setting " + KEPT + ": at most " + KEPT_MAX + " are possible");
        }
        return ignoringCase(names);
    }

    private static Set<String> ignoringCase(Collection<String> names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(names);
        return set;
    }
}
