package dev.waybill.worker.ops;

import dev.waybill.avro.RuleTemplate;
import dev.waybill.schemas.Keys;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Templates of the installation: those that come with the worker, and its users' own. One of their own takes the place
/// of
/// a built-in one of the same id.
final class TemplateRoutes {

    private static final String ALL = "/v1/templates";
    private static final String ONE = ALL + "/{template}";

    private final ConfigurationStore store;
    private final Map<String, RuleTemplate> builtIn;
    private final Audit audit;

    TemplateRoutes(ConfigurationStore store, Map<String, RuleTemplate> builtIn, Audit audit) {
        this.store = store;
        this.builtIn = builtIn;
        this.audit = audit;
    }

    void register(RoutesConfig routes) {
        routes.get(ALL, this::list);
        routes.get(ONE, context -> answer(context, HttpStatus.OK, find(id(context))));
        routes.put(ONE, this::put);
        routes.delete(ONE, this::delete);
    }

    private void list(Context context) {
        Map<String, RuleTemplate> all = new TreeMap<>(builtIn);
        store.view().templates().forEach(entry -> all.put(entry.value().getTemplateId(), entry.value()));
        ArrayNode templates = Json.array();
        all.values().forEach(template -> templates.add(json(template)));
        ObjectNode body = Json.object();
        body.set("templates", templates);
        Json.answer(context, HttpStatus.OK, body);
    }

    private void put(Context context) {
        String id = id(context);
        RuleTemplate wanted = TemplateJson.read(Json.body(context), id, builtInVersion(id));
        boolean isNew = store.put(wanted, Precondition.of(context), Audit.who(context));
        audit.changed(context, "template.put", "", id, wanted.getVersion());
        answer(context, isNew ? HttpStatus.CREATED : HttpStatus.OK, wanted);
    }

    /// One's own goes on from the built-in one whose place it takes.
    private long builtInVersion(String id) {
        RuleTemplate template = builtIn.get(id);
        return template == null ? 0 : template.getVersion();
    }

    private void delete(Context context) {
        String id = id(context);
        RuleTemplate template = store.view()
                .template(id)
                .map(ConfigurationView.Entry::value)
                .orElseThrow(() -> ProblemException.notFound(
                        builtIn.containsKey(id) ? "a built-in template stays" : "there is no template " + id));
        store.delete(template, Precondition.of(context));
        audit.changed(context, "template.delete", "", id, template.getVersion());
        context.status(HttpStatus.NO_CONTENT);
    }

    RuleTemplate find(String id) {
        return latest(id).orElseThrow(() -> ProblemException.notFound("there is no template " + id));
    }

    Optional<RuleTemplate> latest(String id) {
        return store.view()
                .template(id)
                .map(ConfigurationView.Entry::value)
                .or(() -> Optional.ofNullable(builtIn.get(id)));
    }

    static String id(Context context) {
        String id = context.pathParam("template");
        if (!Keys.isToken(id)) {
            throw ProblemException.badRequest("a template id matches [A-Za-z0-9_-]{1,255}");
        }
        return id;
    }

    private ObjectNode json(RuleTemplate template) {
        return AvroJson.object(template)
                .put("builtIn", store.view().template(template.getTemplateId()).isEmpty());
    }

    private void answer(Context context, HttpStatus status, RuleTemplate template) {
        context.header("ETag", "\"" + template.getVersion() + "\"");
        Json.answer(context, status, json(template));
    }
}
