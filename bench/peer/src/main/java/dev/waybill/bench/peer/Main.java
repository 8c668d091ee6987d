package dev.waybill.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// A peer's process.
public final class Main {

    /// What one poll gives the plain consumer to do at a time; parallel-consumer has its own buffer.
    private static final int POLL_RECORDS = 2_000;

    private Main() {}

    /// Runs until it is stopped, or the process that started it is gone.
    ///
    /// @param arguments `parallel` or `plain`, and the file of its settings
    public static void main(String[] arguments) throws IOException {
        PeerSettings settings = PeerSettings.read(Path.of(arguments[1]));
        LogTable log = new LogTable(settings.jdbcUrl());
        Bookkeeping bookkeeping = new Bookkeeping(producer(settings), settings.results(), log);
        switch (arguments[0]) {
            case "parallel" -> new ParallelPeer(settings, consumer(settings), bookkeeping).start();
            case "plain" -> new PlainPeer(settings, consumer(settings), bookkeeping).start();
            default -> throw new IllegalArgumentException("no such peer: " + arguments[0]);
        }
        System.out.println("ready " + arguments[0]);
        while (System.in.read() >= 0) {}
        System.exit(0);
    }

    private static Consumer<String, byte[]> consumer(PeerSettings settings) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        settings.bootstrapServers(),
                        "group.id",
                        settings.group(),
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "earliest",
                        "max.poll.records",
                        POLL_RECORDS),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    private static KafkaProducer<String, byte[]> producer(PeerSettings settings) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        settings.bootstrapServers(),
                        "acks",
                        "all",
                        "linger.ms",
                        5,
                        "batch.size",
                        64 << 10),
                new StringSerializer(),
                new ByteArraySerializer());
    }
}
