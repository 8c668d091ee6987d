package dev.waybill.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/// What a peer is started with.
///
/// @param concurrency POSTs at the same time
/// @param urls        where the payloads of a record's key go
record PeerSettings(
        String bootstrapServers,
        String requests,
        String results,
        String group,
        String jdbcUrl,
        int concurrency,
        Map<String, String> urls) {

    PeerSettings {
        urls = Map.copyOf(urls);
    }

    static PeerSettings read(Path file) throws IOException {
        Properties given = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            given.load(in);
        }
        return new PeerSettings(
                given.getProperty("bootstrap.servers"),
                given.getProperty("requests"),
                given.getProperty("results"),
                given.getProperty("group"),
                given.getProperty("jdbc.url"),
                Integer.parseInt(given.getProperty("concurrency")),
                urls(Path.of(given.getProperty("urls"))));
    }

    private static Map<String, String> urls(Path file) throws IOException {
        Map<String, String> urls = new HashMap<>();
        try (Stream<String> lines = Files.lines(file)) {
            lines.forEach(line -> {
                int tab = line.indexOf('\t');
                urls.put(line.substring(0, tab), line.substring(tab + 1));
            });
        }
        return urls;
    }
}
