package dev.waybill.worker.sink.sendgrid;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.email.EmailApiContractTest;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

class SendGridContractTest extends EmailApiContractTest {

    @Override
    protected SinkProvider provider() {
        return new SendGridProvider(receiver.http, receiver.secrets, InstantSource.system(), "test");
    }

    @Override
    protected Map<Behaviour, String> impossible() {
        return Map.of(
                Behaviour.REFUSE_A_MEMBER, "there are no batches of messages that differ",
                Behaviour.GONE, "no answer of SendGrid says that it is gone for good");
    }

    @Override
    protected String error(int status, String text) {
        return "{\"errors\":[{\"message\":\"" + text + "\",\"field\":null,\"help\":null}]}";
    }

    @Override
    protected ScriptedHttpServer.Script refusal() {
        return ScriptedHttpServer.answer(400, "", error(400, "does not contain a valid address"));
    }

    @Override
    protected void expectTest() {
        receiver.server.next(ScriptedHttpServer.answer(200, "", "{\"scopes\":[\"mail.send\"]}"));
        receiver.server.next(ScriptedHttpServer.answer(200));
    }

    /// What goes to the sandbox is sent to nobody.
    @Override
    protected List<Bytes> payloads(Received request) {
        JsonNode message = SendGridRequests.message(request);
        return message.has("mail_settings") ? List.of() : List.of(SendGridRequests.payload(message));
    }
}
