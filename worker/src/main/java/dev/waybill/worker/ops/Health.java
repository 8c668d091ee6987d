package dev.waybill.worker.ops;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Answers whether the process should live, and whether it should be given work.
///
/// A check gives the reason why not, in a few words, or nothing.
public record Health(List<Check> liveness, List<Check> readiness) {

    /// One question to a part of the process; it must not block.
    public record Check(String name, Supplier<Optional<String>> complaint) {}

    public Health {
        liveness = List.copyOf(liveness);
        readiness = List.copyOf(readiness);
    }

    public void register(RoutesConfig routes) {
        routes.get("/livez", context -> answer(context, liveness));
        routes.get("/readyz", context -> answer(context, readiness));
    }

    private static void answer(Context context, List<Check> checks) {
        ObjectNode body = Json.object();
        List<String> complaints = new ArrayList<>();
        ObjectNode details = Json.object();
        for (Check check : checks) {
            Optional<String> complaint = check.complaint().get();
            details.put(check.name(), complaint.orElse("ok"));
            complaint.ifPresent(complaints::add);
        }
        body.put("status", complaints.isEmpty() ? "ok" : "failing");
        body.set("checks", details);
        Json.answer(context, complaints.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, body);
    }
}
