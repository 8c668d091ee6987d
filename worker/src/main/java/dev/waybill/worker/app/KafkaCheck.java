package dev.waybill.worker.app;

import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.topics.Finding;
import dev.waybill.worker.topics.TopicAdmin;
import dev.waybill.worker.topics.TopicReview;
import dev.waybill.worker.topics.TopicSpec;
import dev.waybill.worker.topics.TopicTable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Do the brokers answer, and are the topics there and as they must be?
record KafkaCheck(WorkerConfig config) implements StartupChecks.Check {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaCheck.class);
    private static final int REQUEST_MILLIS = 5_000;
    private static final int CALL_MILLIS = 10_000;

    @Override
    public List<String> faults() {
        Map<String, Object> settings = new HashMap<>(config.kafka().admin());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_MILLIS);
        try (Admin admin = Admin.create(settings)) {
            List<TopicSpec> specs = TopicTable.of(config.worker(), config.router(), config.topics());
            List<Finding> findings = TopicReview.review(
                    specs,
                    new TopicAdmin(admin).describe(specs),
                    config.worker().roles());
            findings.stream()
                    .filter(finding -> finding.severity() == Finding.Severity.WARNING)
                    .forEach(finding -> LOG.warn("{}", finding.line()));
            return lines(findings.stream()
                    .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                    .toList());
        } catch (AuthenticationException e) {
            return List.of("bootstrap.servers: " + config.kafka().bootstrap() + " refuses the login (" + e.getMessage()
                    + "); check security.protocol, sasl.* and ssl.*");
        } catch (AuthorizationException e) {
            return List.of("bootstrap.servers: this worker may not describe the topics (" + e.getMessage()
                    + "); grant DESCRIBE to its principal");
        } catch (KafkaException e) {
            return List.of(
                    "bootstrap.servers: no broker answers at " + config.kafka().bootstrap() + " (" + innermost(e)
                            + "); check the address, security.protocol and the network");
        }
    }

    /// One line for all topics with the same problem, as in an installation that has none yet.
    private static List<String> lines(List<Finding> findings) {
        return findings.stream()
                .collect(Collectors.groupingBy(
                        finding -> finding.problem() + "; " + finding.remedy(),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .entrySet()
                .stream()
                .map(same -> "topic "
                        + same.getValue().stream().map(Finding::topic).collect(Collectors.joining(", ")) + ": "
                        + same.getKey())
                .toList();
    }

    private static String innermost(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
