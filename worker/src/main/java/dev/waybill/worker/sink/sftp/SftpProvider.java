package dev.waybill.worker.sink.sftp;

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

/// Delivers to SFTP servers.
public final class SftpProvider implements SinkProvider {

    private static final String NAME = "sftp";

    private static final TransferFaults FAULTS = new TransferFaults(NAME);

    private final Secrets secrets;
    private final InstantSource clock;
    private final Timer timer = new Timer(NAME);
    private final SftpConnections connections;

    public SftpProvider(Dialer dialer, Secrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
        this.connections = new SftpConnections(dialer, timer);
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
        return SftpSettings.DEFINITION;
    }

    @Override
    public Map<String, String> example() {
        return Map.of(
                SftpSettings.HOST,
                "sftp.example.com",
                SftpSettings.USER,
                "waybill",
                SftpSettings.PASSWORD,
                "${dir:/etc/waybill/secrets/acme:sftp}",
                SftpSettings.HOST_KEYS,
                "ssh-ed25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
                "directory",
                "inbox/{{date}}");
    }

    /// SSH always encrypts.
    @Override
    public boolean isEncrypted(Destination destination) {
        return true;
    }

    @Override
    public Sink open(Destination destination) {
        SftpSettings settings = SftpSettings.bind(destination, secrets);
        return new TransferSink(
                new SftpAccess(settings, destination.policy(), secrets, connections),
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
