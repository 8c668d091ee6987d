package dev.waybill.local.embedded.registry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// Confluent's REST over the [Registry]: each answer is a value that becomes JSON.
final class RegistryApi {

    private final Registry registry;

    RegistryApi(Registry registry) {
        this.registry = registry;
    }

    Object answer(RegistryCall call) {
        return switch (call.segment(0)) {
            case "" -> only(call, "GET", Map::of);
            case "subjects" -> subjects(call);
            case "schemas" -> only(call, "GET", () -> schemas(call));
            case "compatibility" -> only(call, "POST", () -> compatibility(call));
            case "config" -> config(call);
            case "mode" -> only(call, "GET", () -> Map.of("mode", "READWRITE"));
            default -> throw RegistryProblem.noSuchPath();
        };
    }

    private static Object only(RegistryCall call, String method, Supplier<Object> answer) {
        if (!call.method().equals(method)) {
            throw RegistryProblem.noSuchMethod();
        }
        return answer.get();
    }

    private Object subjects(RegistryCall call) {
        String subject = call.segment(1);
        boolean versions = call.segment(2).equals("versions");
        return switch (call.path().size()) {
            case 1 -> only(call, "GET", () -> registry.state().subjects(call.flag("deleted")));
            case 2 ->
                switch (call.method()) {
                    case "POST" -> lookUp(subject, call);
                    case "DELETE" -> registry.deleteSubject(subject, call.flag("permanent"));
                    default -> throw RegistryProblem.noSuchMethod();
                };
            case 3 ->
                switch (versions ? call.method() : "") {
                    case "GET" -> numbers(subject, call.flag("deleted"));
                    case "POST" ->
                        Map.of("id", registry.register(subject, call.schema()).id());
                    case "" -> throw RegistryProblem.noSuchPath();
                    default -> throw RegistryProblem.noSuchMethod();
                };
            case 4 ->
                switch (versions ? call.method() : "") {
                    case "GET" -> describe(registry.version(subject, call.segment(3), call.flag("deleted")));
                    case "DELETE" -> registry.deleteVersion(subject, call.segment(3), call.flag("permanent"));
                    case "" -> throw RegistryProblem.noSuchPath();
                    default -> throw RegistryProblem.noSuchMethod();
                };
            case 5 -> {
                if (!versions || !call.segment(4).equals("schema")) {
                    throw RegistryProblem.noSuchPath();
                }
                yield only(
                        call,
                        "GET",
                        () -> new RawJson(registry.version(subject, call.segment(3), call.flag("deleted"))
                                .schema()));
            }
            default -> throw RegistryProblem.noSuchPath();
        };
    }

    private List<Integer> numbers(String subject, boolean deletedToo) {
        return registry.versions(subject, deletedToo).stream()
                .map(SchemaVersion::version)
                .toList();
    }

    private Object lookUp(String subject, RegistryCall call) {
        boolean deletedToo = call.flag("deleted");
        registry.versions(subject, deletedToo);
        return describe(registry.find(subject, Registry.parse(call.schema()), deletedToo)
                .orElseThrow(RegistryProblem::schemaNotFound));
    }

    private static Map<String, Object> describe(SchemaVersion version) {
        var answer = new LinkedHashMap<String, Object>();
        answer.put("subject", version.subject());
        answer.put("version", version.version());
        answer.put("id", version.id());
        answer.put("schema", version.schema());
        return answer;
    }

    private Object schemas(RegistryCall call) {
        if (call.segment(1).equals("types") && call.path().size() == 2) {
            return List.of("AVRO");
        }
        if (!call.segment(1).equals("ids")
                || call.path().size() < 3
                || call.path().size() > 4) {
            throw RegistryProblem.noSuchPath();
        }
        List<SchemaVersion> versions = registry.state().versionsWithId(id(call.segment(2)));
        if (versions.isEmpty()) {
            throw RegistryProblem.schemaNotFound();
        }
        String schema = versions.getFirst().schema();
        return switch (call.segment(3)) {
            case "" -> Map.of("schema", schema);
            case "schema" -> new RawJson(schema);
            case "subjects" ->
                live(versions, call).stream()
                        .map(SchemaVersion::subject)
                        .distinct()
                        .toList();
            case "versions" ->
                live(versions, call).stream()
                        .map(version -> Map.of("subject", version.subject(), "version", version.version()))
                        .toList();
            default -> throw RegistryProblem.noSuchPath();
        };
    }

    private static List<SchemaVersion> live(List<SchemaVersion> versions, RegistryCall call) {
        return versions.stream()
                .filter(version -> call.flag("deleted") || !version.deleted())
                .toList();
    }

    private static int id(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            throw RegistryProblem.noSuchPath();
        }
    }

    /// `/compatibility/subjects/{subject}/versions` asks about all versions that the level counts, with a
    /// number or `latest` about that one.
    private Object compatibility(RegistryCall call) {
        if (!call.segment(1).equals("subjects")
                || !call.segment(3).equals("versions")
                || call.path().size() > 5) {
            throw RegistryProblem.noSuchPath();
        }
        String subject = call.segment(2);
        Schema schema = Registry.parse(call.schema());
        List<SchemaVersion> earlier = call.path().size() == 5
                ? List.of(registry.version(subject, call.segment(4), false))
                : registry.state().versionsOf(subject, false);
        Optional<String> objection = registry.objection(subject, schema, earlier);
        return objection.isPresent() && call.flag("verbose")
                ? Map.of("is_compatible", false, "messages", List.of(objection.get()))
                : Map.of("is_compatible", objection.isEmpty());
    }

    private Object config(RegistryCall call) {
        if (call.path().size() > 2) {
            throw RegistryProblem.noSuchPath();
        }
        String subject = call.path().size() == 2 ? call.segment(1) : null;
        return switch (call.method()) {
            case "GET" -> Map.of("compatibilityLevel", level(subject, call).name());
            case "PUT" -> {
                CompatibilityLevel level = CompatibilityLevel.parse(call.text("compatibility"));
                registry.setLevel(subject, level);
                yield Map.of("compatibility", level.name());
            }
            case "DELETE" -> {
                CompatibilityLevel before = level(subject, call);
                registry.setLevel(subject, null);
                yield Map.of("compatibilityLevel", before.name());
            }
            default -> throw RegistryProblem.noSuchMethod();
        };
    }

    private CompatibilityLevel level(@Nullable String subject, RegistryCall call) {
        RegistryState state = registry.state();
        if (subject == null) {
            return state.level();
        }
        CompatibilityLevel own = state.levels().get(subject);
        if (own == null && !call.flag("defaultToGlobal")) {
            throw RegistryProblem.noSubjectConfig(subject);
        }
        return own == null ? state.level() : own;
    }
}
