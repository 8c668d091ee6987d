package dev.waybill.worker.sink.ftp;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.transfer.Timer;
import dev.waybill.worker.sink.transfer.TransferFaults;
import dev.waybill.worker.sink.transfer.TransferSettings;
import dev.waybill.worker.sink.transfer.TransferSink;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/// Delivers to FTP servers, over TLS unless a destination does without.
public final class FtpProvider implements SinkProvider {

    private static final String NAME = "ftp";

    private static final TransferFaults FAULTS = new TransferFaults(NAME);

    private final Secrets secrets;
    private final InstantSource clock;
    private final Timer timer = new Timer(NAME);
    private final FtpConnections connections;

    public FtpProvider(Dialer dialer, Secrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
        this.connections = new FtpConnections(dialer, timer);
    }

    @Override
    public String provider() {
        return NAME;
    }

    @Override
    public Kind kind() {
        return Kind.TRANSFER;
    }

    @Override
    public ConfigDef settings() {
        return FtpSettings.DEFINITION;
    }

    @Override
    public Map<String, String> example() {
        return Map.of(
                FtpSettings.HOST,
                "ftp.example.com",
                FtpSettings.USER,
                "waybill",
                FtpSettings.PASSWORD,
                "${dir:/etc/waybill/secrets/acme:ftp}",
                "directory",
                "inbox");
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return FtpSettings.isEncrypted(destination);
    }

    @Override
    public Sink open(Destination destination) {
        FtpSettings settings = FtpSettings.bind(destination, secrets);
        return new TransferSink(
                new FtpAccess(settings, destination.policy(), secrets, connections),
                settings.transfer(),
                destination.policy(),
                FAULTS,
                timer,
                clock);
    }

    @Override
    public @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        return TransferSettings.batches(destination, delivery);
    }

    /// How its connections are used.
    public PoolUse use() {
        return connections.use();
    }

    @Override
    public void close() {
        timer.close();
        connections.close();
    }
}
