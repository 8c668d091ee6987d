package dev.waybill.local.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Free ports on the loopback address.
///
/// They lie below the range from which systems take the ports of outgoing connections: while a server
/// restarts, no client can occupy its port by accident.
public final class LoopbackPorts {

    static final int LOWEST = 20_000;
    static final int HIGHEST = 31_999;

    /// Even with half of the range taken, fifty tries fail once in 10^15.
    private static final int TRIES = 50;

    private LoopbackPorts() {}

    /// The port given, or a free one for 0.
    public static int choose(int port) {
        return port != 0 ? port : free();
    }

    public static int free() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException(
                "Found no free port between " + LOWEST + " and " + HIGHEST + " in " + TRIES + " tries");
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
