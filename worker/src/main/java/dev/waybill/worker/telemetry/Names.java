package dev.waybill.worker.telemetry;

import io.opentelemetry.api.common.AttributeKey;

/// Names of metrics, spans and attributes. They are API: a rename keeps the old name for one release.
public final class Names {

    static final String SCOPE = "dev.waybill";

    // ---- spans
    static final String SPAN_RESOLVE = "resolve";
    static final String SPAN_ATTEMPT = "attempt";
    static final String SPAN_PROJECT = "project";

    // ---- attributes of spans, and labels of metrics where they have few values
    static final AttributeKey<String> ORGANIZATION = AttributeKey.stringKey("waybill.organization");
    static final AttributeKey<String> DELIVERY = AttributeKey.stringKey("waybill.delivery");
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("waybill.destination");
    static final AttributeKey<String> RULE = AttributeKey.stringKey("waybill.rule");
    static final AttributeKey<Long> RULE_VERSION = AttributeKey.longKey("waybill.rule.version");
    static final AttributeKey<String> RULE_SELECTION = AttributeKey.stringKey("waybill.rule.selection");
    static final AttributeKey<String> RULE_TIER = AttributeKey.stringKey("waybill.rule.tier");
    static final AttributeKey<Long> ROUTES = AttributeKey.longKey("waybill.routes");
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("waybill.attempt");
    static final AttributeKey<String> PAYLOAD_TYPE = AttributeKey.stringKey("waybill.payload.type");
    static final AttributeKey<String> KIND = AttributeKey.stringKey("waybill.kind");
    static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("waybill.provider");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("waybill.outcome");
    static final AttributeKey<String> DECISION = AttributeKey.stringKey("waybill.decision");
    static final AttributeKey<String> ERROR_CATEGORY = AttributeKey.stringKey("waybill.error.category");
    static final AttributeKey<String> ERROR_CODE = AttributeKey.stringKey("waybill.error.code");
    static final AttributeKey<String> REASON = AttributeKey.stringKey("waybill.reason");
    static final AttributeKey<String> TOPIC = AttributeKey.stringKey("waybill.topic");
    static final AttributeKey<Long> PARTITION = AttributeKey.longKey("waybill.partition");
    /// As the semantic conventions for database clients name them.
    static final AttributeKey<String> POOL = AttributeKey.stringKey("db.client.connection.pool.name");

    static final AttributeKey<String> CONNECTION_STATE = AttributeKey.stringKey("db.client.connection.state");
    /// As the semantic conventions for HTTP clients name it.
    static final AttributeKey<String> HTTP_STATE = AttributeKey.stringKey("http.connection.state");

    static final AttributeKey<String> WAYBILL_POOL = AttributeKey.stringKey("waybill.pool");
    static final AttributeKey<String> DEPENDENCY = AttributeKey.stringKey("waybill.dependency");

    // ---- metrics of the router
    static final String REQUESTS = "waybill.requests";
    static final String POISON = "waybill.records.poison";
    static final String CONFIGURATION_REFUSED = "waybill.configuration.refused";
    static final String CONFIGURATION_PRODUCED = "waybill.configuration.produced";
    static final String CONFIGURATION_APPLIED = "waybill.configuration.applied";
    static final String QUEUED = "waybill.routes.queued";
    static final String STALE = "waybill.returns.stale";

    // ---- metrics of the sinks
    static final String ATTEMPTS = "waybill.attempts";
    static final String ATTEMPT_DURATION = "waybill.attempt.duration";
    static final String PAYLOAD_SIZE = "waybill.payload.size";
    static final String IN_FLIGHT = "waybill.attempts.in_flight";
    static final String OLDEST_IN_FLIGHT = "waybill.attempts.oldest_age";
    static final String STUCK = "waybill.attempts.stuck";
    static final String WRITTEN_OFF = "waybill.attempts.written_off";
    static final String OLDEST_ADMITTED = "waybill.tasks.oldest_age";
    static final String ADMITTED = "waybill.tasks.admitted";
    static final String PAUSED = "waybill.partitions.paused";
    static final String BATCH_SIZE = "waybill.batch.size";
    static final String BATCH_SPLITS = "waybill.batch.splits";
    static final String OVERFLOWS = "waybill.lane.overflows";
    static final String BREAKER_TRIPS = "waybill.breaker.trips";
    static final String SHUT = "waybill.destinations.shut";
    static final String DISABLED = "waybill.destinations.disabled";
    static final String WARNED = "waybill.destinations.warned";
    static final String WRITTEN = "waybill.outcomes.written";
    static final String WRITE_FAILURES = "waybill.outcomes.write_failures";

    // ---- metrics of the retries
    static final String RETRY_LAG = "waybill.retry.lag";
    static final String FORWARDED = "waybill.retries.forwarded";

    // ---- metrics of the projector
    static final String PROJECTED = "waybill.projector.records";
    static final String PROJECTOR_ROWS = "waybill.projector.rows";
    static final String PROJECTOR_BATCH = "waybill.projector.batch.duration";
    static final String PROJECTOR_LAG = "waybill.projector.lag";
    static final String PROJECTOR_REFUSED = "waybill.projector.claims.refused";
    static final String PROJECTOR_WAITS = "waybill.projector.waits";

    // ---- metrics of the connections to Postgres, named as the semantic conventions have them
    static final String CONNECTIONS = "db.client.connection.count";
    static final String CONNECTIONS_MAX = "db.client.connection.max";
    static final String CONNECTIONS_PENDING = "db.client.connection.pending_requests";

    // ---- metrics of all pools of connections; the first is named as the semantic conventions have it
    static final String HTTP_CONNECTIONS = "http.client.open_connections";
    static final String POOL_MAX = "waybill.pool.max";
    static final String POOL_WAITING = "waybill.pool.waiting";
    static final String POOL_WAITS = "waybill.pool.waits";
    static final String POOL_WAITED = "waybill.pool.wait.time";
    /// Not `created`, which Prometheus keeps for itself.
    static final String POOL_CREATED = "waybill.pool.opened";
    static final String POOL_REUSED = "waybill.pool.reused";
    static final String POOL_BROKEN = "waybill.pool.broken";
    static final String POOL_EVICTED = "waybill.pool.evicted";

    /// Start of the names of Kafka's own metrics.
    static final String KAFKA = "kafka.";

    private Names() {}
}
