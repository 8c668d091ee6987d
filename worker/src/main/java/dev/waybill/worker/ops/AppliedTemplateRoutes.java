package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.avro.RuleOrigin;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.avro.TemplateSlot;
import dev.waybill.topology.codec.RuleMapping;
import dev.waybill.topology.codec.TemplateMapping;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Applies templates to an organization: fills their slots with its destinations, and writes the rules. Applied again,
/// with
/// the slots that it remembers, a template brings its rules to its newest version.
final class AppliedTemplateRoutes {

    private static final String ALL = "/v1/organizations/{organization}/templates";
    private static final String ONE = ALL + "/{template}";
    private static final int SLOT_MAX = 50;

    private final ConfigurationStore store;
    private final TemplateRoutes templates;
    private final Audit audit;

    AppliedTemplateRoutes(ConfigurationStore store, TemplateRoutes templates, Audit audit) {
        this.store = store;
        this.templates = templates;
        this.audit = audit;
    }

    void register(RoutesConfig routes) {
        routes.get(ALL, this::list);
        routes.put(ONE, this::apply);
        routes.delete(ONE, this::remove);
    }

    private void list(Context context) {
        String organization = Json.organization(context);
        Map<String, List<DefaultDestinationRule>> byTemplate = rules(organization).stream()
                .filter(rule -> rule.getTemplate() != null)
                .collect(
                        Collectors.groupingBy(rule -> origin(rule).getTemplateId(), TreeMap::new, Collectors.toList()));
        ObjectNode body = Json.object();
        ArrayNode all = body.putArray("templates");
        byTemplate.forEach((id, rules) -> all.add(applied(id, rules)));
        Json.answer(context, HttpStatus.OK, body);
    }

    private ObjectNode applied(String id, List<DefaultDestinationRule> rules) {
        RuleOrigin origin = origin(rules.getFirst());
        ObjectNode json = Json.object().put("templateId", id).put("version", origin.getVersion());
        templates.latest(id).ifPresent(latest -> json.put("latestVersion", latest.getVersion()));
        json.set("slots", Json.tree(origin.getSlots()));
        ArrayNode ids = json.putArray("rules");
        rules.forEach(rule -> ids.add(rule.getRuleId()));
        return json;
    }

    private void apply(Context context) {
        String organization = Json.organization(context);
        RuleTemplate template = templates.find(TemplateRoutes.id(context));
        List<DefaultDestinationRule> before = made(organization, template.getTemplateId());
        Map<String, List<String>> slots = slots(
                Fields.of(Json.body(context), Set.of("slots")),
                organization,
                template,
                before.isEmpty() ? Map.of() : origin(before.getFirst()).getSlots());
        List<DefaultDestinationRule> wanted = TemplateMapping.rules(template, organization, slots);
        refuseFaulty(wanted);
        refuseOthers(wanted, template.getTemplateId());
        RuleChanges changes = RuleChanges.of(organization, before, wanted);
        boolean dryRun = "true".equals(context.queryParam("dryRun"));
        if (dryRun) {
            store.check(changes);
        } else {
            store.change(changes, Audit.who(context));
            audit.changed(context, "template.apply", organization, template.getTemplateId(), template.getVersion());
        }
        ObjectNode body = Json.object()
                .put("templateId", template.getTemplateId())
                .put("version", template.getVersion())
                .put("dryRun", dryRun);
        body.set("slots", Json.tree(slots));
        body.set("changes", changes.json());
        Json.answer(context, HttpStatus.OK, body);
    }

    private void remove(Context context) {
        String organization = Json.organization(context);
        String id = TemplateRoutes.id(context);
        List<DefaultDestinationRule> made = made(organization, id);
        if (made.isEmpty()) {
            throw ProblemException.notFound("the template " + id + " is not applied to the organization");
        }
        store.change(RuleChanges.of(organization, made, List.of()), Audit.who(context));
        audit.changed(
                context,
                "template.remove",
                organization,
                id,
                origin(made.getFirst()).getVersion());
        context.status(HttpStatus.NO_CONTENT);
    }

    /// What the slots are filled with: what the request says, else what they were filled with before.
    private Map<String, List<String>> slots(
            Fields fields, String organization, RuleTemplate template, Map<String, List<String>> remembered) {
        Map<String, TemplateSlot> known =
                template.getSlots().stream().collect(Collectors.toMap(TemplateSlot::getName, slot -> slot));
        Map<String, List<String>> filled = new TreeMap<>(remembered);
        filled.keySet().retainAll(known.keySet());
        Fields given = fields.object("slots", known.keySet());
        if (given != null) {
            known.keySet().stream()
                    .filter(given::has)
                    .forEach(name -> filled.put(name, destinations(given, name, organization)));
        }
        template.getSlots().stream()
                .filter(TemplateSlot::getRequired)
                .filter(slot -> filled.getOrDefault(slot.getName(), List.of()).isEmpty())
                .forEach(slot -> fields.fault("slots." + slot.getName(), "is required: " + slot.getDescription()));
        filled.values().removeIf(List::isEmpty);
        fields.throwIfFaulty();
        return filled;
    }

    private List<String> destinations(Fields slots, String name, String organization) {
        List<String> ids = new ArrayList<>();
        for (String idOrName : slots.textOrTexts(name, SLOT_MAX)) {
            store.view()
                    .find(organization, idOrName)
                    .map(Destination::getDestinationId)
                    .ifPresentOrElse(
                            ids::add, () -> slots.fault(name, "the organization has no destination " + idOrName));
        }
        return ids;
    }

    private static void refuseFaulty(List<DefaultDestinationRule> wanted) {
        List<Fault> faults = new ArrayList<>();
        wanted.forEach(rule -> RuleMapping.faults(rule)
                .forEach(fault ->
                        faults.add(new Fault("rules." + rule.getRuleId() + "." + fault.path(), fault.fault()))));
        if (!faults.isEmpty()) {
            throw ProblemException.invalid(faults);
        }
    }

    /// A rule of somebody else is not overwritten because it happens to have the id.
    private void refuseOthers(List<DefaultDestinationRule> wanted, String templateId) {
        for (DefaultDestinationRule rule : wanted) {
            store.view()
                    .rule(rule.getOrganizationId(), rule.getRuleId())
                    .map(ConfigurationView.Entry::value)
                    .filter(there -> !isOf(there, templateId))
                    .ifPresent(there -> {
                        throw ProblemException.conflict("the organization has a rule " + there.getRuleId()
                                + " that was not made by this template: rename or delete it first");
                    });
        }
    }

    private List<DefaultDestinationRule> made(String organization, String templateId) {
        return rules(organization).stream()
                .filter(rule -> isOf(rule, templateId))
                .toList();
    }

    private List<DefaultDestinationRule> rules(String organization) {
        return store.view().rules(organization).stream()
                .map(ConfigurationView.Entry::value)
                .toList();
    }

    private static boolean isOf(DefaultDestinationRule rule, String templateId) {
        return rule.getTemplate() != null && rule.getTemplate().getTemplateId().equals(templateId);
    }

    private static RuleOrigin origin(DefaultDestinationRule rule) {
        return Objects.requireNonNull(rule.getTemplate());
    }
}
