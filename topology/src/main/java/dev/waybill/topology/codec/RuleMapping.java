package dev.waybill.topology.codec;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleOrigin;
import dev.waybill.avro.RuleTarget;
import dev.waybill.avro.RuleWindow;
import dev.waybill.schemas.Keys;
import dev.waybill.topology.model.Condition;
import dev.waybill.topology.model.Condition.TypePattern;
import dev.waybill.topology.model.Constraint;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.Selection;
import dev.waybill.topology.model.Target;
import dev.waybill.topology.policy.DeliveryHours;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads a rule, and says everything that is wrong with it: the same for one from the API and one from the topic.
public final class RuleMapping {

    /// Of a tier. Each primary can be a route of its own, and the fates of a delivery's routes are remembered together.
    static final int TARGETS_MAX = 50;

    static final int WEIGHT_MAX = 1_000_000;

    /// Of one condition.
    static final int VALUES_MAX = 100;

    static final int VALUE_LENGTH_MAX = 255;
    static final int WINDOWS_MAX = 20;

    /// More are not named: who has made as many has not meant a rule.
    static final int FAULTS_MAX = 100;

    /// Of what was written, in what is said of it.
    private static final int QUOTED_MAX = 50;

    private static final Pattern TYPE = Pattern.compile("[^\\s*]{1,98}(\\.\\*)?");
    private static final Pattern TIME = Pattern.compile("([01]\\d|2[0-3]):[0-5]\\d");
    private static final String MIDNIGHT = "24:00";
    private static final int DAY_LETTERS = 3;

    private final List<FieldFault> faults = new ArrayList<>();

    private RuleMapping() {}

    /// The rule that a record stands for.
    ///
    /// @throws InvalidRecordException naming every fault
    static Rule toModel(DefaultDestinationRule record) {
        RuleMapping mapping = new RuleMapping();
        Rule rule = mapping.read(record);
        if (rule == null) {
            throw new InvalidRecordException(mapping.faults);
        }
        return rule;
    }

    /// What is wrong with a record; nothing if it can be taken. Whether there are such destinations is not asked.
    public static List<FieldFault> faults(DefaultDestinationRule record) {
        RuleMapping mapping = new RuleMapping();
        mapping.read(record);
        return mapping.faults;
    }

    private @Nullable Rule read(DefaultDestinationRule record) {
        if (!Keys.isOrganizationId(record.getOrganizationId())) {
            fault("organizationId", "must match [A-Za-z0-9][A-Za-z0-9._-]{0,254}");
        }
        if (!Keys.isToken(record.getRuleId())) {
            fault("ruleId", "must match [A-Za-z0-9_-]{1,255}");
        }
        if (record.getName().length() > VALUE_LENGTH_MAX || record.getName().indexOf('\0') >= 0) {
            fault("name", "has at most " + VALUE_LENGTH_MAX + " characters, and no NUL");
        }
        if (record.getValidFrom() != null
                && record.getValidUntil() != null
                && !record.getValidFrom().isBefore(record.getValidUntil())) {
            fault("validUntil", "must be after validFrom");
        }
        List<Condition> conditions = conditions(record.getConditions());
        if (record.getRuleId().equals(Rule.BASE_ID) && !conditions.isEmpty()) {
            fault("conditions", "the base rule, " + Rule.BASE_ID + ", has none: put it under another id");
        }
        Selection selection = selection(record);
        Map<UUID, String> places = new HashMap<>();
        List<Target> primary = tier("primary", record.getPrimary(), places);
        List<Target> secondary = tier("secondary", record.getSecondary(), places);
        List<Target> fallback = tier("fallback", record.getFallback(), places);
        List<Constraint> constraints = ConstraintMapping.toModel(record.getConstraints(), this::fault);
        RuleOrigin template = record.getTemplate();
        if (template != null && !Keys.isToken(template.getTemplateId())) {
            fault("template.templateId", "must match [A-Za-z0-9_-]{1,255}");
        }
        if (record.getPrimary().isEmpty()) {
            fault("primary", "at least one destination");
        }
        if (!faults.isEmpty() || selection == null) {
            return null;
        }
        return new Rule(
                record.getOrganizationId(),
                record.getRuleId(),
                record.getName(),
                record.getPriority(),
                record.getActive(),
                conditions,
                selection,
                primary,
                secondary,
                fallback,
                record.getContinues(),
                record.getValidFrom(),
                record.getValidUntil(),
                template == null ? null : template.getTemplateId(),
                constraints,
                record.getVersion());
    }

    private @Nullable Selection selection(DefaultDestinationRule record) {
        String name = record.getSelection();
        if (!Selection.NAMES.contains(name)) {
            fault("selection", "is one of " + String.join(", ", Selection.NAMES) + ", not " + quoted(name));
            return null;
        }
        String key = record.getStickyBy();
        if (key != null && key.length() > VALUE_LENGTH_MAX) {
            fault("stickyBy", "has at most " + VALUE_LENGTH_MAX + " characters");
            return null;
        }
        try {
            return Selection.of(name, key);
        } catch (IllegalArgumentException e) {
            fault("stickyBy", String.valueOf(e.getMessage()));
            return null;
        }
    }

    /// @param places where each destination stands that was named before
    private List<Target> tier(String tier, List<RuleTarget> records, Map<UUID, String> places) {
        if (records.size() > TARGETS_MAX) {
            fault(tier, "at most " + TARGETS_MAX + " destinations");
        }
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            RuleTarget record = records.get(i);
            String path = tier + "[" + i + "]";
            if (record.getWeight() < 1 || record.getWeight() > WEIGHT_MAX) {
                fault(path + ".weight", "is a whole number from 1 to " + WEIGHT_MAX);
            }
            try {
                UUID id = UUID.fromString(record.getDestinationId());
                String place = places.putIfAbsent(id, path);
                if (place != null) {
                    fault(path + ".destinationId", "stands at " + place + " already");
                }
                targets.add(new Target(id, Math.max(1, record.getWeight())));
            } catch (IllegalArgumentException _) {
                fault(path + ".destinationId", "must be a UUID, not " + quoted(record.getDestinationId()));
            }
        }
        return targets;
    }

    // --- conditions ------------------------------------------------------------------------------------------------

    /// Those that are given; the cheap ones first.
    private List<Condition> conditions(@Nullable RuleConditions given) {
        if (given == null) {
            return List.of();
        }
        List<Condition> conditions = new ArrayList<>();
        types(given.getPayloadTypes()).ifPresent(conditions::add);
        values("userRoles", given.getUserRoles()).map(Condition.Role::new).ifPresent(conditions::add);
        values("tagsAny", given.getTagsAny()).map(Condition.AnyTag::new).ifPresent(conditions::add);
        values("tagsAll", given.getTagsAll()).map(Condition.AllTags::new).ifPresent(conditions::add);
        values("tagsNone", given.getTagsNone()).map(Condition.NoTag::new).ifPresent(conditions::add);
        metadata(given.getMetadata()).ifPresent(conditions::add);
        size(given).ifPresent(conditions::add);
        windows(given.getWindows()).ifPresent(conditions::add);
        return conditions;
    }

    private Optional<Condition> types(List<String> types) {
        requireAtMost(VALUES_MAX, types.size(), "conditions.payloadTypes");
        for (int i = 0; i < types.size(); i++) {
            if (!TYPE.matcher(types.get(i)).matches()) {
                fault(
                        "conditions.payloadTypes[" + i + "]",
                        "a payload type of at most 100 characters, or a family such as audit.*");
            }
        }
        return types.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Condition.Type(types.stream().map(TypePattern::new).toList()));
    }

    private Optional<Set<String>> values(String field, List<String> values) {
        requireAtMost(VALUES_MAX, values.size(), "conditions." + field);
        for (int i = 0; i < values.size(); i++) {
            requireText("conditions." + field + "[" + i + "]", values.get(i));
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(Set.copyOf(values));
    }

    private Optional<Condition> metadata(Map<String, String> entries) {
        requireAtMost(VALUES_MAX, entries.size(), "conditions.metadata");
        entries.forEach((key, value) -> {
            requireText("conditions.metadata", key);
            if (value.length() > VALUE_LENGTH_MAX) {
                fault("conditions.metadata." + quoted(key), "has at most " + VALUE_LENGTH_MAX + " characters");
            }
        });
        return entries.isEmpty() ? Optional.empty() : Optional.of(new Condition.Metadata(entries));
    }

    private Optional<Condition> size(RuleConditions given) {
        Long min = given.getMinBytes();
        Long max = given.getMaxBytes();
        if (min == null && max == null) {
            return Optional.empty();
        }
        if (min != null && min < 0) {
            fault("conditions.minBytes", "is not negative");
        }
        if (max != null && max < (min == null ? 0 : min)) {
            fault("conditions.maxBytes", "is not less than minBytes, nor negative");
        }
        return Optional.of(new Condition.Size(min == null ? 0 : min, max == null ? Long.MAX_VALUE : max));
    }

    private Optional<Condition> windows(List<RuleWindow> records) {
        requireAtMost(WINDOWS_MAX, records.size(), "conditions.windows");
        List<DeliveryHours> windows = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            DeliveryHours window = window("conditions.windows[" + i + "].", records.get(i));
            if (window != null) {
                windows.add(window);
            }
        }
        return records.isEmpty() ? Optional.empty() : Optional.of(new Condition.Windows(windows));
    }

    private @Nullable DeliveryHours window(String path, RuleWindow record) {
        Set<DayOfWeek> days = days(path, record.getDays());
        LocalTime start = time(path + "start", record.getStart());
        LocalTime end = record.getEnd().equals(MIDNIGHT) ? LocalTime.MIDNIGHT : time(path + "end", record.getEnd());
        ZoneId zone = zone(path, record.getZone());
        if (record.getStart().equals(record.getEnd())) {
            fault(path + "end", "a window has a length; a whole day is from 00:00 to 24:00");
            return null;
        }
        return start == null || end == null || zone == null || days.isEmpty()
                ? null
                : new DeliveryHours(days, start, end, zone);
    }

    private Set<DayOfWeek> days(String path, List<String> names) {
        Set<DayOfWeek> days = names.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : EnumSet.noneOf(DayOfWeek.class);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Optional<DayOfWeek> day = EnumSet.allOf(DayOfWeek.class).stream()
                    .filter(one -> one.name().substring(0, DAY_LETTERS).equals(name))
                    .findFirst();
            if (day.isPresent()) {
                days.add(day.get());
            } else {
                fault(path + "days[" + i + "]", "is one of MON, TUE, WED, THU, FRI, SAT and SUN, not " + quoted(name));
            }
        }
        return days;
    }

    private @Nullable LocalTime time(String path, String text) {
        if (TIME.matcher(text).matches()) {
            return LocalTime.parse(text);
        }
        fault(path, "is a time of day such as 08:30, not " + quoted(text));
        return null;
    }

    private @Nullable ZoneId zone(String path, String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException _) {
            fault(path + "zone", "is an IANA time zone such as Europe/Vienna, not " + quoted(name));
            return null;
        }
    }

    private void requireAtMost(int max, int size, String path) {
        if (size > max) {
            fault(path, "at most " + max);
        }
    }

    private void requireText(String path, String text) {
        if (text.isBlank() || text.length() > VALUE_LENGTH_MAX) {
            fault(path, "has 1 to " + VALUE_LENGTH_MAX + " characters");
        }
    }

    static String quoted(String text) {
        return text.length() <= QUOTED_MAX ? text : text.substring(0, QUOTED_MAX) + "…";
    }

    private void fault(String path, String fault) {
        if (faults.size() < FAULTS_MAX) {
            faults.add(new FieldFault(path, fault));
        }
    }
}
