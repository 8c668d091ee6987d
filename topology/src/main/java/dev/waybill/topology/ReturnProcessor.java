package dev.waybill.topology;

import dev.waybill.topology.codec.ReturnedRecord;
import dev.waybill.topology.model.Bytes;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/// Takes back what sinks and retry topics return.
final class ReturnProcessor extends ReadingProcessor<ReturnedRecord> {

    private @Nullable Dispatcher dispatcher;

    ReturnProcessor(RouterParts parts) {
        super(parts);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        dispatcher = parts().dispatcher(context);
    }

    @Override
    ReturnedRecord read(Bytes value) {
        return parts().records().returned(value);
    }

    /// Who moves tasks out of the retry topics reads none of them: one that cannot be read goes to the dead letters as
    /// it
    /// was written, not in the return that it came in.
    @Override
    void quarantine(Incoming in, RuntimeException cause) {
        byte[] value = in.record().value();
        Optional<Bytes> task =
                value == null ? Optional.empty() : parts().records().returnedTask(Bytes.of(value));
        super.quarantine(task.map(in::withValue).orElse(in), cause);
    }

    @Override
    void handle(Incoming in, ReturnedRecord returned) {
        Dispatcher to = initialized(dispatcher);
        switch (returned) {
            case ReturnedRecord.DueTask(var task) -> to.resume(in, task);
            case ReturnedRecord.Settled settled -> to.settled(in, settled);
            case ReturnedRecord.Command command -> to.command(command);
        }
    }
}
