package dev.waybill.worker.sink.resend;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.email.EmailApiContractTest;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// The contract, with batches of messages that are the payload.
class ResendContractTest extends EmailApiContractTest {

    @Override
    protected SinkProvider provider() {
        return new ResendProvider(receiver.http, receiver.secrets, InstantSource.system(), "test");
    }

    private Map<String, String> batching() {
        Map<String, String> settings = settings();
        settings.put("batch.format", "json");
        return settings;
    }

    @Override
    protected Destination batchDestination() {
        return Samples.destination(Kind.EMAIL, "resend", batching());
    }

    @Override
    protected Destination impatientBatchDestination() {
        return Samples.destination(Kind.EMAIL, "resend", batching(), impatient());
    }

    @Override
    protected Map<Behaviour, String> impossible() {
        return Map.of(
                Behaviour.REFUSE_A_MEMBER, "a batch is taken as a whole or not at all",
                Behaviour.GONE, "no answer of Resend says that it is gone for good");
    }

    @Override
    protected String error(int status, String text) {
        return "{\"statusCode\":" + status + ",\"name\":\"" + text + "\",\"message\":\"no\"}";
    }

    @Override
    protected ScriptedHttpServer.Script refusal() {
        return ScriptedHttpServer.answer(422, "", error(422, "validation_error"));
    }

    @Override
    protected List<Bytes> payloads(Received request) {
        return ResendRequests.messages(request).stream()
                .map(ResendRequests::payload)
                .toList();
    }
}
