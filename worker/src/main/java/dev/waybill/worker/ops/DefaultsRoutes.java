package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.topology.model.Rule;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An organization's default destinations, as a list.
final class DefaultsRoutes {

    private static final String ALL = "/v1/organizations/{organization}/defaults";
    private static final String ONE = ALL + "/{destination}";

    private final ConfigurationStore store;
    private final Audit audit;

    DefaultsRoutes(ConfigurationStore store, Audit audit) {
        this.store = store;
        this.audit = audit;
    }

    void register(RoutesConfig routes) {
        routes.get(ALL, this::list);
        routes.put(ONE, this::set);
        routes.delete(ONE, this::remove);
    }

    private void list(Context context) {
        String organization = Json.organization(context);
        answer(
                context,
                HttpStatus.OK,
                organization,
                store.view()
                        .rule(organization, Rule.BASE_ID)
                        .map(ConfigurationView.Entry::value)
                        .orElse(null));
    }

    private void set(Context context) {
        String organization = Json.organization(context);
        String id = find(context).getDestinationId();
        Fields fields = Fields.of(Json.body(context), Set.of("primary"));
        Boolean primary = fields.has("primary") ? fields.flag("primary", false) : null;
        fields.throwIfFaulty();
        boolean wasSet = isSet(organization, id);
        DefaultDestinationRule changed = store.change(
                organization,
                Rule.BASE_ID,
                Audit.who(context),
                before -> BaseRule.with(before, organization, id, primary));
        audit(context, "default.set", organization, id, changed);
        answer(context, wasSet ? HttpStatus.OK : HttpStatus.CREATED, organization, changed);
    }

    private boolean isSet(String organization, String id) {
        return store.view().rule(organization, Rule.BASE_ID).map(ConfigurationView.Entry::value).stream()
                .flatMap(rule -> BaseRule.destinations(rule).stream())
                .anyMatch(target -> target.getDestinationId().equals(id));
    }

    private void remove(Context context) {
        String organization = Json.organization(context);
        String id = find(context).getDestinationId();
        DefaultDestinationRule changed = store.change(organization, Rule.BASE_ID, Audit.who(context), before -> {
            if (before == null) {
                throw ProblemException.notFound("the organization has no default destinations");
            }
            return BaseRule.without(before, id);
        });
        audit(context, "default.remove", organization, id, changed);
        context.status(HttpStatus.NO_CONTENT);
    }

    private void audit(
            Context context, String what, String organization, String id, @Nullable DefaultDestinationRule changed) {
        audit.changed(context, what, organization, id, changed == null ? 0 : changed.getVersion());
    }

    private Destination find(Context context) {
        return DestinationRoutes.find(store.view(), Json.organization(context), context.pathParam("destination"));
    }

    private void answer(
            Context context, HttpStatus status, String organization, @Nullable DefaultDestinationRule rule) {
        ObjectNode body = Json.object();
        ArrayNode all = body.putArray("defaults");
        if (rule != null) {
            context.header("ETag", "\"" + rule.getVersion() + "\"");
            List<String> ids = BaseRule.destinations(rule).stream()
                    .map(target -> target.getDestinationId())
                    .toList();
            for (String id : ids) {
                ObjectNode one = all.addObject().put("destinationId", id);
                store.view()
                        .destination(organization, id)
                        .ifPresent(entry -> one.put("name", entry.value().getName()));
                one.put("primary", id.equals(ids.getFirst()));
            }
        }
        Json.answer(context, status, body);
    }
}
