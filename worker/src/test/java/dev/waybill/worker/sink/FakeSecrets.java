package dev.waybill.worker.sink;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Secrets in memory; `${fake:key}` belongs to everyone.
public final class FakeSecrets implements Secrets {

    private final Map<String, String> values = new ConcurrentHashMap<>();
    private final Map<String, String> previous = new ConcurrentHashMap<>();
    private volatile boolean unavailable;

    /// Keeps a secret and gives its reference.
    public String put(String key, String value) {
        String reference = "${fake:" + key + "}";
        values.put(reference, value);
        previous.remove(reference);
        return reference;
    }

    public void rotate(String key, String value) {
        String reference = "${fake:" + key + "}";
        String old = values.put(reference, value);
        if (old != null) {
            previous.put(reference, old);
        }
    }

    public void becomeUnavailable() {
        unavailable = true;
    }

    @Override
    public String resolve(String organizationId, String reference) {
        check(organizationId, reference);
        String value = unavailable ? null : values.get(reference);
        if (value == null) {
            throw new SecretUnavailableException("no " + reference, null);
        }
        return value;
    }

    @Override
    public Optional<String> previous(String organizationId, String reference) {
        return Optional.ofNullable(previous.get(reference));
    }

    @Override
    public void check(String organizationId, String reference) {
        if (!SecretReference.parse(reference).provider().equals("fake")) {
            throw new SecretNotAllowedException("only ${fake:…}");
        }
    }
}
