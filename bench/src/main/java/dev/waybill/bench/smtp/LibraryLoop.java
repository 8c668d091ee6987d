package dev.waybill.bench.smtp;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What somebody would write with Angus Mail: a few threads, each with a transport that stays connected.
public record LibraryLoop(int port, int connections, String text) implements MailContender {

    @Override
    public String name() {
        return "Angus Mail, plain loop";
    }

    @Override
    public void send(int messages) throws InterruptedException {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", "127.0.0.1");
        properties.setProperty("mail.smtp.port", Integer.toString(port));
        Session session = Session.getInstance(properties);
        List<Future<?>> loops = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            for (int i = 0; i < connections; i++) {
                int share = messages / connections + (i < messages % connections ? 1 : 0);
                loops.add(threads.submit(() -> {
                    send(session, share);
                    return null;
                }));
            }
            for (Future<?> loop : loops) {
                loop.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the loop failed", e.getCause());
        }
    }

    private void send(Session session, int messages) throws MessagingException {
        try (Transport transport = session.getTransport("smtp")) {
            transport.connect();
            for (int i = 0; i < messages; i++) {
                MimeMessage message = new MimeMessage(session);
                message.setFrom(new InternetAddress("us@example.com"));
                InternetAddress[] to = {new InternetAddress("you@example.com")};
                message.setRecipients(MimeMessage.RecipientType.TO, to);
                message.setSubject("bench.event", StandardCharsets.UTF_8.name());
                message.setText(text, StandardCharsets.UTF_8.name());
                message.saveChanges();
                transport.sendMessage(message, to);
            }
        }
    }
}
