package dev.waybill.worker.ops;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Permission;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import java.time.Duration;
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
    public Map<String, String> example() {
        return Map.of();
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
            public ConnectionReport test() throws InterruptedException {
                String url = destination.settings().getOrDefault("url", "");
                if (url.equals("slow")) {
                    Thread.sleep(Duration.ofMinutes(1));
                }
                if (url.equals("throws")) {
                    throw new IllegalStateException("s3cret");
                }
                if (url.equals("refuses")) {
                    return new ConnectionSteps()
                            .failed(
                                    "login",
                                    Phase.AUTHENTICATE,
                                    new ConnectionReport.Problem(
                                            ConnectionError.AUTH_FAILED, "no", "put the right one", "E401", false));
                }
                return new ConnectionSteps()
                        .took(Phase.CONNECT, Duration.ofMillis(3))
                        .status(204)
                        .passed("connect", null, "in 3 ms")
                        .proved(Permission.WRITE)
                        .detail("host", url)
                        .succeeded();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
