package dev.waybill.worker.projector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.projector.store.TestPostgres;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Two tables are published with names, types, NOT NULL and defaults, and applications query them. Only the primary key
/// of `delivery_logs` is wider than published, because of its partitions.
class PublishedTablesTest {

    private static final TestPostgres postgres = TestPostgres.migrated("published_tables");

    private static final String PUBLISHED = """
            create schema published;
            create table published.delivery_destinations (id uuid primary key);
            create table published.default_destinations (
              id UUID PRIMARY KEY DEFAULT gen_random_uuid(), organization_id VARCHAR(255) NOT NULL,
              destination_id UUID NOT NULL, is_primary BOOLEAN DEFAULT false,
              created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(), created_by VARCHAR(255),
              UNIQUE(organization_id, destination_id));
            create table published.delivery_logs (
              id UUID PRIMARY KEY DEFAULT gen_random_uuid(), delivery_id VARCHAR(255) NOT NULL,
              destination_id UUID NOT NULL, organization_id VARCHAR(255) NOT NULL,
              payload_type VARCHAR(100) NOT NULL, payload_size INTEGER, payload_hash VARCHAR(64),
              status delivery_status NOT NULL DEFAULT 'pending', attempt_count INTEGER DEFAULT 0,
              max_attempts INTEGER DEFAULT 3, queued_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
              first_attempt_at TIMESTAMP WITH TIME ZONE, last_attempt_at TIMESTAMP WITH TIME ZONE,
              delivered_at TIMESTAMP WITH TIME ZONE, response_code INTEGER, response_time_ms INTEGER,
              response_headers JSONB, error_message TEXT, error_code VARCHAR(100),
              cross_system_reference VARCHAR(255), idempotency_key VARCHAR(255), correlation_id VARCHAR(255),
              metadata JSONB DEFAULT '{}', tags TEXT[],
              created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(), updated_at TIMESTAMP WITH TIME ZONE DEFAULT NOW());
            """;

    @Test
    void columnsAreAsPublishedAndComeFirst() {
        postgres.execute(PUBLISHED);
        for (String table : List.of("default_destinations", "delivery_logs")) {
            List<String> published = columns("published", table);
            assertThat(columns("public", table).subList(0, published.size())).isEqualTo(published);
        }
        assertThat(columns("public", "default_destinations")).hasSize(6);
    }

    @Test
    void aPublishedStatusNeverGoes() {
        assertThat(postgres.one("select string_agg(s::text, ' ') from unnest(enum_range(null::delivery_status)) s"))
                .isEqualTo("pending queued delivering retrying delivered failed rejected skipped expired cancelled");
    }

    @Test
    void indexesAreAsPublished() {
        assertThat(postgres.rows("select indexname from pg_indexes where schemaname = 'public' and tablename in"
                        + " ('delivery_logs', 'default_destinations') order by indexname"))
                .contains(
                        "(idx_default_destinations_org_id)",
                        "(idx_default_destinations_primary)",
                        "(idx_delivery_logs_correlation_id)",
                        "(idx_delivery_logs_delivery_id)",
                        "(idx_delivery_logs_destination_id)",
                        "(idx_delivery_logs_organization_id)",
                        "(idx_delivery_logs_queued_at)",
                        "(idx_delivery_logs_status)");
    }

    private static List<String> columns(String schema, String table) {
        return postgres.rows("select column_name, udt_name, character_maximum_length, is_nullable, column_default"
                + " from information_schema.columns where table_schema = '" + schema + "' and table_name = '" + table
                + "' order by ordinal_position");
    }
}
