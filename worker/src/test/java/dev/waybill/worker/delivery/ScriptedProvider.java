package dev.waybill.worker.delivery;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.policy.Fault;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/// Plays the answers of a script, and remembers which sinks it opened and closed.
class ScriptedProvider implements SinkProvider {

    /// What an attempt comes to.
    interface Script {
        AttemptReport play(Destination destination, Attempt attempt) throws InterruptedException;
    }

    /// What is taken together, and what that comes to.
    interface Batching {
        @Nullable
        BatchLimits limits(Destination destination, Delivery delivery);

        BatchReport play(Destination destination, List<Attempt> attempts) throws InterruptedException;
    }

    private final Script script;

    /// Null for nothing.
    @Nullable
    Batching batching;

    /// What is wrong with every connection; null for nothing.
    @Nullable
    Fault testFault;

    boolean testFaultIsOurs;

    final List<ScriptedSink> opened = new ArrayList<>();

    ScriptedProvider(Script script) {
        this.script = script;
    }

    @Override
    public String provider() {
        return "scripted";
    }

    @Override
    public Kind kind() {
        return Kind.WEBHOOK;
    }

    @Override
    public ConfigDef settings() {
        return new ConfigDef();
    }

    @Override
    public Map<String, String> example() {
        return Map.of();
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return true;
    }

    @Override
    public Sink open(Destination destination) {
        ScriptedSink sink = new ScriptedSink(destination);
        opened.add(sink);
        return sink;
    }

    @Override
    public @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        return batching == null ? null : batching.limits(destination, delivery);
    }

    @Override
    public void close() {}

    /// One opened sink.
    final class ScriptedSink implements BatchSink {

        private final Destination destination;
        int closed;

        ScriptedSink(Destination destination) {
            this.destination = destination;
        }

        @Override
        public AttemptReport deliver(Attempt attempt) throws InterruptedException {
            return script.play(destination, attempt);
        }

        @Override
        public BatchReport deliverTogether(List<Attempt> attempts) throws InterruptedException {
            if (batching == null) {
                throw new AssertionError("nothing is taken together");
            }
            return batching.play(destination, attempts);
        }

        @Override
        public ConnectionReport test() {
            ConnectionSteps steps = new ConnectionSteps();
            return testFault == null
                    ? steps.succeeded()
                    : steps.failed("connect", null, ConnectionSteps.problem(testFault, testFaultIsOurs));
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
