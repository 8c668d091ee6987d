package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.store.Batch.Span;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/// `projection_offsets`: how far each partition is projected, by the only account that counts.
final class Offsets {

    /// Fixed, so that two workers that (for a moment) both believe to own a partition wait, and do not deadlock.
    private static final Comparator<TopicPartition> LOCK_ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private static final String ADVANCE = """
            update projection_offsets o set next = x.next
            from unnest(?::text[], ?::int4[], ?::int8[], ?::int8[]) as x(topic, partition, start, next)
            where o.topic = x.topic and o.partition = x.partition and o.next = x.start
            """;

    private static final String BEGIN = """
            insert into projection_offsets (topic, partition, next)
            select * from unnest(?::text[], ?::int4[], ?::int8[]) on conflict do nothing
            """;

    private static final String READ = """
            select o.topic, o.partition, o.next from projection_offsets o
            join unnest(?::text[], ?::int4[]) as x(topic, partition) using (topic, partition)
            """;

    private Offsets() {}

    /// Takes the spans for this transaction.
    ///
    /// @return false when one of them does not start where the table says
    static boolean advance(Session session, Map<TopicPartition, Span> spans) {
        List<TopicPartition> partitions = ordered(spans.keySet());
        int advanced = session.execute(
                ADVANCE,
                topics(partitions),
                numbers(partitions),
                partitions.stream()
                        .map(partition -> span(spans, partition).start())
                        .toArray(Long[]::new),
                partitions.stream()
                        .map(partition -> span(spans, partition).next())
                        .toArray(Long[]::new));
        return advanced == partitions.size();
    }

    /// Where to go on; a partition that is not known begins at the offset given.
    static Map<TopicPartition, Long> positions(Session session, Map<TopicPartition, Long> beginnings) {
        List<TopicPartition> partitions = ordered(beginnings.keySet());
        session.execute(
                BEGIN,
                topics(partitions),
                numbers(partitions),
                partitions.stream().map(beginnings::get).toArray(Long[]::new));
        var positions = new HashMap<TopicPartition, Long>();
        session.query(READ, topics(partitions), numbers(partitions))
                .forEach(row -> positions.put(
                        new TopicPartition(row.get(0, String.class), row.get(1, int.class)), row.get(2, Long.class)));
        return positions;
    }

    private static Span span(Map<TopicPartition, Span> spans, TopicPartition partition) {
        Span span = spans.get(partition);
        if (span == null) {
            throw new IllegalArgumentException("no span of " + partition);
        }
        return span;
    }

    private static List<TopicPartition> ordered(Collection<TopicPartition> partitions) {
        return partitions.stream().sorted(LOCK_ORDER).toList();
    }

    private static String[] topics(List<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::topic).toArray(String[]::new);
    }

    private static Integer[] numbers(List<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).toArray(Integer[]::new);
    }
}
