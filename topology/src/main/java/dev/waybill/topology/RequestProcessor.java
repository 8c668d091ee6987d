package dev.waybill.topology;

import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Keys;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.policy.Reasons;
import dev.waybill.topology.routing.Validation;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/// Takes requests in.
///
/// ```
///   unreadable, without usable ids ──► dead letters
///   larger than any topic takes    ──► REJECTED, wherever it is
///   on the wrong partition         ──► once again under the right key; marked already ──► dead letters
///   seen, same delivery id         ──► counted
///   seen, another delivery id      ──► DUPLICATE
///   breaks its documentation       ──► REJECTED, not remembered
///   otherwise                      ──► remembered and routed
/// ```
final class RequestProcessor extends ReadingProcessor<RequestProcessor.Asked> {

    /// @param encoded the record's value
    record Asked(Request request, Bytes encoded) {}

    private final PayloadHash payloadHash = new PayloadHash();
    private @Nullable Dispatcher dispatcher;
    private @Nullable SeenRequests seen;

    RequestProcessor(RouterParts parts) {
        super(parts);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        dispatcher = parts().dispatcher(context);
        seen = parts().seen(context);
    }

    @Override
    Asked read(Bytes value) {
        Request request = parts().records().request(value);
        String flaw = Validation.identity(request);
        if (flaw != null) {
            throw new InvalidRecordException(flaw);
        }
        return new Asked(request, value);
    }

    @Override
    void handle(Incoming in, Asked asked) {
        Request request = asked.request();
        if (in.size() > parts().settings().limits().recordMax()) {
            reject(in, asked, Reasons.OVERSIZE);
        } else if (Keys.partition(request.organizationId(), parts().settings().partitions())
                == in.origin().partition()) {
            accept(in, asked);
        } else if (in.record().headers().lastHeader(Headers.REKEYED) == null) {
            parts().metrics().rekeyed();
            outbox().rekeyed(in, request.organizationId());
        } else {
            quarantine(
                    in,
                    new InvalidRecordException("the record is on partition "
                            + in.origin().partition() + " again, where its organization " + request.organizationId()
                            + " does not belong; have the partitions of the topic been changed?"));
        }
    }

    private void accept(Incoming in, Asked asked) {
        Request request = asked.request();
        SeenRequests seenRequests = initialized(seen);
        String rejection = Validation.rejection(request, parts().settings().limits());
        Delivery delivery = delivery(in, asked, rejection == null ? request : Validation.presentable(request));
        String first = seenRequests.first(request.organizationId(), request.deduplicationKey(), in.now());
        if (first != null) {
            if (first.equals(request.deliveryId())) {
                parts().metrics().repeated();
            } else {
                initialized(dispatcher).duplicate(in, delivery, first);
            }
        } else if (rejection != null) {
            initialized(dispatcher).reject(in, delivery, rejection);
        } else {
            parts().metrics().accepted();
            seenRequests.remember(request.organizationId(), request.deduplicationKey(), request.deliveryId(), in.now());
            initialized(dispatcher).route(in, delivery, Route.unresolved());
        }
    }

    private void reject(Incoming in, Asked asked, String reason) {
        initialized(dispatcher).reject(in, delivery(in, asked, Validation.presentable(asked.request())), reason);
    }

    /// @param shown the request as answers and events repeat it
    private Delivery delivery(Incoming in, Asked asked, Request shown) {
        return new Delivery(
                shown,
                asked.encoded(),
                in.origin(),
                in.now(),
                asked.request().payload().size(),
                payloadHash.of(asked.request().payload()));
    }
}
