package dev.waybill.worker.ops;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.AttemptReport.Phases;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/// A provider with an address, a port and a secret, whose connection tests succeed.
record FakeProvider(String provider, Kind kind) implements SinkProvider {

    @Override
    public ConfigDef settings() {
        return new ConfigDef()
                .define("url", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Where to.")
                .define("port", ConfigDef.Type.INT, 1, ConfigDef.Range.between(1, 9), ConfigDef.Importance.LOW, "Port.")
                .define("secret", ConfigDef.Type.PASSWORD, null, ConfigDef.Importance.LOW, "Secret.");
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return true;
    }

    @Override
    public Sink open(Destination destination) {
        return new Sink() {
            @Override
            public AttemptReport deliver(Attempt attempt) {
                throw new UnsupportedOperationException("nothing is delivered here");
            }

            @Override
            public ConnectionReport test() {
                return new ConnectionReport(
                        Phases.total(Duration.ofMillis(3)),
                        204,
                        List.of(new ConnectionReport.Check("connect", true, "in 3 ms")),
                        Map.of("host", String.valueOf(destination.settings().get("url"))),
                        null,
                        null);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
