package dev.waybill.local.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStackTest {

    @TempDir
    Path directory;

    @Test
    void startsInTimeAndAloneInItsDirectory() {
        try (var stack = LocalStack.start(directory, LocalPorts.FREE)) {
            System.out.println(stack.summary());
            assertThat(stack.summary()).contains(stack.bootstrapServers(), stack.registryUrl());
            // Promised are 10 s; a build beside it may double that.
            assertThat(stack.startTime()).isLessThan(Duration.ofSeconds(20));
            assertThatThrownBy(() -> LocalStack.start(directory, LocalPorts.FREE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Another process uses " + directory);
        }
    }

    @Test
    void aPartThatCannotStartStopsTheOthers() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> LocalStack.start(directory, new LocalPorts(taken.getLocalPort(), 0, 0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
            assertThat(OrphanedPostmaster.of(directory.toAbsolutePath().resolve("postgres/data")))
                    .isEmpty();
        }
        // Nothing holds the directory any more.
        try (var lock = DirectoryLock.take(directory)) {
            assertThat(lock).isNotNull();
        }
    }
}
