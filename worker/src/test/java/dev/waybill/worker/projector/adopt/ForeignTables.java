package dev.waybill.worker.projector.adopt;

import dev.waybill.worker.projector.store.TestPostgres;

/// Tables as another system has them.
public final class ForeignTables {

    public static final int LOGS = 230;

    private static final String TYPE = """
            create type delivery_status as enum ('pending', 'queued', 'delivering', 'retrying', 'delivered', 'failed',
              'rejected', 'skipped', 'expired', 'cancelled');
            """;

    private static final String TABLES = """
            create table delivery_destinations (
              id uuid primary key default gen_random_uuid(), organization_id varchar(255) not null, name varchar(100),
              type varchar(50), settings jsonb, enabled boolean default true);
            create table default_destinations (
              id uuid primary key default gen_random_uuid(), organization_id varchar(255) not null,
              destination_id uuid not null references delivery_destinations(id) on delete cascade,
              is_primary boolean default false, created_at timestamp with time zone default now(),
              created_by varchar(255), unique (organization_id, destination_id));
            create index idx_default_destinations_org_id on default_destinations(organization_id);
            create index idx_default_destinations_primary on default_destinations(organization_id, is_primary)
              where is_primary = true;
            create table delivery_logs (
              id uuid primary key default gen_random_uuid(), delivery_id varchar(255) not null,
              destination_id uuid not null references delivery_destinations(id), organization_id varchar(255) not null,
              payload_type varchar(100) not null, payload_size integer, payload_hash varchar(64),
              status delivery_status not null default 'pending', attempt_count integer default 0,
              max_attempts integer default 3, queued_at timestamp with time zone default now(),
              first_attempt_at timestamp with time zone, last_attempt_at timestamp with time zone,
              delivered_at timestamp with time zone, response_code integer, response_time_ms integer,
              response_headers jsonb, error_message text, error_code varchar(100), cross_system_reference varchar(255),
              idempotency_key varchar(255), correlation_id varchar(255), metadata jsonb default '{}', tags text[],
              created_at timestamp with time zone default now(), updated_at timestamp with time zone default now());
            create index idx_delivery_logs_delivery_id on delivery_logs(delivery_id);
            create index idx_delivery_logs_destination_id on delivery_logs(destination_id);
            create index idx_delivery_logs_organization_id on delivery_logs(organization_id);
            create index idx_delivery_logs_status on delivery_logs(status);
            create index idx_delivery_logs_queued_at on delivery_logs(queued_at);
            create index idx_delivery_logs_correlation_id on delivery_logs(correlation_id);
            """;

    /// Two destinations for each of five organizations, both defaults, and logs from now back to 230 days ago.
    private static final String ROWS = """
            insert into delivery_destinations (id, organization_id, name, type)
              select md5('d' || n)::uuid, 'org' || n / 2, 'dest' || n, 'webhook' from generate_series(0, 9) n;
            insert into default_destinations (organization_id, destination_id, is_primary, created_by)
              select organization_id, id, name in ('dest0', 'dest2', 'dest4', 'dest6', 'dest8'), 'someone'
              from delivery_destinations;
            insert into delivery_logs (delivery_id, destination_id, organization_id, payload_type, status, queued_at,
                response_headers, tags, created_at)
              select 'd-' || n, md5('d' || n % 10)::uuid, 'org' || n % 10 / 2, 'audit', 'delivered',
                case when n % 7 = 0 then null else now() - n * interval '1 day' end, '{"a": "b"}', '{x,y}',
                now() - n * interval '1 day'
              from generate_series(1, 230) n;
            update delivery_logs set id = '00000000-0000-0000-0000-000000000000' where delivery_id = 'd-5';
            update delivery_logs set id = 'ffffffff-ffff-ffff-ffff-ffffffffffff' where delivery_id = 'd-6';
            """;

    private ForeignTables() {}

    public static TestPostgres filled(String database) {
        TestPostgres postgres = TestPostgres.empty(database);
        postgres.execute(TYPE + TABLES + ROWS);
        return postgres;
    }
}
