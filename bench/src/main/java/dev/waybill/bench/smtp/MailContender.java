package dev.waybill.bench.smtp;

/// Somebody who can send messages.
public interface MailContender extends AutoCloseable {

    String name();

    /// Sends so many messages and waits until the server has taken all of them.
    ///
    /// @throws IllegalStateException if it did not
    void send(int messages) throws InterruptedException;

    @Override
    default void close() {}
}
