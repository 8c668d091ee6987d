package dev.waybill.local.embedded;

import java.nio.file.Path;

/// A process to be killed: starts Postgres, says so, and waits.
final class PostgresProcess {

    private PostgresProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        var postgres = EmbeddedPostgresServer.start(Path.of(arguments[0]), 0);
        System.out.println("READY " + postgres.jdbcUrl());
        Thread.sleep(Long.MAX_VALUE);
    }
}
