package dev.waybill.bench.bed;

import java.io.IOException;

/// Ends this process when the one that started it is gone, however it went: their pipe is closed then.
public final class ParentWatch {

    private ParentWatch() {}

    public static void start() {
        Thread.ofPlatform().daemon().name("parent-watch").start(() -> {
            try {
                while (System.in.read() >= 0) {}
            } catch (IOException e) {
                // A broken pipe says the same.
            }
            System.exit(0);
        });
    }
}
