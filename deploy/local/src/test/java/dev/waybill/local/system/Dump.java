package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.examples.NodeModules;
import dev.waybill.local.examples.Programs;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// The database of another system: as a dump in the plain format of `pg_dump` with `COPY`, or written by `pg_dump`
/// itself,
/// which has `INSERT`. And what `psql` does to load either.
///
/// Of each ten destinations of an organization the first four are its defaults, the second one primary. Some rows are
/// such that Waybill cannot have them.
final class Dump {

    static final int PER_ORGANIZATION = 10;
    static final String SECRET = "hush-hush";

    private static final int DEFAULTS = 4;
    private static final int LOGS = 40;

    /// Of so many destinations one names a provider that there is not, and one, which is a default, has a secret
    /// in clear text.
    private static final int FAULTY = 50;

    private static final int UNKNOWN_PROVIDER = 16;
    private static final int CLEAR_TEXT = 22;

    /// Postgres in WebAssembly, with its pg_dump.
    private static final Path DUMPING = Path.of("src", "test", "node", "dump").toAbsolutePath();

    private static final NodeModules PG_DUMP = new NodeModules(DUMPING, "npm-dump");

    /// Ten thousand destinations take some 20 s.
    private static final Duration DUMP_TIMEOUT = Duration.ofMinutes(5);

    private static final String HEAD = """
            --
            -- PostgreSQL database dump
            --

            -- Dumped from database version 16.4
            -- Dumped by pg_dump version 16.4

            SET statement_timeout = 0;
            SET lock_timeout = 0;
            SET client_encoding = 'UTF8';
            SET standard_conforming_strings = on;
            SELECT pg_catalog.set_config('search_path', '', false);
            SET check_function_bodies = false;
            SET row_security = off;

            --
            -- Name: delivery_status; Type: TYPE; Schema: public; Owner: -
            --

            CREATE TYPE public.delivery_status AS ENUM (
                'pending',
                'queued',
                'delivering',
                'retrying',
                'delivered',
                'failed',
                'rejected',
                'skipped',
                'expired',
                'cancelled'
            );

            CREATE TABLE public.default_destinations (
                id uuid DEFAULT gen_random_uuid() NOT NULL,
                organization_id character varying(255) NOT NULL,
                destination_id uuid NOT NULL,
                is_primary boolean DEFAULT false,
                created_at timestamp with time zone DEFAULT now(),
                created_by character varying(255)
            );

            CREATE TABLE public.delivery_destinations (
                id uuid DEFAULT gen_random_uuid() NOT NULL,
                organization_id character varying(255) NOT NULL,
                name character varying(100) NOT NULL,
                type character varying(40),
                config jsonb DEFAULT '{}'::jsonb,
                is_active boolean DEFAULT true
            );

            CREATE TABLE public.delivery_logs (
                id uuid DEFAULT gen_random_uuid() NOT NULL,
                delivery_id character varying(255) NOT NULL,
                destination_id uuid NOT NULL,
                organization_id character varying(255) NOT NULL,
                payload_type character varying(100) NOT NULL,
                payload_size integer,
                payload_hash character varying(64),
                status public.delivery_status DEFAULT 'pending'::public.delivery_status NOT NULL,
                attempt_count integer DEFAULT 0,
                max_attempts integer DEFAULT 3,
                queued_at timestamp with time zone DEFAULT now(),
                first_attempt_at timestamp with time zone,
                last_attempt_at timestamp with time zone,
                delivered_at timestamp with time zone,
                response_code integer,
                response_time_ms integer,
                response_headers jsonb,
                error_message text,
                error_code character varying(100),
                cross_system_reference character varying(255),
                idempotency_key character varying(255),
                correlation_id character varying(255),
                metadata jsonb DEFAULT '{}'::jsonb,
                tags text[],
                created_at timestamp with time zone DEFAULT now(),
                updated_at timestamp with time zone DEFAULT now()
            );

            """;

    private static final String TAIL = """
            ALTER TABLE ONLY public.default_destinations
                ADD CONSTRAINT default_destinations_organization_id_destination_id_key UNIQUE (organization_id, destination_id);
            ALTER TABLE ONLY public.default_destinations
                ADD CONSTRAINT default_destinations_pkey PRIMARY KEY (id);
            ALTER TABLE ONLY public.delivery_destinations
                ADD CONSTRAINT delivery_destinations_pkey PRIMARY KEY (id);
            ALTER TABLE ONLY public.delivery_logs
                ADD CONSTRAINT delivery_logs_pkey PRIMARY KEY (id);
            CREATE INDEX idx_default_destinations_org_id ON public.default_destinations USING btree (organization_id);
            CREATE INDEX idx_default_destinations_primary ON public.default_destinations USING btree (organization_id, is_primary) WHERE (is_primary = true);
            CREATE INDEX idx_delivery_logs_status ON public.delivery_logs USING btree (status);
            ALTER TABLE ONLY public.default_destinations
                ADD CONSTRAINT default_destinations_destination_id_fkey FOREIGN KEY (destination_id) REFERENCES public.delivery_destinations(id) ON DELETE CASCADE;
            ALTER TABLE ONLY public.delivery_logs
                ADD CONSTRAINT delivery_logs_destination_id_fkey FOREIGN KEY (destination_id) REFERENCES public.delivery_destinations(id);

            --
            -- PostgreSQL database dump complete
            --
            """;

    private Dump() {}

    static String organization(int destination) {
        return "org" + destination / PER_ORGANIZATION;
    }

    static String id(int destination) {
        return new UUID(0x0000_0000_0000_4000L, 0x8000_0000_0000_0000L + destination).toString();
    }

    static boolean isFaulty(int destination) {
        return destination % FAULTY == UNKNOWN_PROVIDER || destination % FAULTY == CLEAR_TEXT;
    }

    static boolean isDefault(int destination) {
        return destination % PER_ORGANIZATION < DEFAULTS;
    }

    /// The text of a dump with so many destinations.
    static String of(int destinations) {
        StringBuilder text = new StringBuilder(HEAD);
        for (Rows rows : rows(destinations)) {
            text.append("COPY public.").append(rows.table()).append(" (").append(rows.columns());
            text.append(") FROM stdin;\n");
            for (List<@Nullable String> row : rows.values()) {
                text.append(row.stream()
                        .map(value -> value == null ? "\\N" : value)
                        .collect(Collectors.joining("\t", "", "\n")));
            }
            text.append("\\.\n\n\n");
        }
        return text.append(TAIL).toString();
    }

    /// What `pg_dump` writes of the same database; skips the test where there is no Node.
    ///
    /// @param folder for the script and the dump
    static String byPgDump(int destinations, Path folder) throws IOException {
        StringBuilder script = new StringBuilder(HEAD);
        for (Rows rows : rows(destinations)) {
            for (List<@Nullable String> row : rows.values()) {
                script.append("INSERT INTO public.")
                        .append(rows.table())
                        .append(" (")
                        .append(rows.columns());
                script.append(") VALUES (");
                script.append(row.stream().map(Dump::literal).collect(Collectors.joining(", ")))
                        .append(");\n");
            }
        }
        Path source = Files.writeString(folder.resolve("source.sql"), script.append(TAIL));
        Path dump = folder.resolve("dump.sql");
        Programs.Ended ended =
                PG_DUMP.runHere(DUMPING.resolve("dump.mjs"), DUMP_TIMEOUT, source.toString(), dump.toString());
        assertThat(ended.exitCode()).as(() -> String.join("\n", ended.output())).isZero();
        return Files.readString(dump);
    }

    private static String literal(@Nullable String value) {
        return value == null ? "NULL" : "'" + value.replace("'", "''") + "'";
    }

    private record Rows(String table, String columns, List<List<@Nullable String>> values) {}

    private static List<Rows> rows(int destinations) {
        List<List<@Nullable String>> defaults = new ArrayList<>();
        List<List<@Nullable String>> all = new ArrayList<>();
        List<List<@Nullable String>> logs = new ArrayList<>();
        for (int i = 0; i < destinations; i++) {
            if (isDefault(i)) {
                defaults.add(row(
                        new UUID(1, i).toString(),
                        organization(i),
                        id(i),
                        i % PER_ORGANIZATION == 1 ? "t" : "f",
                        "2026-01-01 10:00:0" + i % PER_ORGANIZATION + ".123456+00",
                        null));
            }
            all.add(row(
                    id(i),
                    organization(i),
                    "dest " + i,
                    i % FAULTY == UNKNOWN_PROVIDER ? "fax" : "webhook",
                    "{\"url\": \"https://example.com/hook/" + i + "\""
                            + (i % FAULTY == CLEAR_TEXT ? ", \"signing.secret\": \"" + SECRET + "\"" : "") + "}",
                    i % PER_ORGANIZATION == 9 ? "f" : "t"));
        }
        for (int i = 0; i < LOGS; i++) {
            logs.add(row(
                    new UUID(2, i).toString(),
                    "d-" + i,
                    id(i % destinations),
                    organization(i % destinations),
                    "audit",
                    "delivered",
                    "{}",
                    "{a,b}"));
        }
        return List.of(
                new Rows(
                        "default_destinations",
                        "id, organization_id, destination_id, is_primary, created_at, created_by",
                        defaults),
                new Rows("delivery_destinations", "id, organization_id, name, type, config, is_active", all),
                new Rows(
                        "delivery_logs",
                        "id, delivery_id, destination_id, organization_id, payload_type, status, metadata, tags",
                        logs));
    }

    private static List<@Nullable String> row(@Nullable String... values) {
        return Arrays.asList(values);
    }

    static void load(String text, String jdbcUrl) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                var statement = connection.createStatement()) {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI();
            StringBuilder gathered = new StringBuilder();
            for (var lines = text.lines().iterator(); lines.hasNext(); ) {
                String line = lines.next();
                if (line.startsWith("--")) {
                    continue;
                }
                gathered.append(line).append('\n');
                if (!line.endsWith(";")) {
                    continue;
                }
                String sql = gathered.toString();
                gathered.setLength(0);
                if (sql.strip().startsWith("COPY ")) {
                    StringBuilder rows = new StringBuilder();
                    for (String row = lines.next(); !row.equals("\\."); row = lines.next()) {
                        rows.append(row).append('\n');
                    }
                    copy.copyIn(sql, new StringReader(rows.toString()));
                } else {
                    statement.execute(sql);
                }
            }
        }
    }
}
