package dev.waybill.worker.app;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.DeliveryReturn;
import dev.waybill.avro.DeliveryTask;
import dev.waybill.avro.Destination;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.RegistryException;
import dev.waybill.schemas.registry.RegistryUnavailableException;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.worker.config.Role;
import dev.waybill.worker.config.WorkerConfig;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/// Does the registry answer, and does it take the schemas that this worker writes?
record RegistryCheck(WorkerConfig config) implements StartupChecks.Check {

    @Override
    public List<String> faults() {
        Map<String, Object> settings = new HashMap<>(config.registry().properties());
        // Its client makes some rounds of its own.
        settings.put(SerdeSettings.REGISTRY_WAIT_MS, 1L);
        try (AvroCodec codec = AvroCodec.of(settings)) {
            written().forEach(codec::prepare);
            return List.of();
        } catch (RegistryUnavailableException e) {
            return List.of("schema.registry.url: " + e.getMessage() + "; check the address and registry.*");
        } catch (RegistryException e) {
            return List.of("schema.registry.url: " + e.getMessage());
        }
    }

    private Map<String, Schema> written() {
        Topics topics = config.worker().topics();
        Map<String, Schema> written = new LinkedHashMap<>();
        if (config.worker().has(Role.ROUTER) || config.worker().has(Role.SINKS)) {
            config.sinks().kinds().forEach(kind -> written.put(topics.tasks(kind), DeliveryTask.getClassSchema()));
            config.worker()
                    .retryDelays()
                    .forEach(delay -> written.put(topics.retries(delay), DeliveryTask.getClassSchema()));
            written.put(topics.attempts(), DeliveryAttempt.getClassSchema());
            written.put(topics.results(), DeliveryResult.getClassSchema());
        }
        if (config.worker().has(Role.SINKS) || config.worker().has(Role.RETRIES)) {
            written.put(topics.returns(), DeliveryReturn.getClassSchema());
        }
        if (config.worker().has(Role.API)) {
            written.put(topics.destinations(), Destination.getClassSchema());
            written.put(topics.rules(), DefaultDestinationRule.getClassSchema());
            written.put(topics.templates(), RuleTemplate.getClassSchema());
            config.worker().requestTopics().forEach(name -> written.put(name, DeliveryRequest.getClassSchema()));
        }
        return written;
    }
}
