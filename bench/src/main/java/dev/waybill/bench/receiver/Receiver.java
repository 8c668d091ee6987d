package dev.waybill.bench.receiver;

import dev.waybill.bench.bed.ParentWatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The receiver's process: listens on some ports of the loopback address, each of which looks like a host of its own,
/// and prints them.
public final class Receiver {

    /// Two can answer more than everything else on the machine can ask.
    private static final int LOOPS = 2;

    private static final int PENDING_CONNECTIONS = 1_024;

    private Receiver() {}

    /// Runs until it is stopped.
    ///
    /// @param arguments the folder of the receipts, and how many ports to listen on
    public static void main(String[] arguments) throws IOException {
        ParentWatch.start();
        Ledger ledger = new Ledger(Path.of(arguments[0]));
        List<ReceiverLoop> loops = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            loops.add(new ReceiverLoop(ledger));
        }
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            ServerSocketChannel server = ServerSocketChannel.open();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), PENDING_CONNECTIONS);
            server.configureBlocking(false);
            for (ReceiverLoop loop : loops) {
                loop.listen(server);
            }
            ports.add(((InetSocketAddress) server.getLocalAddress()).getPort());
        }
        for (ReceiverLoop loop : loops) {
            Thread.ofPlatform().name("receiver").start(loop);
        }
        System.out.println("ready " + ports.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
}
