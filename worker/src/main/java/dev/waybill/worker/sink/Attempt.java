package dev.waybill.worker.sink;

import dev.waybill.topology.model.Delivery;
import java.util.Map;

/// One attempt to make.
///
/// @param delivery     what to deliver
/// @param content      its bytes
/// @param number       number of the attempt on this destination, from 1
/// @param traceHeaders W3C trace context to pass on, empty where there is none
public record Attempt(Delivery delivery, Content content, int number, Map<String, String> traceHeaders) {

    public Attempt {
        traceHeaders = Map.copyOf(traceHeaders);
    }
}
