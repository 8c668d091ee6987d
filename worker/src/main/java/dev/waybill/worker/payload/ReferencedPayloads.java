package dev.waybill.worker.payload;

import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.payload.References.Reference;
import dev.waybill.worker.sink.Payloads;
import dev.waybill.worker.sink.http.HttpLine;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;

/// Payloads inline and by reference. What a reference leads to is copied into the spool first, in pieces, so
/// that its length and hash are known before anything is sent and no payload is ever in memory as a whole.
public final class ReferencedPayloads implements Payloads, AutoCloseable {

    private final References references;
    private final FileSource files;
    private final HttpSource http;
    private final HttpLine line;
    private final Spool spool;
    private final Duration fetchTimeout;

    /// @param spoolDir     belongs to this process alone
    /// @param spoolMax     bytes that may be there at a time
    /// @param payloadMax   length of the longest payload
    /// @param fetchTimeout how long the source may take for one
    public ReferencedPayloads(
            References references,
            HttpLine line,
            Path spoolDir,
            long spoolMax,
            long payloadMax,
            Duration fetchTimeout) {
        this.references = references;
        this.files = new FileSource(references.fileRoots());
        this.line = line;
        this.http = new HttpSource(line, fetchTimeout);
        this.fetchTimeout = fetchTimeout;
        this.spool = new Spool(spoolDir, spoolMax, payloadMax);
    }

    @Override
    public Duration longest() {
        return fetchTimeout;
    }

    @Override
    public Fetched fetch(Payload payload) throws InterruptedException {
        String uri = payload.uri();
        if (uri == null) {
            return Payloads.INLINE.fetch(payload);
        }
        try {
            Reference reference = references.parse(uri).orElseThrow(ReferencedPayloads::notAllowed);
            Spool.Kept kept = switch (reference) {
                case Reference.File(var path) -> files.take(path, spool);
                case Reference.Http(var url) -> http.take(url, spool);
            };
            return new Fetched.There(kept, kept.sha256(), kept::remove);
        } catch (FetchException e) {
            return new Fetched.Missing(e.outcome());
        } catch (Spool.TooLargeException e) {
            return new Fetched.Missing(
                    new Outcome.Permanent(Fault.of(ErrorCategory.PAYLOAD, "payload_too_large", e.getMessage())));
        } catch (ClosedByInterruptException _) {
            boolean _ = Thread.interrupted();
            throw new InterruptedException("stopped while fetching a payload");
        } catch (IOException e) {
            String code = e instanceof Spool.FullException ? "payload_spool_full" : "payload_unavailable";
            String message = e instanceof Spool.FullException
                    ? e.getMessage()
                    : e.getClass().getSimpleName();
            return new Fetched.Missing(new Outcome.OurFault(Fault.of(ErrorCategory.PAYLOAD, code, message)));
        }
    }

    /// Bytes in the spool now.
    public long spooled() {
        return spool.used();
    }

    private static FetchException notAllowed() {
        return new FetchException(new Outcome.Permanent(Fault.of(
                ErrorCategory.PAYLOAD,
                "payload_not_allowed",
                "payload.uri is not under payload.file.roots or payload.http.hosts of this worker")));
    }

    /// Ends what is being fetched.
    @Override
    public void close() {
        line.close();
    }
}
