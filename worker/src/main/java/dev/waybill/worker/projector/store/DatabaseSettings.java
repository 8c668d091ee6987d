package dev.waybill.worker.projector.store;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Where the read model is, and how long to wait for it.
///
/// @param url JDBC URL, `jdbc:postgresql://host:port/database`, with `sslmode` and `sslrootcert` where needed
/// @param poolMax connections at most
public record DatabaseSettings(String url, String user, String password, int poolMax, Bounds bounds) {

    private static final String SCHEME = "jdbc:postgresql://";

    private static final int DEFAULT_PORT = 5432;

    public DatabaseSettings {
        if (!url.startsWith(SCHEME)) {
            throw new IllegalArgumentException("not jdbc:postgresql://host:port/database: " + url);
        }
        if (poolMax < 1) {
            throw new IllegalArgumentException("poolMax must be at least 1: " + poolMax);
        }
    }

    public static DatabaseSettings of(String url, String user, String password, int poolMax) {
        return new DatabaseSettings(url, user, password, poolMax, Bounds.DEFAULT);
    }

    String host() {
        String host = uri().getHost();
        return host == null ? "localhost" : host;
    }

    int port() {
        int port = uri().getPort();
        return port < 0 ? DEFAULT_PORT : port;
    }

    String database() {
        String path = uri().getPath();
        return path == null || path.length() < 2 ? user : path.substring(1);
    }

    /// The parameters behind the question mark, names in lower case.
    Map<String, String> parameters() {
        var parameters = new TreeMap<String, String>();
        String query = uri().getQuery();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    parameters.put(pair.substring(0, equals).toLowerCase(Locale.ROOT), pair.substring(equals + 1));
                }
            }
        }
        return parameters;
    }

    private URI uri() {
        return URI.create(url.substring("jdbc:".length()));
    }

    /// Without the password.
    @Override
    public String toString() {
        return "DatabaseSettings[host=" + host() + ", port=" + port() + ", database=" + database() + ", user=" + user
                + ", poolMax=" + poolMax + ", " + bounds + "]";
    }

    /// How long to wait for each thing.
    ///
    /// @param connect for a connection to be made, and for one of the pool to become free
    /// @param statement for one statement, enforced by the server
    /// @param transaction for a whole transaction, enforced here: what a server that hangs cannot enforce
    public record Bounds(Duration connect, Duration statement, Duration transaction) {

        /// A connection takes milliseconds; 2 s are patience with a loaded server, and short enough to notice within
        /// 5 s that it is back. A batch of 5 000 rows takes about 0.5 s. A transaction must end well before
        /// `max.poll.interval.ms` (5 min), or the consumer would lose its partitions while it waits.
        public static final Bounds DEFAULT =
                new Bounds(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(15));
    }
}
