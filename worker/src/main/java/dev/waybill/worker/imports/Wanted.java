package dev.waybill.worker.imports;

import dev.waybill.schemas.Keys;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What an organization has in the other system, as destinations and a base rule of Waybill.
///
/// @param refused  rows that are no destination of Waybill, with the reasons
/// @param defaults ids of the default destinations, the primary one first
record Wanted(
        String organization,
        List<Destination> destinations,
        List<Refused> refused,
        List<String> defaults,
        List<Note> notes) {

    /// A destination to be put.
    ///
    /// @param region null where the row has none, as with labels
    record Destination(
            String id,
            String name,
            String provider,
            boolean isEnabled,
            Map<String, String> settings,
            @Nullable String region,
            @Nullable Map<String, String> labels) {

        /// Settings may be secrets.
        @Override
        public String toString() {
            return "Destination[" + name + ", " + id + "]";
        }
    }

    /// A row that cannot be put.
    record Refused(String id, String name, String reason) {}

    private static final JsonMapper JSON = new JsonMapper();

    private static final Set<String> YES = Set.of("true", "t", "1", "yes", "y", "on", "active", "enabled");

    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^A-Za-z0-9 ._@-]");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /// Leaves room for the id behind it.
    private static final int NAME_MAX = 200;

    private static final int SHORT_ID = 8;

    /// Everything that is wanted, by organization; the same rows always give the same.
    static List<Wanted> of(Source source, KnownProviders providers) {
        Map<String, List<Source.Destination>> destinations = new TreeMap<>();
        Map<String, List<Source.Default>> defaults = new HashMap<>();
        source.destinations()
                .forEach(row -> destinations
                        .computeIfAbsent(row.organization(), _ -> new ArrayList<>())
                        .add(row));
        source.defaults().forEach(row -> {
            destinations.computeIfAbsent(row.organization(), _ -> new ArrayList<>());
            defaults.computeIfAbsent(row.organization(), _ -> new ArrayList<>()).add(row);
        });
        List<Wanted> all = new ArrayList<>();
        destinations.forEach((organization, rows) -> all.add(
                new Reading(organization, providers).wanted(rows, defaults.getOrDefault(organization, List.of()))));
        return all;
    }

    /// Reads the rows of one organization.
    private static final class Reading {

        private final String organization;
        private final KnownProviders providers;
        private final List<Destination> destinations = new ArrayList<>();
        private final List<Refused> refused = new ArrayList<>();
        private final List<Note> notes = new ArrayList<>();
        private final Set<String> names = new HashSet<>();
        private final Set<String> deleted = new HashSet<>();

        Reading(String organization, KnownProviders providers) {
            this.organization = organization;
            this.providers = providers;
        }

        Wanted wanted(List<Source.Destination> rows, List<Source.Default> defaultRows) {
            if (!Keys.isOrganizationId(organization)) {
                notes.add(Note.lost(
                        organization,
                        rows.size() + " destinations, " + defaultRows.size() + " defaults",
                        "an organization matches [A-Za-z0-9][A-Za-z0-9._-]{0,254}"));
                return new Wanted(organization, List.of(), List.of(), List.of(), notes);
            }
            rows.stream().sorted(Comparator.comparing(Source.Destination::id)).forEach(this::destination);
            return new Wanted(organization, destinations, refused, defaults(defaultRows), notes);
        }

        private void destination(Source.Destination row) {
            if (row.values().containsKey(Field.DELETED)) {
                deleted.add(row.id());
                notes.add(Note.remark(organization, "destination " + row.id(), "is deleted there, and left out"));
                return;
            }
            String name = name(row);
            List<String> faults = new ArrayList<>();
            if (!isUuid(row.id())) {
                // The worker would take it for a name and choose an id itself.
                faults.add("id: is no UUID in lower case");
            }
            Map<String, String> settings = texts(row.values().getOrDefault(Field.SETTINGS, "{}"), "settings", faults);
            String provider =
                    row.values().getOrDefault(Field.PROVIDER, "").strip().toLowerCase(Locale.ROOT);
            if (provider.isEmpty()) {
                faults.add("provider: is required");
            } else {
                faults.addAll(providers.faults(provider, settings));
            }
            String labels = row.values().get(Field.LABELS);
            Map<String, String> labelsRead = labels == null ? null : texts(labels, "labels", faults);
            if (!faults.isEmpty()) {
                refused.add(new Refused(row.id(), name, String.join("; ", faults)));
                return;
            }
            boolean isEnabled = YES.contains(
                    row.values().getOrDefault(Field.ENABLED, "true").toLowerCase(Locale.ROOT));
            destinations.add(new Destination(
                    row.id(), name, provider, isEnabled, settings, row.values().get(Field.REGION), labelsRead));
        }

        private static boolean isUuid(String text) {
            return UUID.matcher(text).matches();
        }

        /// A name that the worker takes, and that no other destination of the organization has.
        private String name(Source.Destination row) {
            String given = row.values().getOrDefault(Field.NAME, "").strip();
            String name = NOT_IN_A_NAME.matcher(given).replaceAll("-");
            name = name.substring(0, Math.min(name.length(), NAME_MAX)).strip();
            if (name.isEmpty() || !Character.isLetterOrDigit(name.charAt(0)) || isUuid(name.toLowerCase(Locale.ROOT))) {
                name = ("imported " + name).strip();
            }
            if (given.isEmpty() || names.contains(name)) {
                name = name + "-" + row.id().substring(0, Math.min(row.id().length(), SHORT_ID));
            }
            if (names.contains(name)) {
                name = name + "-" + row.id();
            }
            names.add(name);
            if (!name.equals(given)) {
                notes.add(Note.remark(
                        organization,
                        "destination " + row.id(),
                        given.isEmpty()
                                ? "has no name there; it is called " + name
                                : "is called " + name
                                        + ": a name has up to 255 of letters, digits, blank . _ @ -, and no"
                                        + " other destination of the organization has it"));
            }
            return name;
        }

        private static Map<String, String> texts(String json, String field, List<String> faults) {
            Map<String, String> texts = new LinkedHashMap<>();
            if (!(read(json) instanceof ObjectNode object)) {
                faults.add(field + ": are no JSON object");
                return texts;
            }
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                if (entry.getValue().isContainer()) {
                    faults.add(field + "." + entry.getKey() + ": is no single value");
                } else if (!entry.getValue().isNull()) {
                    texts.put(entry.getKey(), entry.getValue().asString());
                }
            }
            return texts;
        }

        private static @Nullable JsonNode read(String json) {
            try {
                return JSON.readTree(json);
            } catch (JacksonException _) {
                return null;
            }
        }

        /// Those that Waybill can have, the primary one first, the others in the order in which they were made.
        private List<String> defaults(List<Source.Default> rows) {
            Set<String> own = new HashSet<>();
            destinations.forEach(one -> own.add(one.id()));
            refused.forEach(one -> own.add(one.id()));
            Set<String> ids = new LinkedHashSet<>();
            List<String> primary = new ArrayList<>();
            for (Source.Default row : rows) {
                String subject = "default " + row.destinationId();
                if (deleted.contains(row.destinationId())) {
                    notes.add(Note.remark(organization, subject, "its destination is deleted there"));
                } else if (!own.contains(row.destinationId())) {
                    notes.add(Note.lost(organization, subject, "the organization has no such destination"));
                } else {
                    ids.add(row.destinationId());
                    if (row.isPrimary()) {
                        primary.add(row.destinationId());
                    }
                }
            }
            List<String> ordered = new ArrayList<>(ids);
            if (ordered.isEmpty()) {
                return ordered;
            }
            if (primary.isEmpty()) {
                notes.add(Note.remark(
                        organization,
                        "rule defaults",
                        "no default is primary there; the earliest becomes it: " + ordered.getFirst()));
            } else if (primary.size() > 1) {
                notes.add(Note.remark(
                        organization,
                        "rule defaults",
                        primary.size() + " defaults are primary there; the earliest stays it: " + primary.getFirst()));
            }
            if (!primary.isEmpty()) {
                ordered.remove(primary.getFirst());
                ordered.addFirst(primary.getFirst());
            }
            return ordered;
        }
    }
}
