package dev.waybill.bench.bed;

import dev.waybill.local.embedded.EmbeddedBroker;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// The broker's process: prints where it is.
final class BrokerProcess {

    private BrokerProcess() {}

    /// Runs until it is stopped.
    ///
    /// @param arguments the folder of its log
    public static void main(String[] arguments) throws InterruptedException {
        ParentWatch.start();
        EmbeddedBroker broker = EmbeddedBroker.start(Path.of(arguments[0]), 0);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(broker::close));
        System.out.println("ready " + broker.bootstrapServers());
        new CountDownLatch(1).await();
    }
}
