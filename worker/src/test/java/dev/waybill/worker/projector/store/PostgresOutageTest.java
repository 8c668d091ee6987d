package dev.waybill.worker.projector.store;

import static dev.waybill.worker.projector.fold.Events.event;
import static dev.waybill.worker.projector.store.Batches.ATTEMPTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.worker.projector.Migrations;
import dev.waybill.worker.projector.fold.DeliveryEvent;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server of its own that is stopped and started again under a writer that stays the same.
class PostgresOutageTest {

    @TempDir
    Path folder;

    @Test
    void aWriterOutlivesItsServer() throws IOException {
        EmbeddedPostgres first = start(0);
        int port = first.getPort();
        String url = "jdbc:postgresql://localhost:" + port + "/postgres";
        Migrations.of(url, "postgres", "postgres").migrate();
        try (var database = new Database(DatabaseSettings.of(url, "postgres", "postgres", 2))) {
            var writer = new BatchWriter(database);
            writer.positions(Map.of(ATTEMPTS, 0L));
            write(writer, 0);

            first.close();
            assertThatThrownBy(() -> write(writer, 1)).isInstanceOf(DatabaseException.Unavailable.class);
            assertThatThrownBy(() -> write(writer, 1)).isInstanceOf(DatabaseException.Unavailable.class);

            try (EmbeddedPostgres second = start(port)) {
                assertThat(second.getPort()).isEqualTo(port);
                long since = System.nanoTime();
                assertThat(writer.positions(Map.of(ATTEMPTS, 0L))).isEqualTo(Map.of(ATTEMPTS, 1L));
                assertThat(write(writer, 1)).isInstanceOf(Projected.Written.class);
                assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    private static Projected write(BatchWriter writer, long start) {
        return writer.write(
                Batches.of(
                        ATTEMPTS,
                        start,
                        List.of(event(DeliveryEvent.Type.QUEUED, start)
                                .delivery("d-" + start)
                                .build())),
                Instant.EPOCH);
    }

    /// On the same directory, with a disk that is told to keep what it is given.
    private EmbeddedPostgres start(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on");
        return port == 0 ? builder.start() : builder.setPort(port).start();
    }
}
