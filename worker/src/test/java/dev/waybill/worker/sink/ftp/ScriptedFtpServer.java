package dev.waybill.worker.sink.ftp;

import dev.waybill.worker.sink.transfer.TransferContractTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// As much of an FTP server (RFC 959, 3659) as is needed, on a directory. It can refuse to store files, or fall
/// silent or break off when a file is to get its name.
final class ScriptedFtpServer implements TransferContractTest.Peer {

    static final String USER = "waybill";

    private static final int PATIENCE_SECONDS = 20;

    private final Path root;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private volatile String password = "secret";
    private volatile @Nullable String greeting;
    private volatile @Nullable String refusal;
    private volatile boolean refusesOnce;
    private volatile Predicate<String> refusedNames = _ -> false;
    private volatile boolean hangs;
    private volatile @Nullable CyclicBarrier breaks;
    private volatile String pasvHost = "127,0,0,1";
    private volatile boolean extendedPassive = true;

    private ScriptedFtpServer(Path root, ServerSocket listener) {
        this.root = root;
        this.listener = listener;
    }

    static ScriptedFtpServer start(Path root) throws IOException {
        ScriptedFtpServer server =
                new ScriptedFtpServer(root, new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    @Override
    public int port() {
        return listener.getLocalPort();
    }

    List<String> commands() {
        return commands;
    }

    @Override
    public void acceptPassword(String other) {
        password = other;
    }

    /// Says this instead of a greeting.
    void greet(String line) {
        greeting = line;
    }

    /// Answers with the line when a file is to be stored.
    ///
    /// @param once for each name, and takes it the second time
    void refuse(String line, boolean once, Predicate<String> names) {
        refusal = line;
        refusesOnce = once;
        refusedNames = names;
    }

    @Override
    public void refuse(boolean forNow, String prefix) {
        refuse(forNow ? "451 local error" : "550 permission denied", forNow, name -> name.startsWith(prefix));
    }

    /// Does not answer when a file is to get its name.
    @Override
    public void hangAtRename() {
        hangs = true;
    }

    /// Breaks off after so many files have got their name, before it says so.
    @Override
    public void breakAfterRenames(int files) {
        breaks = new CyclicBarrier(files);
    }

    /// Knows only PASV, and names another host in it.
    void sayPassiveHost(String host) {
        extendedPassive = false;
        pasvHost = host.replace('.', ',');
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> new Control(client).serve());
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    @Override
    public void close() throws IOException {
        released.countDown();
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private final class Control {

        private final Socket socket;
        private @Nullable ServerSocket passive;
        private String user = "";
        private long restart;
        private Path from = root;

        private Control(Socket socket) {
            this.socket = socket;
        }

        private void serve() {
            try (socket;
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                String first = greeting;
                say(first == null ? "220 ready" : first);
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    commands.add(line);
                    int space = line.indexOf(' ');
                    String verb = (space < 0 ? line : line.substring(0, space)).toUpperCase(Locale.ROOT);
                    answer(verb, space < 0 ? "" : line.substring(space + 1));
                }
            } catch (IOException e) {
                // The client is gone.
            }
        }

        private void say(String line) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        private Path path(String name) {
            return root.resolve(name.startsWith("/") ? name.substring(1) : name).normalize();
        }

        private void answer(String verb, String argument) throws IOException {
            switch (verb) {
                case "USER" -> {
                    user = argument;
                    say("331 password");
                }
                case "PASS" -> say(user.equals(USER) && argument.equals(password) ? "230 in" : "530 no");
                case "TYPE", "NOOP" -> say("200 ok");
                case "PWD" -> say("257 \"/\"");
                case "CWD" -> say(Files.isDirectory(path(argument)) ? "250 ok" : "550 no");
                case "SIZE" -> {
                    Path file = path(argument);
                    say(Files.isRegularFile(file) ? "213 " + Files.size(file) : "550 no");
                }
                case "MKD" -> {
                    Files.createDirectory(path(argument));
                    say("257 made");
                }
                case "DELE" -> say(Files.deleteIfExists(path(argument)) ? "250 gone" : "550 no");
                case "SITE" -> say("200 ok");
                case "EPSV" -> {
                    if (extendedPassive) {
                        say("229 passive (|||" + listen() + "|)");
                    } else {
                        say("500 what");
                    }
                }
                case "PASV" -> {
                    int port = listen();
                    say("227 passive (" + pasvHost + "," + port / 256 + "," + port % 256 + ")");
                }
                case "REST" -> {
                    restart = Long.parseLong(argument);
                    say("350 from there");
                }
                case "STOR" -> store(path(argument));
                case "RETR" -> retrieve(path(argument));
                case "RNFR" -> {
                    from = path(argument);
                    say(Files.exists(from) ? "350 to" : "550 no");
                }
                case "RNTO" -> rename(path(argument));
                case "QUIT" -> {
                    say("221 bye");
                    socket.close();
                }
                default -> say("502 what");
            }
        }

        private int listen() throws IOException {
            if (passive != null) {
                passive.close();
            }
            ServerSocket opened = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
            passive = opened;
            return opened.getLocalPort();
        }

        private Socket data() throws IOException {
            try (ServerSocket opened = passive) {
                if (opened == null) {
                    throw new IOException("no passive port");
                }
                return opened.accept();
            } finally {
                passive = null;
            }
        }

        private void store(Path file) throws IOException {
            long offset = restart;
            restart = 0;
            String name = file.getFileName().toString();
            String line = refusal;
            if (line != null && refusedNames.test(name) && (!refusesOnce || refused.add(name))) {
                say(line);
                return;
            }
            if (!Files.isDirectory(file.resolveSibling(""))) {
                say("550 no");
                return;
            }
            say("150 go");
            byte[] before = offset == 0 ? new byte[0] : Files.readAllBytes(file);
            try (Socket data = data();
                    InputStream in = data.getInputStream()) {
                Files.write(file, Arrays.copyOf(before, (int) offset));
                try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
                    in.transferTo(out);
                }
            }
            say("226 done");
        }

        private void retrieve(Path file) throws IOException {
            restart = 0;
            if (!Files.isRegularFile(file)) {
                say("550 no");
                return;
            }
            say("150 go");
            try (Socket data = data()) {
                Files.copy(file, data.getOutputStream());
            } catch (IOException e) {
                say("426 cut off");
                return;
            }
            say("226 done");
        }

        private void rename(Path to) throws IOException {
            if (hangs) {
                try {
                    boolean _ = released.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
            CyclicBarrier all = breaks;
            if (all != null) {
                try {
                    all.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IOException(e);
                }
                socket.close();
                return;
            }
            say("250 named");
        }
    }
}
