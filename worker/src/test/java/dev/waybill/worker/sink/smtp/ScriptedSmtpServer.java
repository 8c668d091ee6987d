package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.model.Bytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A mail server on a bare socket that plays what it was told to, once for each point of a conversation,
/// and takes everything otherwise.
final class ScriptedSmtpServer implements AutoCloseable {

    /// Where something can be played.
    enum At {
        CONNECT,
        EHLO,
        STARTTLS,
        AUTH,
        MAIL,
        RCPT,
        DATA,
        /// The message is there.
        MESSAGE,
        NOOP,
        RSET
    }

    /// A message as it arrived, without the dots that the wire adds.
    record Received(String from, List<String> recipients, Bytes bytes) {

        String text() {
            return new String(bytes.array(), StandardCharsets.UTF_8);
        }
    }

    /// What to do in place of the usual answer.
    @FunctionalInterface
    interface Script {
        /// Plays on a connection.
        ///
        /// @return whether the connection stays open
        boolean play(Connection connection) throws IOException, InterruptedException;
    }

    private final ServerSocket listener;
    private final @Nullable SSLContext startTls;
    private final Map<At, Queue<Script>> scripts = new EnumMap<>(At.class);
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile List<String> extensions = List.of("PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8");
    private volatile @Nullable String user;
    private volatile @Nullable String password;

    private ScriptedSmtpServer(ServerSocket listener, @Nullable SSLContext startTls) {
        this.listener = listener;
        this.startTls = startTls;
        for (At at : At.values()) {
            scripts.put(at, new ConcurrentLinkedQueue<>());
        }
        Thread.ofVirtual().start(this::accept);
    }

    /// In the clear.
    static ScriptedSmtpServer start() throws IOException {
        return new ScriptedSmtpServer(new ServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1")), null);
    }

    /// With TLS from the first byte on.
    static ScriptedSmtpServer startTls(SSLContext context) throws IOException {
        return new ScriptedSmtpServer(
                context.getServerSocketFactory().createServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1")), null);
    }

    /// With STARTTLS.
    static ScriptedSmtpServer startWithStartTls(SSLContext context) throws IOException {
        return new ScriptedSmtpServer(new ServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1")), context);
    }

    /// With TLS from the first byte on, for clients who say who they are.
    static ScriptedSmtpServer startMutual(SSLContext context) throws IOException {
        SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1"));
        listener.setNeedClientAuth(true);
        return new ScriptedSmtpServer(listener, null);
    }

    int port() {
        return listener.getLocalPort();
    }

    /// Lets in only this account from now on.
    void require(String account, String secret) {
        user = account;
        password = secret;
    }

    /// What it can do, beside STARTTLS and AUTH.
    void offer(String... lines) {
        extensions = List.of(lines);
    }

    /// What the next one that comes to this point meets; several are played in order.
    void next(At at, Script script) {
        scripts.getOrDefault(at, new ConcurrentLinkedQueue<>()).add(script);
    }

    List<Received> received() {
        return received;
    }

    /// All commands, without the answers to challenges.
    List<String> commands() {
        return commands;
    }

    int connections() {
        return connections.get();
    }

    /// Ends all connections from this side, as a restart would.
    void dropConnections() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    static Script reply(String text) {
        return connection -> {
            connection.send(text + "\r\n");
            return true;
        };
    }

    /// Answers, and ends the connection.
    static Script farewell(String text) {
        return connection -> {
            connection.send(text + "\r\n");
            return false;
        };
    }

    static Script hang() {
        return connection -> {
            closing(connection);
            return false;
        };
    }

    private static void closing(Connection connection) throws InterruptedException {
        connection.server().closing.await();
    }

    static Script reset() {
        return connection -> {
            connection.socket.setSoLinger(true, 0);
            connection.socket.close();
            return false;
        };
    }

    /// A reply that never ends, as fast as it is read.
    static Script flood(String head) {
        return connection -> {
            byte[] line = (head + "x".repeat(200) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            while (true) {
                connection.out.write(line);
            }
        };
    }

    /// A reply of a thousand bytes, one every 20 ms.
    static Script drip(String head) {
        return connection -> {
            connection.send(head);
            for (int i = 0; i < 1_000; i++) {
                Thread.sleep(20);
                connection.send("x");
            }
            return false;
        };
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            new Connection(socket).serve();
        } catch (IOException | InterruptedException e) {
            // The other side has ended it, or the test.
        }
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        listener.close();
        dropConnections();
    }

    /// One connection as a script sees it.
    final class Connection {

        private Socket socket;
        private InputStream in;
        private OutputStream out;
        private String from = "";
        private final List<String> recipients = new ArrayList<>();
        private boolean secured;
        private boolean authenticated;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
            this.secured = socket instanceof SSLSocket;
        }

        ScriptedSmtpServer server() {
            return ScriptedSmtpServer.this;
        }

        void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        void serve() throws IOException, InterruptedException {
            if (!play(At.CONNECT, "220 scripted ESMTP")) {
                return;
            }
            for (String line = line(); line != null; line = line()) {
                commands.add(line);
                if (!answer(line)) {
                    return;
                }
            }
        }

        private boolean play(At at, String usual) throws IOException, InterruptedException {
            Script script =
                    scripts.getOrDefault(at, new ConcurrentLinkedQueue<>()).poll();
            return (script == null ? reply(usual) : script).play(this);
        }

        private boolean answer(String line) throws IOException, InterruptedException {
            String verb = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
            if (user != null
                    && !authenticated
                    && Stream.of("MAIL", "RCPT", "DATA").anyMatch(verb::equals)) {
                send("530 5.7.0 Authentication required\r\n");
                return true;
            }
            return switch (verb) {
                case "EHLO" -> play(At.EHLO, hello());
                case "STARTTLS" -> play(At.STARTTLS, "220 2.0.0 go ahead") && secure();
                case "AUTH" -> authenticate(line);
                case "MAIL" -> {
                    from = line.substring("MAIL FROM:".length());
                    recipients.clear();
                    yield play(At.MAIL, "250 2.1.0 ok");
                }
                case "RCPT" -> {
                    boolean scripted = !scripts.getOrDefault(At.RCPT, new ConcurrentLinkedQueue<>())
                            .isEmpty();
                    if (!scripted) {
                        recipients.add(line.substring("RCPT TO:".length()));
                    }
                    yield play(At.RCPT, "250 2.1.5 ok");
                }
                case "DATA" -> {
                    boolean scripted = !scripts.getOrDefault(At.DATA, new ConcurrentLinkedQueue<>())
                            .isEmpty();
                    if (!scripted && recipients.isEmpty()) {
                        send("554 5.5.1 no valid recipients\r\n");
                        yield true;
                    }
                    yield play(At.DATA, "354 go ahead") && (scripted || take());
                }
                case "NOOP" -> play(At.NOOP, "250 2.0.0 ok");
                case "RSET" -> play(At.RSET, "250 2.0.0 ok");
                case "QUIT" -> {
                    send("221 2.0.0 bye\r\n");
                    yield false;
                }
                default -> {
                    send("500 5.5.2 what\r\n");
                    yield true;
                }
            };
        }

        private String hello() {
            List<String> lines = new ArrayList<>(List.of("scripted"));
            lines.addAll(extensions);
            if (startTls != null && !secured) {
                lines.add("STARTTLS");
            }
            if (user != null && secured) {
                lines.add("AUTH PLAIN LOGIN");
            }
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < lines.size(); i++) {
                text.append(i < lines.size() - 1 ? "250-" : "250 ").append(lines.get(i));
                text.append(i < lines.size() - 1 ? "\r\n" : "");
            }
            return text.toString();
        }

        private boolean secure() throws IOException {
            if (startTls == null) {
                return true;
            }
            SSLSocket tls = (SSLSocket) startTls.getSocketFactory().createSocket(socket, null, true);
            tls.setUseClientMode(false);
            tls.startHandshake();
            socket = tls;
            in = new BufferedInputStream(tls.getInputStream());
            out = tls.getOutputStream();
            secured = true;
            return true;
        }

        private boolean authenticate(String line) throws IOException, InterruptedException {
            String[] words = line.split(" ", -1);
            String given;
            if (words[1].equals("PLAIN")) {
                given = decoded(words[2]);
            } else {
                send("334 VXNlcm5hbWU6\r\n");
                String name = decoded(String.valueOf(line()));
                send("334 UGFzc3dvcmQ6\r\n");
                given = "\0" + name + "\0" + decoded(String.valueOf(line()));
            }
            authenticated = given.equals("\0" + user + "\0" + password);
            return play(At.AUTH, authenticated ? "235 2.7.0 welcome" : "535 5.7.8 who are you");
        }

        private static String decoded(String base64) {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        }

        private boolean take() throws IOException, InterruptedException {
            byte[] bytes = message();
            if (bytes == null) {
                return false;
            }
            boolean scripted = !scripts.getOrDefault(At.MESSAGE, new ConcurrentLinkedQueue<>())
                    .isEmpty();
            if (!scripted) {
                received.add(new Received(from, List.copyOf(recipients), Bytes.of(bytes)));
            }
            return play(At.MESSAGE, "250 2.0.0 queued as 4711");
        }

        private byte @Nullable [] message() throws IOException {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            while (true) {
                byte[] line = rawLine();
                if (line == null) {
                    return null;
                }
                if (line.length == 3 && line[0] == '.') {
                    return message.toByteArray();
                }
                int skip = line.length > 0 && line[0] == '.' ? 1 : 0;
                message.write(line, skip, line.length - skip);
            }
        }

        private @Nullable String line() throws IOException {
            byte[] line = rawLine();
            return line == null ? null : new String(line, StandardCharsets.UTF_8).stripTrailing();
        }

        /// Up to CRLF and with it: a bare LF ends nothing.
        private byte @Nullable [] rawLine() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int before = 0;
            for (int c = in.read(); c >= 0; c = in.read()) {
                line.write(c);
                if (c == '\n' && before == '\r') {
                    return line.toByteArray();
                }
                before = c;
            }
            return null;
        }
    }
}
