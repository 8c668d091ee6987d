package dev.waybill.worker.sink;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/// One provider: how payloads get to one sort of target. One instance serves all its destinations and holds
/// what they share, such as connection pools.
///
/// The order of calls, all of them thread-safe:
///
/// 1. [#settings] is asked for at any time, to validate, document and test destinations.
/// 2. [#open] is called for a destination that has tasks here, before its first attempt, and again for each of its
/// versions
///    and after its sink was closed.
/// 3. The [Sink] it gave makes attempts, many at a time, and is closed when its calls have ended and it was
///    idle for long or another version took its place, or when the worker stops. So for a while two sinks of a
/// destination
///    may be open.
/// 4. [#close] is called once, after all its sinks are closed.
public interface SinkProvider extends AutoCloseable {

    /// Name as in a destination's `provider`.
    String provider();

    /// The kind whose task topic it is served from.
    Kind kind();

    /// The settings of a destination: names, types, defaults, documentation. A setting of type
    /// [ConfigDef.Type#PASSWORD] is a secret: its value must be a reference.
    ConfigDef settings();

    /// Settings of a destination as one would write them, secrets as references, for people to begin from. They can be
    /// opened.
    Map<String, String> example();

    /// Binds the settings of one version of a destination. Makes no connection and blocks on nothing.
    ///
    /// @throws org.apache.kafka.common.config.ConfigException if a setting is missing or cannot work; its
    ///     message names the setting and says what is expected, and quotes no secret
    Sink open(Destination destination);

    /// Whether nothing that is sent to a destination can be read on its way there. What stays on this machine counts as
    /// encrypted.
    ///
    /// The router asks for every destination of an organization that has to keep to it, so it must be quick, and it
    /// throws nothing: settings that cannot work are not encrypted.
    boolean isEncrypted(Destination destination);

    /// How much company a delivery may have on its way to a destination; null, the default, if it goes
    /// alone. Where it is not null, [#open] gives a [BatchSink].
    ///
    /// Asked for every task on the loop's thread, so it must be quick, and it throws nothing: settings
    /// that cannot work are for [#open] to refuse.
    default @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        return null;
    }

    @Override
    void close();
}
