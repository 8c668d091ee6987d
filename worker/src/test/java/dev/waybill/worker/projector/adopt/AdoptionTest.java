package dev.waybill.worker.projector.adopt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waybill.worker.projector.Migrations;
import dev.waybill.worker.projector.store.TestPostgres;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executors;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class AdoptionTest {

    private static final String HISTORY = "waybill_schema_history";
    private static final int BATCH = 50;

    private static final String LOGS = """
            select id, delivery_id, destination_id, organization_id, payload_type, status::text, attempt_count,
              max_attempts, coalesce(queued_at, created_at) as queued_at, response_headers, metadata, tags, created_at,
              updated_at
            from delivery_logs order by id
            """;
    private static final String DEFAULTS = "select * from default_destinations order by id";
    private static final String SCHEMA = """
            select c.relname, c.relkind, c.reltuples >= 0 from pg_class c
            where c.relnamespace = 'public'::regnamespace order by 1
            """;

    private static Migrations migrations(TestPostgres postgres) {
        return Migrations.of(postgres.url(), TestPostgres.USER, TestPostgres.PASSWORD);
    }

    private static Adoption adoption(TestPostgres postgres) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.url());
        source.setUser(TestPostgres.USER);
        source.setPassword(TestPostgres.PASSWORD);
        return new Adoption(source, HISTORY, BATCH);
    }

    private static Flyway flyway(TestPostgres postgres) {
        return Flyway.configure()
                .dataSource(postgres.url(), TestPostgres.USER, TestPostgres.PASSWORD)
                .table(HISTORY)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }

    @Test
    void rowsAreKept() {
        TestPostgres postgres = ForeignTables.filled("adopt_kept");
        List<String> logs = postgres.rows(LOGS);
        List<String> defaults = postgres.rows(DEFAULTS);
        assertThat(migrations(postgres).check().complaint())
                .isEqualTo("The database has delivery_destinations, default_destinations, delivery_logs,"
                        + " delivery_status, which Waybill did not make: `waybill migrate` adopts them or says what"
                        + " differs, `waybill migrate --dry-run` only says it.");

        assertThat(migrations(postgres).migrate().adopted()).isEqualTo(new Adopted(10, 10, ForeignTables.LOGS));

        assertThat(postgres.rows(LOGS)).isEqualTo(logs).hasSize(ForeignTables.LOGS);
        assertThat(postgres.rows(DEFAULTS)).isEqualTo(defaults);
        assertThat(postgres.one("select count(*) from delivery_destinations where stub"))
                .isEqualTo("10");
        assertThat(postgres.one("select count(*) from delivery_destinations_before_waybill where type = 'webhook'"))
                .isEqualTo("10");
        assertThat(postgres.one("select count(*) from pg_class where relname ~ '_adopting'"))
                .isEqualTo("0");
        assertThat(postgres.one("select count(*) from pg_type where typname ~ '^delivery_status_'"))
                .isEqualTo("0");
        assertThat(migrations(postgres).check()).isInstanceOf(Migrations.SchemaState.Current.class);
    }

    @Test
    void theSchemaIsTheOneOfANewDatabase() {
        String ours = "select tablename, indexname from pg_indexes where tablename !~ '_before_waybill' order by 1, 2";
        TestPostgres adopted = ForeignTables.filled("adopt_schema");
        migrations(adopted).migrate();
        assertThat(adopted.rows(ours))
                .isEqualTo(TestPostgres.migrated("adopt_schema_new").rows(ours));
    }

    @Test
    void aSecondRunChangesNothing() {
        TestPostgres postgres = ForeignTables.filled("adopt_twice");
        migrations(postgres).migrate();
        // What the projector does later is not undone.
        postgres.execute("delete from default_destinations where organization_id = 'org1'");
        List<String> before = all(postgres);
        assertThat(migrations(postgres).migrate()).returns(0, Migrations.Migrated::applied);
        assertThat(all(postgres)).isEqualTo(before);
    }

    private static List<String> all(TestPostgres postgres) {
        List<String> all = postgres.rows(SCHEMA);
        all.addAll(postgres.rows(DEFAULTS));
        all.addAll(postgres.rows(LOGS));
        return all;
    }

    @Test
    void anotherShapeIsRefusedWithEveryDifference() {
        TestPostgres postgres = ForeignTables.filled("adopt_refused");
        postgres.execute("""
                alter table delivery_logs drop column tags, alter column payload_type type text,
                  alter column organization_id drop not null, add column tenant text;
                alter type delivery_status add value 'lost';
                create table deliveries (id int);
                create table reports (id int, destination uuid references delivery_destinations(id));
                create view recent as select delivery_id from delivery_logs;
                """);
        List<String> before = all(postgres.rows(SCHEMA), postgres.rows(DEFAULTS));
        assertThat(catchThrowableOfType(
                                AdoptionRefusedException.class,
                                () -> migrations(postgres).migrate())
                        .differences())
                .containsExactly(
                        "delivery_destinations: reports refers to it by foreign key",
                        "delivery_logs.organization_id is not NOT NULL",
                        "delivery_logs.payload_type is text, not character varying(100)",
                        "delivery_logs has no column tags",
                        "delivery_logs has a column tenant, which would be lost",
                        "delivery_logs: the view recent reads it",
                        "delivery_status has a value 'lost', which Waybill does not know",
                        "there is a relation deliveries, which is not Waybill's: rename it, or give Waybill a schema of"
                                + " its own");
        assertThat(all(postgres.rows(SCHEMA), postgres.rows(DEFAULTS))).isEqualTo(before);
    }

    private static List<String> all(List<String> some, List<String> others) {
        some.addAll(others);
        return some;
    }

    @Test
    void rowsThatDoNotFitAreRefused() {
        TestPostgres postgres = ForeignTables.filled("adopt_rows");
        postgres.execute("""
                update default_destinations set is_primary = true where organization_id = 'org3';
                alter table delivery_logs drop constraint delivery_logs_destination_id_fkey;
                insert into delivery_logs (delivery_id, destination_id, organization_id, payload_type)
                  values ('x', md5('gone')::uuid, 'org1', 'audit');
                """);
        List<String> before = all(postgres);
        assertThat(catchThrowableOfType(
                                AdoptionRefusedException.class,
                                () -> migrations(postgres).migrate())
                        .differences())
                .containsExactly(
                        "organization org3 has 2 primary default destinations",
                        "delivery_logs has rows of destination " + postgres.one("select md5('gone')::uuid")
                                + ", which is not there");
        assertThat(all(postgres)).isEqualTo(before);
    }

    @Test
    void goesOnAfterAFailureInTheMiddle() throws SQLException {
        TestPostgres postgres = ForeignTables.filled("adopt_resumed");
        List<String> logs = postgres.rows(LOGS);
        Migrations migrations = migrations(postgres);
        Adoption adoption = adoption(postgres);
        Runnable tables = () -> flyway(postgres).migrate();

        assertThatThrownBy(() -> adoption.run(AdoptionTest::fail, () -> {})).hasMessage("stopped");
        assertThat(migrations.check().complaint())
                .isEqualTo("The adoption of delivery_destinations, default_destinations, delivery_logs, delivery_status"
                        + " has stopped on the way: run `waybill migrate` again.");
        assertThatThrownBy(() -> adoption.run(tables, AdoptionTest::fail)).hasMessage("stopped");
        assertThat(migrations.check().complaint())
                .isEqualTo("The adoption of delivery_logs, delivery_status has stopped on the way:"
                        + " run `waybill migrate` again.");
        String third = postgres.one("select id from delivery_logs_adopting order by id offset 120 limit 1");
        postgres.execute("alter table delivery_logs add constraint no check (id <> '" + third + "')");
        assertThatThrownBy(() -> adoption.run(tables, () -> {})).hasMessageContaining("violates check constraint");
        assertThat(postgres.one("select count(*) from delivery_logs")).isEqualTo("100");
        assertThat(postgres.one("select count(*) from delivery_logs_adopting")).isEqualTo("130");
        postgres.execute("alter table delivery_logs drop constraint no");

        assertThat(adoption.run(tables, () -> {})).isEqualTo(new Adopted(0, 0, 130));
        assertThat(postgres.rows(LOGS)).isEqualTo(logs);
        assertThat(migrations.check().complaint()).isNull();
    }

    private static void fail() {
        throw new IllegalStateException("stopped");
    }

    @Test
    void someOfTheTablesAreEnough() {
        TestPostgres postgres = TestPostgres.empty("adopt_some");
        postgres.execute(
                "create table delivery_destinations (id uuid primary key, organization_id varchar(50) not null);"
                        + " insert into delivery_destinations values (gen_random_uuid(), 'acme')");
        assertThat(migrations(postgres).migrate().adopted()).isEqualTo(new Adopted(1, 0, 0));
    }

    @Test
    void namesThatTheMigrationsTakeAreKnown() {
        TestPostgres postgres = TestPostgres.migrated("adopt_names");
        assertThat(postgres.rows("""
                        select relname from pg_class where relnamespace = 'public'::regnamespace
                          and relkind in ('r', 'p', 'i', 'I')
                          and relname !~ '_(pkey|idx|key)$' and relname !~ '_idx\\d*$' and relname <> 'waybill_schema_history'
                          and relname !~ '^waybill_' and relname not in ('delivery_destinations', 'default_destinations',
                            'delivery_logs')
                        """))
                .allSatisfy(name -> assertThat(Catalogue.RESERVED).contains(name.replaceAll("[()]", "")));
    }

    @Test
    void aMigrationThatFailedHereBeforeIsNoObstacle() {
        TestPostgres postgres = ForeignTables.filled("adopt_failed_before");
        assertThatThrownBy(() -> flyway(postgres).migrate()).hasMessageContaining("already exists");
        assertThat(migrations(postgres).migrate().adopted().logs()).isEqualTo(ForeignTables.LOGS);
    }

    @Test
    void twoAtOnceWaitForEachOther() throws Exception {
        TestPostgres postgres = ForeignTables.filled("adopt_two");
        List<String> logs = postgres.rows(LOGS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var one = threads.submit(() -> migrations(postgres).migrate().adopted());
            var other = threads.submit(() -> migrations(postgres).migrate().adopted());
            assertThat(List.of(one.get(), other.get()))
                    .containsExactlyInAnyOrder(Adopted.NOTHING, new Adopted(10, 10, ForeignTables.LOGS));
        }
        assertThat(postgres.rows(LOGS)).isEqualTo(logs);
    }
}
