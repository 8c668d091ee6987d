package dev.waybill.worker.payload;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which references may be opened. Decided by their text alone, so that the router can refuse the others; where links
/// and names lead is looked at when they are opened.
///
/// @param fileRoots folders that files must lie in
/// @param httpHosts `host`, `host:port` or `*.domain`
public record References(List<Path> fileRoots, List<String> httpHosts) {

    public References {
        fileRoots = List.copyOf(fileRoots);
        httpHosts =
                httpHosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    }

    /// A reference that may be opened.
    sealed interface Reference {
        record File(Path path) implements Reference {}

        record Http(String url) implements Reference {}
    }

    public boolean allows(String uri) {
        return parse(uri).isPresent();
    }

    /// What the text refers to; nothing if that may not be opened.
    Optional<Reference> parse(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            return switch (scheme) {
                case "file" -> file(uri);
                case "http", "https" -> http(uri, text);
                default -> Optional.empty();
            };
        } catch (URISyntaxException | InvalidPathException _) {
            return Optional.empty();
        }
    }

    private Optional<Reference> file(URI uri) {
        boolean plain = uri.getRawAuthority() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
        if (!plain || uri.getPath() == null || uri.getPath().indexOf('\0') >= 0) {
            return Optional.empty();
        }
        Path path = Path.of(uri.getPath()).normalize();
        boolean inside =
                path.isAbsolute() && fileRoots.stream().anyMatch(root -> path.startsWith(root) && !path.equals(root));
        return inside ? Optional.of(new Reference.File(path)) : Optional.empty();
    }

    private Optional<Reference> http(URI uri, String text) {
        String host = uri.getHost();
        if (host == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            return Optional.empty();
        }
        String name = host.toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
        boolean allowed = httpHosts.stream().anyMatch(rule -> matches(rule, name, port));
        return allowed ? Optional.of(new Reference.Http(text)) : Optional.empty();
    }

    private static boolean matches(String rule, String host, int port) {
        int colon = rule.lastIndexOf(':');
        boolean hasPort = colon > rule.lastIndexOf(']');
        String name = hasPort ? rule.substring(0, colon) : rule;
        if (hasPort && !rule.substring(colon + 1).equals(Integer.toString(port))) {
            return false;
        }
        return name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name);
    }
}
