package dev.waybill.topology.codec;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryReturn;
import dev.waybill.avro.DeliveryTask;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.DestinationTest;
import dev.waybill.avro.RouteSettled;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.PoisonRecordException;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Result;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.settlement.OpenDelivery;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Every record that router and sinks read or write, as values of the model.
///
/// Reading throws `PoisonRecordException` for bytes that are no such record, [InvalidRecordException] for a record that
/// breaks its documentation, and `RegistryUnavailableException` when the registry cannot be asked; only the last one
/// passes. Safe for many threads.
public final class Records {

    /// Destinations that come with tasks are decoded once per version. The bound keeps a worker with hundreds of
    /// thousands of destinations from remembering all of them; a full cache starts anew.
    private static final int DESTINATIONS_MAX = 10_000;

    /// Larger ones are decoded each time, so that the cache stays under 40 MB.
    private static final int CACHED_SIZE_MAX = 4 * 1024;

    private final AvroCodec avro;
    private final Topics topics;
    private final @Nullable String worker;
    private final Map<Bytes, Destination> destinations = new ConcurrentHashMap<>();

    /// Reads and writes with one registry client, under one topic prefix.
    ///
    /// @param worker written into every event; null for none
    public Records(AvroCodec avro, Topics topics, @Nullable String worker) {
        this.avro = avro;
        this.topics = topics;
        this.worker = worker;
    }

    public Request request(Bytes value) {
        return RequestMapping.toModel(avro.decode(value.array(), DeliveryRequest.class));
    }

    public Destination destination(Bytes value) {
        Destination known = destinations.get(value);
        if (known != null) {
            return known;
        }
        Destination read =
                DestinationMapping.toModel(avro.decode(value.array(), dev.waybill.avro.Destination.class), value);
        if (value.size() <= CACHED_SIZE_MAX) {
            if (destinations.size() >= DESTINATIONS_MAX) {
                destinations.clear();
            }
            destinations.put(value, read);
        }
        return read;
    }

    public Health health(Bytes value) {
        return HealthMapping.toModel(avro.decode(value.array(), DestinationHealth.class));
    }

    /// How a destination is doing by its last connection test.
    ///
    /// @throws InvalidRecordException as above
    public Health test(Bytes value) {
        return HealthMapping.toModel(avro.decode(value.array(), DestinationTest.class));
    }

    public Bytes encode(Health health) {
        return Bytes.of(avro.encode(topics.destinationHealth(), HealthMapping.toAvro(health)));
    }

    /// The model of a record that was decoded already.
    ///
    /// @throws InvalidRecordException naming every fault
    public static Rule model(DefaultDestinationRule record) {
        return RuleMapping.toModel(record);
    }

    /// The model of a record that was decoded already.
    ///
    /// @param encoded its value
    /// @throws InvalidRecordException if it breaks a promise of its schema
    public static Destination model(dev.waybill.avro.Destination record, Bytes encoded) {
        return DestinationMapping.toModel(record, encoded);
    }

    /// The model of a record that was decoded already.
    public static Health model(DestinationHealth record) {
        return HealthMapping.toModel(record);
    }

    /// The model of a record that was decoded elsewhere.
    ///
    /// @throws InvalidRecordException if it cannot be used
    public static Health model(DestinationTest record) {
        return HealthMapping.toModel(record);
    }

    public Rule rule(Bytes value) {
        return RuleMapping.toModel(avro.decode(value.array(), DefaultDestinationRule.class));
    }

    public Task task(Bytes value) {
        DeliveryTask task = avro.decode(value.array(), DeliveryTask.class);
        ByteBuffer destination = task.getDestination();
        return TaskMapping.toModel(
                task,
                request(Bytes.of(task.getRequest())),
                destination == null ? null : destination(Bytes.of(destination)));
    }

    /// A task's record value.
    ///
    /// @param topic the topic the task is written to, which decides the subject of its schema
    public Bytes encode(Task task, String topic) {
        return Bytes.of(avro.encode(topic, TaskMapping.toAvro(task)));
    }

    public Bytes encode(Event event) {
        return Bytes.of(avro.encode(topics.attempts(), EventMapping.toAvro(event, worker)));
    }

    public Bytes encode(Result result) {
        return Bytes.of(avro.encode(topics.results(), ResultMapping.toAvro(result)));
    }

    /// A due or failed-over task on its way back to the router.
    ///
    /// @param task its record value, which is passed on unchanged
    public Bytes encodeReturn(Bytes task) {
        DeliveryReturn avroReturn = new DeliveryReturn();
        avroReturn.setTask(task.buffer());
        return Bytes.of(avro.encode(topics.returns(), avroReturn));
    }

    /// One of several routes of a delivery has ended.
    public Bytes encodeSettled(Delivery delivery, Fate fate) {
        DeliveryReturn avroReturn = new DeliveryReturn();
        avroReturn.setSettled(new RouteSettled(delivery.id(), delivery.organizationId(), FateMapping.toAvro(fate)));
        return Bytes.of(avro.encode(topics.returns(), avroReturn));
    }

    /// The router's state of a delivery of several routes.
    public Bytes encode(OpenDelivery open) {
        return Bytes.of(avro.encode(topics.openDeliveries(), OpenDeliveryMapping.toAvro(open)));
    }

    public OpenDelivery openDelivery(Bytes value) {
        return OpenDeliveryMapping.toModel(avro.decode(value.array(), dev.waybill.avro.OpenDelivery.class));
    }

    public ReturnedRecord returned(Bytes value) {
        DeliveryReturn avroReturn = avro.decode(value.array(), DeliveryReturn.class);
        if (avroReturn.getTask() != null) {
            return new ReturnedRecord.DueTask(task(Bytes.of(avroReturn.getTask())));
        }
        if (avroReturn.getSettled() != null) {
            RouteSettled settled = avroReturn.getSettled();
            return new ReturnedRecord.Settled(
                    settled.getDeliveryId(), settled.getOrganizationId(), FateMapping.toModel(settled.getFate()));
        }
        if (avroReturn.getCommand() != null) {
            var command = avroReturn.getCommand();
            return new ReturnedRecord.Command(
                    command.getCommand(), command.getDeliveryId(), command.getOrganizationId());
        }
        throw new InvalidRecordException("a return carries a task, a settled route or a command; this one is empty");
    }

    /// The bytes of the task in a return, whether they can be read or not; none where it carries no task or is no
    /// return.
    public Optional<Bytes> returnedTask(Bytes value) {
        try {
            return Optional.ofNullable(
                            avro.decode(value.array(), DeliveryReturn.class).getTask())
                    .map(Bytes::of);
        } catch (PoisonRecordException _) {
            return Optional.empty();
        }
    }
}
