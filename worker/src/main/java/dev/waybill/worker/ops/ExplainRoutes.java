package dev.waybill.worker.ops;

import dev.waybill.schemas.Keys;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RuleRef;
import dev.waybill.topology.model.TrailEntry;
import dev.waybill.topology.routing.Configuration;
import dev.waybill.topology.routing.Explainer;
import dev.waybill.topology.routing.Explanation;
import dev.waybill.topology.routing.Lookup;
import dev.waybill.topology.routing.Resolution;
import dev.waybill.topology.routing.Step;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Says where a request would go, and why, without sending anything.
final class ExplainRoutes {

    private static final Set<String> FIELDS = Set.of(
            "deliveryId",
            "type",
            "bytes",
            "destinations",
            "userRole",
            "tags",
            "occurredAt",
            "idempotencyKey",
            "correlationId",
            "crossSystemReference",
            "metadata",
            "requestedBy");

    private static final int TEXT_MAX = 255;
    private static final int LIST_MAX = 50;

    private final Supplier<Configuration> configuration;
    private final Explainer explainer;
    private final int payloadMax;
    private final InstantSource clock;

    /// @param configuration as it is when somebody asks
    /// @param payloadMax bytes of an inline payload
    ExplainRoutes(Supplier<Configuration> configuration, Explainer explainer, int payloadMax, InstantSource clock) {
        this.configuration = configuration;
        this.explainer = explainer;
        this.payloadMax = payloadMax;
        this.clock = clock;
    }

    void register(RoutesConfig routes) {
        routes.post("/v1/organizations/{organization}/routes/explain", this::explain);
    }

    private void explain(Context context) {
        Instant now = clock.instant();
        Request request = request(Fields.of(Json.body(context), FIELDS), Json.organization(context), now);
        int size = request.payload().size();
        Delivery delivery = new Delivery(request, Bytes.of(new byte[0]), new Origin("", 0, 0), now, size, null);
        Configuration current = configuration.get();
        Explanation explanation = explainer.explain(current, delivery, now);
        Json.answer(context, HttpStatus.OK, json(explanation, current, request, now));
    }

    private Request request(Fields fields, String organization, Instant now) {
        String deliveryId = fields.has("deliveryId")
                ? fields.requiredText("deliveryId", TEXT_MAX)
                : UUID.randomUUID().toString();
        if (!Keys.isToken(deliveryId)) {
            fields.fault("deliveryId", "matches [A-Za-z0-9_-]{1,255}");
        }
        Integer bytes = fields.integer("bytes", 0, payloadMax);
        Bytes body = Bytes.of(new byte[bytes == null ? 0 : bytes]);
        Request request = new Request(
                deliveryId,
                organization,
                new Payload(fields.requiredText("type", TEXT_MAX), "application/octet-stream", body, null, null),
                fields.texts("destinations", LIST_MAX),
                fields.text("userRole", TEXT_MAX),
                fields.texts("tags", LIST_MAX),
                fields.time("occurredAt"),
                fields.text("idempotencyKey", TEXT_MAX),
                fields.text("correlationId", TEXT_MAX),
                fields.text("crossSystemReference", TEXT_MAX),
                Map.of(),
                null,
                null,
                fields.map("metadata"),
                now,
                fields.text("requestedBy", TEXT_MAX));
        fields.throwIfFaulty();
        return request;
    }

    private static ObjectNode json(Explanation explanation, Configuration configuration, Request request, Instant now) {
        ObjectNode json = Json.object();
        json.put("deliveryId", request.deliveryId());
        json.put("at", now.toString());
        json.put(
                "outcome",
                switch (explanation.resolution()) {
                    case Resolution.Routes _ -> "routed";
                    case Resolution.Rejected(String reason) -> reason;
                    case Resolution.Waits() -> "unknown_organization";
                });
        ArrayNode rules = json.putArray("rules");
        explanation.rules().forEach(finding -> rules.add(rule(finding)));
        ArrayNode routes = json.putArray("routes");
        explanation.routes().forEach(finding -> routes.add(route(finding, configuration, request.organizationId())));
        return json;
    }

    private static ObjectNode rule(Explanation.RuleFinding finding) {
        ObjectNode json = Json.object()
                .put("ruleId", finding.rule().ruleId())
                .put("version", finding.rule().version())
                .put("priority", finding.rule().priority())
                .put("selection", finding.rule().selection().wireName())
                .put("inForce", finding.inForce())
                .put("matches", finding.matches())
                .put("decides", finding.decides());
        finding.failed().forEach(json.putArray("failedConditions")::add);
        return json;
    }

    private static ObjectNode route(
            Explanation.RouteFinding finding, Configuration configuration, String organization) {
        Route route = finding.route();
        Step step = finding.step();
        ObjectNode json = Json.object().put("route", route.number());
        RuleRef rule = route.rule();
        if (rule != null) {
            json.put("ruleId", rule.ruleId()).put("ruleVersion", rule.version()).put("selection", rule.selection());
        }
        Instant due = step.route().dueAt();
        json.put("dueAt", due == null ? null : due.toString());
        Map<String, String> passedOver = step.route().trail().stream()
                .collect(Collectors.toMap(TrailEntry::destination, TrailEntry::reason, (first, _) -> first));
        ArrayNode candidates = json.putArray("candidates");
        for (int i = 0; i < route.candidates().size(); i++) {
            String named = route.candidates().get(i);
            ObjectNode candidate = candidates.addObject().put("destinationId", named);
            if (Lookup.of(configuration, organization, named) instanceof Lookup.Found(Destination found)) {
                candidate.put("destinationId", found.id().toString()).put("name", found.name());
            }
            if (rule != null) {
                candidate.put("tier", rule.choice(i).tier().wireName());
            }
            int current = step.route().candidate();
            candidate.put("verdict", i < current ? "passed over" : i > current ? "next" : verdict(step));
            candidate.put("reason", i < current ? passedOver.get(named) : i > current ? null : reason(step));
        }
        return json;
    }

    private static String verdict(Step step) {
        return switch (step) {
            case Step.Send _ -> "goes there";
            case Step.Wait _ -> "waits for it";
            case Step.Join _ -> "joins another route";
            case Step.End _ -> "given up";
        };
    }

    private static @Nullable String reason(Step step) {
        return switch (step) {
            case Step.Send _ -> null;
            case Step.Wait wait ->
                wait.events().isEmpty() ? null : wait.events().getLast().reason();
            case Step.Join join -> "route " + join.other();
            case Step.End end -> end.fate().reason();
        };
    }
}
