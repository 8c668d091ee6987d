package dev.waybill.local.system;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.postgresql.PGConnection;

/// The database of another system as `pg_dump` writes it in its plain format, and what `psql` does to load it.
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
        text.append("COPY public.default_destinations (id, organization_id, destination_id, is_primary, created_at,"
                + " created_by) FROM stdin;\n");
        for (int i = 0; i < destinations; i++) {
            if (isDefault(i)) {
                row(
                        text,
                        new UUID(1, i),
                        organization(i),
                        id(i),
                        i % PER_ORGANIZATION == 1 ? "t" : "f",
                        "2026-01-01 10:00:0" + i % PER_ORGANIZATION + ".123456+00",
                        "\\N");
            }
        }
        text.append("\\.\n\n\n");
        text.append("COPY public.delivery_destinations (id, organization_id, name, type, config, is_active)"
                + " FROM stdin;\n");
        for (int i = 0; i < destinations; i++) {
            row(
                    text,
                    id(i),
                    organization(i),
                    "dest " + i,
                    i % FAULTY == UNKNOWN_PROVIDER ? "fax" : "webhook",
                    "{\"url\": \"https://example.com/hook/" + i + "\""
                            + (i % FAULTY == CLEAR_TEXT ? ", \"signing.secret\": \"" + SECRET + "\"" : "") + "}",
                    i % PER_ORGANIZATION == 9 ? "f" : "t");
        }
        text.append("\\.\n\n\n");
        text.append("COPY public.delivery_logs (id, delivery_id, destination_id, organization_id, payload_type,"
                + " status, metadata, tags) FROM stdin;\n");
        for (int i = 0; i < LOGS; i++) {
            row(
                    text,
                    new UUID(2, i),
                    "d-" + i,
                    id(i % destinations),
                    organization(i % destinations),
                    "audit",
                    "delivered",
                    "{}",
                    "{a,b}");
        }
        return text.append("\\.\n\n\n").append(TAIL).toString();
    }

    private static void row(StringBuilder text, Object... values) {
        for (int i = 0; i < values.length; i++) {
            text.append(i == 0 ? "" : "\t").append(values[i]);
        }
        text.append('\n');
    }

    static void load(String text, String jdbcUrl) throws SQLException, java.io.IOException {
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
