package dev.waybill.topology;

import dev.waybill.schemas.registry.RegistryException;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.model.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Reads a record and acts on it; one that cannot be read goes to the dead letters with its reason.
///
/// Only reading may fail on account of the record. A failing registry or whatever else is thrown ends the thread, and
/// its successor reads the record again.
abstract class ReadingProcessor<T> implements Processor<byte[], byte[], byte[], byte[]> {

    private final RouterParts parts;
    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable Outbox outbox;

    ReadingProcessor(RouterParts parts) {
        this.parts = parts;
    }

    /// What a record's value says.
    ///
    /// @throws RuntimeException if it says nothing that can be used
    abstract T read(Bytes value);

    /// Acts on what was read.
    abstract void handle(Incoming in, T read);

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
        context = given;
        outbox = parts.outbox(given);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Incoming in = Incoming.take(record, context(), parts.clock());
        T read;
        try {
            if (record.value() == null) {
                throw new InvalidRecordException("the record has no value, and there is nothing to delete here");
            }
            read = read(Bytes.of(record.value()));
        } catch (RegistryException e) {
            throw e;
        } catch (RuntimeException e) {
            quarantine(in, e);
            return;
        }
        handle(in, read);
    }

    void quarantine(Incoming in, RuntimeException cause) {
        parts.metrics().poison(in.origin().topic());
        outbox().poison(in, cause);
    }

    RouterParts parts() {
        return parts;
    }

    Outbox outbox() {
        return initialized(outbox);
    }

    private ProcessorContext<byte[], byte[]> context() {
        return initialized(context);
    }

    static <V> V initialized(@Nullable V value) {
        if (value == null) {
            throw new IllegalStateException("Streams calls init before process");
        }
        return value;
    }
}
