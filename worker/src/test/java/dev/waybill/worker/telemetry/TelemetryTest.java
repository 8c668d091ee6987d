package dev.waybill.worker.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.worker.config.TelemetrySettings;
import dev.waybill.worker.config.TelemetrySettings.LogFormat;
import dev.waybill.worker.delivery.LoopMetrics;
import dev.waybill.worker.pool.PoolUse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TelemetryTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void what_the_parts_tell_can_be_scraped() throws IOException {
        try (Telemetry telemetry = new Telemetry(settings(null, true), "w1", "1")) {
            RouterCounters router = new RouterCounters(telemetry.meter());
            router.accepted();
            router.rejected("oversize");
            LoopCounters loops = new LoopCounters(telemetry.meter());
            loops.started(Kind.WEBHOOK, () -> gauges(3, 7, Duration.ofSeconds(2)));
            loops.started(Kind.WEBHOOK, () -> gauges(1, 1, Duration.ofSeconds(5)));
            loops.attemptStuck(Kind.WEBHOOK);
            loops.destinationWarned(Kind.WEBHOOK);
            loops.lag(Kind.WEBHOOK, Duration.ofMillis(20));
            loops.batch(Kind.WEBHOOK, 40);
            loops.batchSplit(Kind.WEBHOOK);
            assertThat(scrape(telemetry))
                    .contains("waybill_requests_total{", "waybill_outcome=\"accepted\"", "waybill_reason=\"oversize\"")
                    .containsPattern("waybill_attempts_in_flight\\{[^}]*waybill_kind=\"webhook\"[^}]*} 4.0")
                    .containsPattern("waybill_attempts_oldest_age_seconds\\{[^}]*} 5.0")
                    .contains("waybill_retry_lag_seconds_count")
                    .containsPattern("waybill_batch_size_sum\\{[^}]*} 40.0")
                    .containsPattern("waybill_batch_splits_total\\{[^}]*} 1.0")
                    .containsPattern("waybill_tasks_oldest_age_seconds\\{[^}]*} 10.0")
                    .containsPattern("waybill_attempts_stuck\\{[^}]*} 4.0")
                    .containsPattern("waybill_attempts_written_off_total\\{[^}]*} 1.0")
                    .containsPattern("waybill_destinations_warned_total\\{[^}]*} 1.0");
        }
    }

    private static LoopMetrics.Gauges gauges(int inFlight, int admitted, Duration oldest) {
        return new LoopMetrics.Gauges(inFlight, admitted, 1, oldest, 1, oldest.multipliedBy(2), inFlight);
    }

    /// A loop that fails is started anew, and the one before must not be counted with it.
    @Test
    void a_loop_that_has_stopped_is_counted_no_more() throws IOException {
        try (Telemetry telemetry = new Telemetry(settings(null, true), "w1", "1")) {
            LoopCounters loops = new LoopCounters(telemetry.meter());
            Supplier<LoopMetrics.Gauges> failed = () -> gauges(3, 7, Duration.ofSeconds(9));
            loops.started(Kind.WEBHOOK, failed);
            loops.stopped(Kind.WEBHOOK, failed);
            loops.started(Kind.WEBHOOK, () -> gauges(1, 2, Duration.ofSeconds(5)));
            assertThat(scrape(telemetry))
                    .containsPattern("waybill_tasks_admitted\\{[^}]*} 2.0")
                    .containsPattern("waybill_attempts_oldest_age_seconds\\{[^}]*} 5.0");
        }
    }

    @Test
    void how_far_the_configuration_was_read_is_told_by_topic() throws IOException {
        try (Telemetry telemetry = new Telemetry(settings(null, true), "w1", "1")) {
            Map<String, Long> applied = Map.of("rules", 6L);
            ConfigurationGauges.produced(telemetry.meter(), List.of("rules", "new"), topic -> Optional.of(7L));
            ConfigurationGauges.applied(
                    telemetry.meter(), List.of("rules", "new"), topic -> Optional.ofNullable(applied.get(topic)));
            assertThat(scrape(telemetry))
                    .containsPattern(
                            "waybill_configuration_produced\\{[^}]*waybill_partition=\"0\"[^}]*waybill_topic=\"rules\"[^}]*} 7.0")
                    .containsPattern("waybill_configuration_applied\\{[^}]*waybill_topic=\"rules\"[^}]*} 6.0")
                    .doesNotContainPattern("waybill_configuration_applied\\{[^}]*waybill_topic=\"new\"");
        }
    }

    @Test
    void pools_of_connections_are_told_by_state() throws IOException {
        PoolUse.Totals totals = new PoolUse.Totals(11, 12, 13, 14, 15, Duration.ofMillis(1_600));
        try (Telemetry telemetry = new Telemetry(settings(null, true), "w1", "1")) {
            PoolGauges.register(
                    telemetry.meter(),
                    Map.of(
                            "postgres",
                            () -> new PoolUse(2, 3, 4, 8, PoolUse.Totals.NONE),
                            "http",
                            () -> new PoolUse(5, 6, 7, 9, totals)));
            assertThat(scrape(telemetry))
                    .containsPattern("db_client_connection_count\\{[^}]*state=\"used\"[^}]*} 2.0")
                    .containsPattern("db_client_connection_count\\{[^}]*state=\"idle\"[^}]*} 3.0")
                    .containsPattern("db_client_connection_pending_requests\\{[^}]*} 4.0")
                    .containsPattern("db_client_connection_max\\{[^}]*} 8.0")
                    .containsPattern("http_client_open_connections\\{[^}]*state=\"active\"[^}]*} 5.0")
                    .containsPattern("http_client_open_connections\\{[^}]*state=\"idle\"[^}]*} 6.0")
                    .containsPattern("waybill_pool_waiting\\{[^}]*waybill_pool=\"http\"[^}]*} 7.0")
                    .containsPattern("waybill_pool_max\\{[^}]*waybill_pool=\"http\"[^}]*} 9.0")
                    .containsPattern("waybill_pool_opened_total\\{[^}]*waybill_pool=\"http\"[^}]*} 11.0")
                    .containsPattern("waybill_pool_reused_total\\{[^}]*waybill_pool=\"http\"[^}]*} 12.0")
                    .containsPattern("waybill_pool_broken_total\\{[^}]*waybill_pool=\"http\"[^}]*} 13.0")
                    .containsPattern("waybill_pool_evicted_total\\{[^}]*waybill_pool=\"http\"[^}]*} 14.0")
                    .containsPattern("waybill_pool_waits_total\\{[^}]*waybill_pool=\"http\"[^}]*} 15.0")
                    .containsPattern("waybill_pool_wait_time_seconds_total\\{[^}]*waybill_pool=\"http\"[^}]*} 1.6")
                    .containsPattern("waybill_pool_max\\{[^}]*waybill_pool=\"postgres\"[^}]*} 8.0");
        }
    }

    @Test
    void kafka_clients_report_their_own_metrics() throws IOException {
        try (Telemetry telemetry = new Telemetry(settings(null, true), "w1", "1")) {
            Map<String, Object> config = new HashMap<>(telemetry.kafkaSettings());
            config.put("bootstrap.servers", "127.0.0.1:1");
            config.put("client.id", "probe");
            try (Admin _ = Admin.create(config)) {
                assertThat(scrape(telemetry))
                        .containsPattern("kafka_admin_client_connection_count\\{[^}]*client_id=\"probe\"");
            }
            assertThat(scrape(telemetry)).doesNotContain("client_id=\"probe\"");
        }
    }

    @Test
    void nobody_to_tell_costs_nothing() {
        try (Telemetry telemetry = new Telemetry(settings(null, false), "w1", "1")) {
            assertThat(telemetry.kafkaSettings()).isEmpty();
            assertThat(telemetry.isScraped()).isFalse();
            assertThat(telemetry.tracing()).isEmpty();
        }
    }

    @Test
    void trace_context_is_passed_on_where_no_spans_are_made() {
        RecordHeaders headers = new RecordHeaders();
        assertThat(TraceHeaders.passOn(headers)).isEmpty();
        headers.add("traceparent", PARENT.getBytes(UTF_8));
        headers.add("tracestate", "a=b".getBytes(UTF_8));
        assertThat(TraceHeaders.passOn(headers)).isEqualTo(Map.of("traceparent", PARENT, "tracestate", "a=b"));
    }

    @Test
    void trace_context_is_replaced_and_other_headers_stay() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("x", new byte[] {1});
        headers.add("traceparent", PARENT.getBytes(UTF_8));
        var context = TraceHeaders.extract(headers);
        assertThat(TraceHeaders.inject(context)).containsEntry("traceparent", PARENT);
        var replaced = TraceHeaders.replace(headers, context);
        assertThat(replaced.headers("traceparent")).hasSize(1);
        assertThat(replaced.lastHeader("x").value()).containsExactly(1);
    }

    private static String scrape(Telemetry telemetry) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        telemetry.scrape(out);
        return out.toString(UTF_8);
    }

    private static TelemetrySettings settings(@Nullable String otlp, boolean prometheus) {
        return new TelemetrySettings(otlp, 1, prometheus, LogFormat.TEXT, "info", true);
    }
}
