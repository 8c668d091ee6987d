package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.schemas.Keys;
import dev.waybill.topology.model.Rule;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Default-destination rules of an organization.
final class RuleRoutes {

    private static final String ALL = "/v1/organizations/{organization}/rules";
    private static final String ONE = ALL + "/{rule}";

    /// As [Rule#EVALUATION_ORDER].
    private static final Comparator<DefaultDestinationRule> EVALUATION_ORDER = Comparator.comparing(
                    (DefaultDestinationRule rule) -> rule.getRuleId().equals(Rule.BASE_ID))
            .thenComparing(
                    Comparator.comparingInt(DefaultDestinationRule::getPriority).reversed())
            .thenComparing(DefaultDestinationRule::getRuleId);

    private final ConfigurationStore store;
    private final Audit audit;

    RuleRoutes(ConfigurationStore store, Audit audit) {
        this.store = store;
        this.audit = audit;
    }

    void register(RoutesConfig routes) {
        routes.get(ALL, this::list);
        routes.get(ONE, context -> answer(context, HttpStatus.OK, find(context)));
        routes.put(ONE, this::put);
        routes.delete(ONE, this::delete);
    }

    /// In the order of their evaluation.
    private void list(Context context) {
        ArrayNode all = Json.array();
        store.view().rules(Json.organization(context)).stream()
                .map(ConfigurationView.Entry::value)
                .sorted(EVALUATION_ORDER)
                .forEach(rule -> all.add(AvroJson.object(rule)));
        ObjectNode body = Json.object();
        body.set("rules", all);
        Json.answer(context, HttpStatus.OK, body);
    }

    private void put(Context context) {
        String organization = Json.organization(context);
        String ruleId = ruleId(context);
        ObjectNode body = Json.body(context);
        DefaultDestinationRule wanted =
                RuleJson.read(body, organization, ruleId, idOrName -> resolve(organization, idOrName));
        keepOrigin(wanted, body);
        boolean isNew = store.put(wanted, Precondition.of(context), Audit.who(context));
        audit.changed(context, "rule.put", organization, ruleId, wanted.getVersion());
        answer(context, isNew ? HttpStatus.CREATED : HttpStatus.OK, wanted);
    }

    /// What a template demands does not end because somebody changes its rule.
    private void keepOrigin(DefaultDestinationRule wanted, ObjectNode body) {
        Optional<DefaultDestinationRule> before = store.view()
                .rule(wanted.getOrganizationId(), wanted.getRuleId())
                .map(ConfigurationView.Entry::value);
        before.ifPresent(there -> {
            wanted.setTemplate(there.getTemplate());
            wanted.setConstraints(there.getConstraints());
        });
        if (wanted.getTemplate() == null
                && (body.hasNonNull("template") || !body.path("constraints").isEmpty())) {
            throw ProblemException.invalid(List.of(
                    new Fault("template", "a rule gets it from a template that is applied to the organization")));
        }
    }

    private Optional<String> resolve(String organization, String idOrName) {
        return store.view().find(organization, idOrName).map(Destination::getDestinationId);
    }

    private void delete(Context context) {
        DefaultDestinationRule rule = find(context);
        store.delete(rule, Precondition.of(context));
        audit.changed(context, "rule.delete", rule.getOrganizationId(), rule.getRuleId(), rule.getVersion());
        context.status(HttpStatus.NO_CONTENT);
    }

    private DefaultDestinationRule find(Context context) {
        String ruleId = ruleId(context);
        return store.view()
                .rule(Json.organization(context), ruleId)
                .map(ConfigurationView.Entry::value)
                .orElseThrow(() -> ProblemException.notFound("the organization has no rule " + ruleId));
    }

    private static String ruleId(Context context) {
        String ruleId = context.pathParam("rule");
        if (!Keys.isToken(ruleId)) {
            throw ProblemException.badRequest("a rule id matches [A-Za-z0-9_-]{1,255}");
        }
        return ruleId;
    }

    private static void answer(Context context, HttpStatus status, DefaultDestinationRule rule) {
        context.header("ETag", "\"" + rule.getVersion() + "\"");
        Json.answer(context, status, AvroJson.object(rule));
    }
}
