package dev.waybill.topology;

import dev.waybill.topology.model.Delivery;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Carries trace context through the router. Called on the router's threads, several at a time; must not block or
/// throw.
public interface RouterTracing {

    /// A request or a returned task has been decided about. Called before anything is written for it.
    ///
    /// @param headers the record's; not to be changed
    /// @param rule    the rule that made the routes, where one did
    /// @param began   when the router took the record
    /// @return the headers of everything that is written for it
    Headers resolved(Headers headers, Delivery delivery, int routes, @Nullable String rule, Instant began);

    /// Passes headers on as they are.
    RouterTracing NONE = (headers, _, _, _, _) -> headers;
}
