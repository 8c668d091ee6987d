package dev.waybill.worker.projector;

import dev.waybill.worker.projector.fold.DeliveryEvent;
import java.util.List;
import org.apache.kafka.common.header.Headers;

/// Follows traces into the database. Called on the projector's thread; must not block or throw.
public interface ProjectorTracing {

    /// Follows nothing.
    ProjectorTracing NONE = new ProjectorTracing() {
        @Override
        public boolean follows(Headers headers) {
            return false;
        }

        @Override
        public Passage begin(List<Event> events) {
            return Passage.NONE;
        }
    };

    /// An event and the headers of its record, which carry the trace context.
    record Event(Headers headers, DeliveryEvent event) {}

    /// Whether an event with these headers belongs to a trace that is followed.
    boolean follows(Headers headers);

    /// The events of a batch begin to be written.
    Passage begin(List<Event> events);

    /// A batch on its way; one that is not written is begun again later.
    interface Passage {

        Passage NONE = () -> {};

        /// The batch is in the database.
        void projected();
    }
}
