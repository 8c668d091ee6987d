package dev.waybill.worker.projector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.projector.Migrations.SchemaState;
import dev.waybill.worker.projector.adopt.Adopted;
import dev.waybill.worker.projector.store.TestPostgres;
import org.junit.jupiter.api.Test;

class MigrationsTest {

    private static Migrations migrations(String url) {
        return Migrations.of(url, TestPostgres.USER, TestPostgres.PASSWORD);
    }

    @Test
    void anEmptyDatabaseIsBehindUntilItIsMigrated() {
        TestPostgres postgres = TestPostgres.empty("migrations_empty");
        Migrations migrations = migrations(postgres.url());
        assertThat(migrations.check().complaint())
                .isEqualTo("The database is at schema version none, this worker needs 3: run `waybill migrate`.");

        assertThat(migrations.migrate()).isEqualTo(new Migrations.Migrated(3, "3", Adopted.NOTHING));
        assertThat(migrations.check()).isEqualTo(new SchemaState.Current("3"));
        assertThat(migrations.check().complaint()).isNull();
        assertThat(migrations.migrate()).isEqualTo(new Migrations.Migrated(0, "3", Adopted.NOTHING));
    }

    @Test
    void aNewerDatabaseIsRefused() {
        TestPostgres postgres = TestPostgres.migrated("migrations_newer");
        postgres.execute("insert into " + Migrations.HISTORY_TABLE + " (installed_rank, version, description, type,"
                + " script, installed_by, execution_time, success)"
                + " values (99, '99', 'future', 'SQL', 'V99__future.sql', 'x', 1, true)");
        assertThat(migrations(postgres.url()).check().complaint())
                .isEqualTo("The database is at schema version 99, this worker knows only up to 3:"
                        + " start a newer worker.");
    }

    @Test
    void aDatabaseMayBeSharedWithAnApplication() {
        TestPostgres postgres = TestPostgres.empty("migrations_shared");
        postgres.execute("create table theirs (id int)");
        assertThat(migrations(postgres.url()).migrate().applied()).isEqualTo(3);
    }

    @Test
    void anUnreachableServerIsNamed() {
        assertThat(migrations("jdbc:postgresql://localhost:1/nowhere").check().complaint())
                .startsWith("Postgres cannot be asked for its schema version: ")
                .doesNotContain("\n");
    }
}
