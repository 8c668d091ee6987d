package dev.waybill.worker.cli;

import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.topics.Finding;
import dev.waybill.worker.topics.TopicAdmin;
import dev.waybill.worker.topics.TopicPlan;
import dev.waybill.worker.topics.TopicPrint;
import dev.waybill.worker.topics.TopicReview;
import dev.waybill.worker.topics.TopicSpec;
import dev.waybill.worker.topics.TopicTable;
import java.io.PrintWriter;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Plans, creates, verifies and prints the topics that a worker needs.
@Command(name = "topics", description = "Plan, create, verify or print the topics of an installation.")
public final class TopicsCommand {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(description = "Show what `apply` would do. Exit code 1 if there is something to do.")
    int plan(@Mixin ConfigFile file, @Mixin Output output) {
        WorkerConfig config = file.load();
        try (Admin admin = Admin.create(config.kafka().admin())) {
            TopicPlan plan = TopicPlan.of(specs(config), new TopicAdmin(admin).describe(specs(config)));
            show(plan, output);
            return plan.isEmpty() ? Exit.OK : Exit.FAILED;
        }
    }

    @Command(description = "Create missing topics and strengthen settings; existing data is never touched.")
    int apply(@Mixin ConfigFile file, @Mixin Output output) {
        WorkerConfig config = file.load();
        try (Admin admin = Admin.create(config.kafka().admin())) {
            TopicAdmin topics = new TopicAdmin(admin);
            TopicPlan plan = TopicPlan.of(specs(config), topics.describe(specs(config)));
            topics.apply(plan);
            show(plan, output);
            return Exit.OK;
        }
    }

    @Command(description = "Compare the topics with what they should be. Exit code 1 if a worker cannot run so.")
    int verify(@Mixin ConfigFile file, @Mixin Output output) {
        WorkerConfig config = file.load();
        List<Finding> findings;
        try (Admin admin = Admin.create(config.kafka().admin())) {
            findings = TopicReview.review(
                    specs(config),
                    new TopicAdmin(admin).describe(specs(config)),
                    config.worker().roles());
        }
        if (output.isJson()) {
            output.json(out(), JSON.valueToTree(findings));
        } else if (findings.isEmpty()) {
            out().println("All " + specs(config).size() + " topics are as they should be.");
        } else {
            Table table = new Table("SEVERITY", "TOPIC", "PROBLEM", "REMEDY");
            findings.forEach(f -> table.row(f.severity(), f.topic(), f.problem(), f.remedy()));
            table.print(out());
        }
        out().flush();
        boolean broken = findings.stream().anyMatch(f -> f.severity() == Finding.Severity.ERROR);
        return broken ? Exit.FAILED : Exit.OK;
    }

    @Command(description = "Print the topics as kafka-topics.sh commands, or as Strimzi KafkaTopic resources.")
    int print(
            @Mixin ConfigFile file,
            @Option(names = "--strimzi", paramLabel = "CLUSTER", description = "YAML for this Strimzi cluster")
                    String cluster) {
        WorkerConfig config = file.load();
        out().print(
                        cluster == null
                                ? TopicPrint.commands(
                                        specs(config), config.kafka().bootstrap())
                                : TopicPrint.strimzi(specs(config), cluster));
        out().flush();
        return Exit.OK;
    }

    private void show(TopicPlan plan, Output output) {
        if (output.isJson()) {
            output.json(out(), json(plan));
            return;
        }
        Table table = new Table("TOPIC", "ACTION", "DETAIL");
        for (TopicPlan.Step step : plan.steps()) {
            switch (step) {
                case TopicPlan.Create(TopicSpec topic) ->
                    table.row(
                            topic.name(),
                            "create",
                            topic.partitions() + " partitions, " + topic.replicationFactor() + " replicas");
                case TopicPlan.Alter(String topic, var config) -> table.row(topic, "alter", config);
                case TopicPlan.Keep(String topic) -> table.row(topic, "keep", "");
            }
        }
        table.print(out());
    }

    private static ArrayNode json(TopicPlan plan) {
        ArrayNode steps = JSON.createArrayNode();
        for (TopicPlan.Step step : plan.steps()) {
            ObjectNode json = steps.addObject().put("topic", step.topic());
            switch (step) {
                case TopicPlan.Create(TopicSpec topic) ->
                    json.put("action", "create").put("partitions", topic.partitions());
                case TopicPlan.Alter alter ->
                    json.put("action", "alter").set("config", JSON.valueToTree(alter.config()));
                case TopicPlan.Keep _ -> json.put("action", "keep");
            }
        }
        return steps;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static List<TopicSpec> specs(WorkerConfig config) {
        return TopicTable.of(config.worker(), config.router(), config.topics());
    }
}
