package dev.waybill.worker.sink.secret;

import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretReference;
import java.nio.file.Path;
import java.util.List;

/// Which references an organization may name.
///
/// Each rule is `provider:path` or `provider:path:keys`, with `{organization}` for the organization's id. The
/// path must be the reference's path exactly; `keys` is a key, or the beginning of one followed by `*`.
final class SecretScope {

    private static final String ORGANIZATION = "{organization}";

    private record Rule(String provider, String path, String keys) {

        static Rule parse(String text) {
            String[] parts = text.split(":", -1);
            if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty()) {
                throw new IllegalArgumentException("'" + text + "' must be provider:path or provider:path:keys");
            }
            if (!text.contains(ORGANIZATION)) {
                throw new IllegalArgumentException("'" + text + "' must contain " + ORGANIZATION
                        + ", else organizations read each other's secrets");
            }
            return new Rule(parts[0], parts[1], parts.length == 3 ? parts[2] : "*");
        }

        boolean permits(String organizationId, SecretReference reference) {
            return provider.equals(reference.provider())
                    && path.replace(ORGANIZATION, organizationId).equals(reference.path())
                    && matches(keys.replace(ORGANIZATION, organizationId), reference.key());
        }

        private static boolean matches(String keys, String key) {
            return keys.endsWith("*") ? key.startsWith(keys.substring(0, keys.length() - 1)) : key.equals(keys);
        }
    }

    private final List<Rule> rules;
    private final String example;

    SecretScope(List<String> rules) {
        this.rules = rules.stream().map(Rule::parse).toList();
        this.example = String.join(" or ", rules);
    }

    /// The rule that holds where none is configured: the organization's own directory.
    static String directoryBelow(Path root) {
        return "dir:" + root.toAbsolutePath().normalize() + "/" + ORGANIZATION;
    }

    /// Reads a reference that the organization may use.
    ///
    /// @throws SecretNotAllowedException if it may not, or the text is no reference
    SecretReference permitted(String organizationId, String text) {
        SecretReference reference = SecretReference.parse(text);
        if (OrganizationIds.isSafe(organizationId)) {
            for (Rule rule : rules) {
                if (rule.permits(organizationId, reference)) {
                    return reference;
                }
            }
        }
        throw new SecretNotAllowedException("an organization may only use secrets of " + example);
    }
}
