package dev.waybill.bench.smtp;

import java.io.IOException;
import java.util.List;

/// Postfix's `smtp-source`, which sends the same bytes again and again: the least that sending can cost.
public record SmtpSource(int port, int connections, int bytes) implements MailContender {

    @Override
    public String name() {
        return "smtp-source";
    }

    @Override
    public void send(int messages) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(List.of(
                            SinkServer.program("smtp-source").orElseThrow(),
                            "-d",
                            "-s",
                            Integer.toString(connections),
                            "-m",
                            Integer.toString(messages),
                            "-l",
                            Integer.toString(bytes),
                            "-f",
                            "us@example.com",
                            "-t",
                            "you@example.com",
                            "127.0.0.1:" + port))
                    .inheritIO()
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("smtp-source ended with " + process.exitValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException("smtp-source does not start", e);
        }
    }
}
