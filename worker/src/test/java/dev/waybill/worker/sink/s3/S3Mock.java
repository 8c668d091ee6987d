package dev.waybill.worker.sink.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// [Adobe's S3Mock](https://github.com/adobe/S3Mock), an S3 that we did not write: started once in a JVM, as a process
/// of
/// its own. It does not check signatures. What is asked of it here goes by plain HTTP, past our own code.
///
/// We talk to its loopback port. It insists on a second one, which it opens on all interfaces, wherever there is room.
final class S3Mock {

    private static final Path JAR = Path.of("target", "s3mock", "s3mock.jar");
    private static final Pattern STARTED = Pattern.compile("Tomcat started on ports? ([0-9]+)");
    private static final Pattern KEY = Pattern.compile("<Key>([^<]*)</Key>");

    private static final class Shared {
        static final S3Mock RUNNING = start();
    }

    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private S3Mock(int port) {
        this.port = port;
    }

    /// The one that runs, or the test is skipped: a plain `compile` does not fetch it.
    static S3Mock running() {
        assumeTrue(Files.exists(JAR), "S3Mock has not been copied to target");
        return Shared.RUNNING;
    }

    private static S3Mock start() {
        try {
            Path temporary = Files.createDirectories(Path.of("target", "s3mock", "tmp"));
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Djava.io.tmpdir=" + temporary.toAbsolutePath(),
                            "-jar",
                            JAR.toString(),
                            "--server.address=127.0.0.1",
                            "--server.ssl.enabled=false",
                            "--server.port=0",
                            "--http.port=0")
                    .redirectErrorStream(true)
                    .start();
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(process)));
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                Matcher started = STARTED.matcher(line);
                if (started.find()) {
                    // Read on, so that it never waits for us.
                    Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {}));
                    return new S3Mock(Integer.parseInt(started.group(1)));
                }
            }
            throw new IllegalStateException("S3Mock did not start");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(Process process) {
        process.destroyForcibly();
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /// Makes a bucket that no other test has.
    String newBucket() throws IOException, InterruptedException {
        String bucket = "b" + UUID.randomUUID();
        expect(200, send("PUT", "/" + bucket, new byte[0]));
        return bucket;
    }

    List<String> keys(String bucket) throws IOException, InterruptedException {
        String xml = new String(
                expect(200, send("GET", "/" + bucket + "?list-type=2", null)).body(), StandardCharsets.UTF_8);
        return keysIn(xml);
    }

    /// Keys of uploads that were begun and not ended.
    List<String> uploads(String bucket) throws IOException, InterruptedException {
        return keysIn(new String(
                expect(200, send("GET", "/" + bucket + "?uploads", null)).body(), StandardCharsets.UTF_8));
    }

    private static List<String> keysIn(String xml) {
        List<String> keys = new ArrayList<>();
        Matcher found = KEY.matcher(xml);
        while (found.find()) {
            keys.add(found.group(1));
        }
        return keys;
    }

    HttpResponse<byte[]> object(String bucket, String key) throws IOException, InterruptedException {
        return expect(200, send("GET", "/" + bucket + "/" + encoded(key), null));
    }

    /// Hashes an object that may be larger than the memory.
    String sha256(String bucket, String key) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/" + bucket + "/" + encoded(key)))
                .build();
        return LargeObjectTest.sha256(
                http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body());
    }

    String tags(String bucket, String key) throws IOException, InterruptedException {
        return new String(
                expect(200, send("GET", "/" + bucket + "/" + encoded(key) + "?tagging", null))
                        .body(),
                StandardCharsets.UTF_8);
    }

    void put(String bucket, String key, String text) throws IOException, InterruptedException {
        expect(200, send("PUT", "/" + bucket + "/" + encoded(key), text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Begins an upload and leaves it, as a worker that dies does.
    void leaveUpload(String bucket, String key) throws IOException, InterruptedException {
        expect(200, send("POST", "/" + bucket + "/" + encoded(key) + "?uploads", new byte[0]));
    }

    private static String encoded(String key) {
        return URLEncoder.encode(key, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }

    private HttpResponse<byte[]> send(String method, String path, byte @Nullable [] body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + path))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static HttpResponse<byte[]> expect(int status, HttpResponse<byte[]> response) {
        if (response.statusCode() != status) {
            throw new IllegalStateException(response.request() + " was answered " + response.statusCode() + ": "
                    + new String(response.body(), StandardCharsets.UTF_8));
        }
        return response;
    }
}
