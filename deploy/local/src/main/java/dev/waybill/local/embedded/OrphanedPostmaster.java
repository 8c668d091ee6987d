package dev.waybill.local.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A Postgres that outlived the process that started it (`kill -9`) and still owns a data directory.
record OrphanedPostmaster(ProcessHandle process) {

    /// An idle Postgres stops within a second; its clients died with the process that started it.
    static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    /// Found by its pid file. The process must also look like a Postgres on this directory: after a reboot
    /// the number may belong to anybody.
    static Optional<OrphanedPostmaster> of(Path dataDirectory) {
        Path pidFile = dataDirectory.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        try (var lines = Files.lines(pidFile)) {
            return lines.findFirst()
                    .flatMap(line -> ProcessHandle.of(Long.parseLong(line.strip())))
                    .filter(process -> isPostgresOn(process, dataDirectory))
                    .map(OrphanedPostmaster::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NumberFormatException _) {
            return Optional.empty(); // cut off while it was written: no server got that far
        }
    }

    private static boolean isPostgresOn(ProcessHandle process, Path dataDirectory) {
        String command = process.info().commandLine().orElse("");
        return command.contains("postgres") && command.contains(dataDirectory.toString());
    }

    /// Stops it cleanly, or at last with force: its log makes that safe.
    void stop() {
        process.destroy();
        if (!exits()) {
            process.destroyForcibly();
            if (!exits()) {
                throw new IllegalStateException("A Postgres left behind cannot be stopped: process " + process.pid());
            }
        }
    }

    private boolean exits() {
        try {
            process.onExit().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new CompletionException(e);
        }
    }
}
