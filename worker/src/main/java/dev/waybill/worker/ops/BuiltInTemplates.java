package dev.waybill.worker.ops;

import dev.waybill.avro.RuleTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The templates that come with the worker, one file each.
final class BuiltInTemplates {

    /// A class path cannot be listed reliably.
    static final List<String> IDS = List.of(
            "single-destination",
            "primary-with-failover",
            "load-balanced-pair",
            "deliver-and-archive",
            "health-care",
            "finance",
            "public-sector",
            "saas",
            "hipaa",
            "gdpr",
            "sox",
            "pci-dss");

    private static final YAMLMapper YAML = new YAMLMapper();

    private BuiltInTemplates() {}

    /// All of them, by id.
    static Map<String, RuleTemplate> load() {
        Map<String, RuleTemplate> templates = new TreeMap<>();
        for (String id : IDS) {
            templates.put(id, load(id));
        }
        return templates;
    }

    private static RuleTemplate load(String id) {
        String file = "/templates/" + id + ".yaml";
        try (InputStream in = BuiltInTemplates.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing");
            }
            ObjectNode document = (ObjectNode) YAML.readTree(in);
            return TemplateJson.read(document, id, document.path("version").asLong(1));
        } catch (ProblemException e) {
            throw new IllegalStateException(file + ": " + e.faults(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
