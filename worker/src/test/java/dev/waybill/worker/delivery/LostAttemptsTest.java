package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.Headers;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.registry.RegisteredSchema;
import dev.waybill.schemas.registry.SchemaRegistryClient;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.worker.sink.Payloads;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class LostAttemptsTest {

    private static final Fault LOST = Fault.of(ErrorCategory.INTERNAL, "outcome_lost", "it failed");

    private final InMemorySchemaRegistry schemas = new InMemorySchemaRegistry();
    private final BrokenRegistry registry = new BrokenRegistry(schemas);
    private final Samples samples = new Samples(registry);
    private final HandMovedTime time = new HandMovedTime();
    private final Attempts attempts = new Attempts(
            new OpenSinks(List.of()), Payloads.INLINE, samples.outcomes, AttemptObserver.NONE, time, new Random(1));
    private final LostAttempts lost = new LostAttempts(attempts, samples.outcomes, time);
    private final Work work = Samples.work(new Samples(schemas).task("d-1", new Samples(schemas).destination("a")), 7);

    /// Fails, in a way that does not pass, for the values of some topics.
    private static final class BrokenRegistry implements SchemaRegistryClient {
        private final SchemaRegistryClient registry;
        private List<String> broken = List.of();

        BrokenRegistry(SchemaRegistryClient registry) {
            this.registry = registry;
        }

        private void check(String subject) {
            if (broken.stream().anyMatch(subject::startsWith)) {
                throw new IllegalStateException("broken for good");
            }
        }

        @Override
        public int register(String subject, Schema schema) {
            check(subject);
            return registry.register(subject, schema);
        }

        @Override
        public Optional<Integer> lookUp(String subject, Schema schema) {
            check(subject);
            return registry.lookUp(subject, schema);
        }

        @Override
        public Optional<RegisteredSchema> latest(String subject) {
            check(subject);
            return registry.latest(subject);
        }

        @Override
        public Schema schemaById(int id) {
            return registry.schemaById(id);
        }
    }

    private List<ProducerRecord<String, byte[]>> afterAllTries() {
        lost.add(new Call(List.of(work)), LOST, time.now());
        for (int i = 0; i < LostAttempts.TRIES_MAX; i++) {
            assertThat(lost.end()).isEmpty();
        }
        List<Ended> ended = lost.end();
        assertThat(ended).hasSize(1);
        assertThat(ended.getFirst().offset()).isEqualTo(7);
        assertThat(lost.end()).isEmpty();
        return ended.getFirst().records();
    }

    @Test
    void isAmbiguousAsSoonAsThatCanBeWritten() {
        registry.broken = List.of(Samples.TOPICS.attempts());
        lost.add(new Call(List.of(work)), LOST, time.now());
        assertThat(lost.end()).isEmpty();
        registry.broken = List.of();
        assertThat(lost.end().getFirst().records().getFirst().topic()).isEqualTo(Samples.TOPICS.attempts());
    }

    @Test
    void whatCannotBeWrittenIsADeadLetterWithItsResult() {
        registry.broken = List.of(Samples.TOPICS.attempts());
        List<ProducerRecord<String, byte[]>> records = afterAllTries();
        assertThat(records)
                .extracting(ProducerRecord::topic)
                .containsExactly(Samples.TOPICS.deadLetters(), Samples.TOPICS.results());
        ProducerRecord<String, byte[]> letter = records.getFirst();
        assertThat(letter.value()).isEqualTo(work.task().delivery().encoded().array());
        assertThat(header(letter, Headers.KIND)).isEqualTo(Headers.KIND_POISON);
        assertThat(header(letter, Headers.ERROR_STAGE)).isEqualTo("outcome_lost");
        assertThat(header(letter, Headers.ERROR_TOPIC)).isEqualTo(Samples.TOPICS.requests());
        DeliveryResult result =
                new Samples(schemas).codec.decode(records.getLast().value(), DeliveryResult.class);
        assertThat(result.getStatus()).isEqualTo("FAILED");
    }

    @Test
    void itsEndDoesNotDependOnTheResult() {
        registry.broken = List.of(Samples.TOPICS.attempts(), Samples.TOPICS.results());
        assertThat(afterAllTries()).extracting(ProducerRecord::topic).containsExactly(Samples.TOPICS.deadLetters());
    }

    private static String header(ProducerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
