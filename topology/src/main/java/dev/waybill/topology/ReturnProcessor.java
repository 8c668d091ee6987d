package dev.waybill.topology;

import dev.waybill.topology.codec.ReturnedRecord;
import dev.waybill.topology.model.Bytes;
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
