package dev.waybill.worker.app;

import dev.waybill.worker.config.PostgresSettings;
import dev.waybill.worker.config.Role;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.projector.Migrations;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

/// Does Postgres answer, let this worker in, and have the schema it knows?
record PostgresCheck(WorkerConfig config) implements StartupChecks.Check {

    private static final String SECONDS = "5";

    @Override
    public List<String> faults() {
        if (!config.worker().has(Role.PROJECTOR) && !config.worker().has(Role.API)) {
            return List.of();
        }
        PostgresSettings postgres = config.postgres();
        Properties properties = new Properties();
        properties.setProperty("user", postgres.user());
        properties.setProperty("password", postgres.password().value());
        properties.setProperty("connectTimeout", SECONDS);
        properties.setProperty("socketTimeout", SECONDS);
        properties.setProperty("loginTimeout", SECONDS);
        try (Connection connection = DriverManager.getConnection(postgres.url(), properties)) {
            connection.isValid(1);
        } catch (SQLException e) {
            return List.of(fault(postgres, e));
        }
        String complaint = Migrations.of(
                        postgres.url(), postgres.user(), postgres.password().value())
                .check()
                .complaint();
        return complaint == null ? List.of() : List.of(PostgresSettings.URL + ": " + complaint);
    }

    /// By SQLSTATE: class 28 is a refused login, 3D an unknown database.
    private static String fault(PostgresSettings postgres, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String said = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        if (state.startsWith("28")) {
            return PostgresSettings.USER + ": Postgres refuses the login (" + said + "); check " + PostgresSettings.USER
                    + " and " + PostgresSettings.PASSWORD;
        }
        if (state.startsWith("3D")) {
            return PostgresSettings.URL + ": " + said + "; create the database";
        }
        return PostgresSettings.URL + ": Postgres does not answer at " + postgres.url() + " (" + said
                + "); check the address and the network";
    }
}
