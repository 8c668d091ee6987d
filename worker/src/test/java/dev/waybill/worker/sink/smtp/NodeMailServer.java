package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Nodemailer's smtp-server, as `src/test/node/smtp/mail-server.js` has it.
record NodeMailServer(NodeProgram program) implements AutoCloseable {

    static final String USER = "robot@example.com";
    static final String PASSWORD = "hunter2-for-node";

    /// A message that the server took.
    ///
    /// @param connection that it came by
    /// @param file       that it is in
    record Taken(String connection, boolean secure, String user, Path file) {

        byte[] bytes() throws IOException {
            return Files.readAllBytes(file);
        }
    }

    /// Starts one, or skips the test where there is no Node.
    ///
    /// @param directory for its keys and messages
    /// @param size      that a message may have; null for no limit
    static NodeMailServer start(Path directory, Security security, @Nullable Integer size)
            throws IOException, GeneralSecurityException {
        List<String> arguments = new ArrayList<>(List.of(
                directory.toString(),
                write(directory, "certificate.pem", TestCertificate.valid().serverChain()),
                write(directory, "key.pem", TestCertificate.valid().serverKey()),
                security.wireName(),
                USER,
                PASSWORD));
        if (size != null) {
            arguments.add(size.toString());
        }
        return new NodeMailServer(NodeProgram.start("mail-server.js", arguments));
    }

    private static String write(Path directory, String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    int port() {
        return program.port();
    }

    /// The next message; waits for it.
    Taken taken() throws IOException {
        String[] words = program.line().split(" ", -1);
        return new Taken(words[0], Boolean.parseBoolean(words[1]), words[2], Path.of(words[3]));
    }

    /// All tokens that were used so far are no good any more.
    void revokeTokens() throws IOException {
        String answer = program.tell("revoke");
        if (!answer.startsWith("revoked ")) {
            throw new IOException("unexpected: " + answer);
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
