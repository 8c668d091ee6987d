package dev.waybill.worker.config;

import java.net.URI;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.types.Password;

/// Where the read model is.
///
/// @param url JDBC URL, `jdbc:postgresql://host:port/database`
public record PostgresSettings(String url, String user, Password password, int poolMax) {

    public static final String URL = "postgres.url";
    public static final String USER = "postgres.user";
    public static final String PASSWORD = "postgres.password";
    public static final String POOL_MAX = "postgres.pool.max";

    /// Two for the projector's loops, four for those who read the history, and two for what comes besides: the
    /// partitions of the tables, the check of readiness. Neither writers nor readers gained from more, see
    /// "Connections to Postgres" in docs/benchmarks.md.
    private static final int POOL_MAX_DEFAULT = 8;

    private static final String JDBC = "jdbc:";

    static void define(ConfigDef def) {
        new Section(def, "Postgres")
                .setting(
                        URL,
                        ConfigDef.Type.STRING,
                        "jdbc:postgresql://localhost:5432/waybill",
                        Validators.text(
                                PostgresSettings::isUrl,
                                "jdbc:postgresql://host:port/database, with the password in postgres.password"),
                        Importance.HIGH,
                        "The database of the read model, as a JDBC URL.")
                .setting(USER, ConfigDef.Type.STRING, "waybill", Importance.HIGH, "User of the database.")
                .setting(
                        PASSWORD,
                        ConfigDef.Type.PASSWORD,
                        "",
                        Importance.HIGH,
                        "Password of the user; better a reference such as `${file:/run/secrets/pg:password}`.")
                .setting(
                        POOL_MAX,
                        ConfigDef.Type.INT,
                        POOL_MAX_DEFAULT,
                        Validators.between(2, 256),
                        Importance.LOW,
                        "Connections this process opens at most.");
    }

    static PostgresSettings from(Values values) {
        return new PostgresSettings(
                values.text(URL),
                values.text(USER),
                values.password(PASSWORD).orElseGet(() -> new Password("")),
                values.integer(POOL_MAX));
    }

    /// Host, port and database, for drivers that do not read JDBC URLs.
    public URI address() {
        return URI.create(url.substring(JDBC.length()));
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = URI.create(text.startsWith(JDBC) ? text.substring(JDBC.length()) : "");
            return "postgresql".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPath() != null
                    && uri.getPath().length() > 1
                    && !String.valueOf(uri.getQuery()).contains("password=");
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
