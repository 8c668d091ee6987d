package dev.waybill.worker.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.pool.PoolLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DescriptorsTest {

    private static final Map<String, String> REQUIRED =
            Map.of("bootstrap.servers", "broker:9092", "schema.registry.url", "http://registry:8081");

    private static Descriptors descriptors(long limit, int inFlight, String kinds) {
        return descriptors(limit, inFlight, kinds, Map.of());
    }

    private static Descriptors descriptors(long limit, int inFlight, String kinds, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(REQUIRED);
        settings.putAll(more);
        settings.put("sinks.in.flight.max", Integer.toString(inFlight));
        settings.put("sinks.kinds", kinds);
        return new Descriptors(WorkerConfig.of(settings, Map.of()), limit);
    }

    @Test
    void what_cannot_fit_is_refused_with_the_limit_that_would_do() {
        Descriptors small = descriptors(1_024, 1_000, "webhook");

        assertThat(small.faults())
                .singleElement()
                .asString()
                .startsWith("sinks.in.flight.max: 1000 attempts at a time need 1000 open files, and of the 1024")
                .contains("ulimit -n) to 1334");
        assertThat(descriptors(1_334, 1_000, "webhook").faults()).isEmpty();
        assertThat(descriptors(1_332, 1_000, "webhook").faults()).hasSize(1);
    }

    @Test
    void attempts_of_every_kind_that_is_served_count() {
        assertThat(descriptors(1_024, 500, "webhook").faults()).isEmpty();
        for (String other : List.of("email", "storage", "transfer")) {
            assertThat(descriptors(1_024, 500, other).faults()).isEmpty();
            assertThat(descriptors(1_024, 500, "webhook," + other).faults()).hasSize(1);
        }
    }

    @Test
    void a_payload_by_reference_needs_a_file_for_its_copy_beside_the_connection() {
        Map<String, String> hosts = Map.of("payload.http.hosts", "files.example.com");
        assertThat(descriptors(2_667, 1_000, "webhook", hosts).faults()).isEmpty();
        assertThat(descriptors(2_665, 1_000, "webhook", hosts).faults())
                .singleElement()
                .asString()
                .contains("1000 attempts at a time need 2000 open files", "ulimit -n) to 2667");
        Map<String, String> roots = Map.of("payload.file.roots", "/exports");
        assertThat(descriptors(2_665, 1_000, "webhook", roots).faults()).hasSize(1);
        assertThat(descriptors(2_665, 500, "webhook,storage", roots).faults()).hasSize(1);

        PoolLimits room = descriptors(4_096, 500, "webhook,transfer", roots).http();
        assertThat(room.total())
                .as("3 072 less 500 connections of others and 1 000 copies")
                .isEqualTo(1_572);
    }

    @Test
    void every_attempt_can_have_a_connection_and_the_rest_of_the_room_is_for_idle_ones() {
        PoolLimits small = descriptors(1_024, 500, "webhook").http();
        assertThat(small.perPeer()).isEqualTo(500);
        assertThat(small.total()).isEqualTo(768);

        PoolLimits shared = descriptors(2_048, 500, "webhook,transfer").http();
        assertThat(shared.total()).isEqualTo(1_036);

        assertThat(descriptors(1 << 20, 500, "webhook").http().total()).isEqualTo(8_192);
        assertThat(descriptors(1 << 20, 20_000, "webhook").http().total()).isEqualTo(20_000);
    }

    @Test
    void mail_servers_get_a_small_share_of_the_room() {
        assertThat(descriptors(1_024, 500, "email").smtp().total()).isEqualTo(96);
        assertThat(descriptors(1_024, 500, "email").smtp().perPeer()).isEqualTo(50);
        assertThat(descriptors(300, 10, "email").smtp().total()).isEqualTo(16);
        assertThat(descriptors(300, 10, "email").smtp().perPeer()).isEqualTo(16);
        assertThat(descriptors(1 << 20, 500, "email").smtp().total()).isEqualTo(500);
    }

    @Test
    void the_system_says_what_this_process_may_open() {
        assertThat(Descriptors.of(WorkerConfig.of(REQUIRED, Map.of())).limit()).isGreaterThan(100);
    }
}
