-- The read model: what the projector remembers of deliveries. Every row can be rebuilt from the topics.
-- Tables, columns, indexes and the values of the enumeration are API.

CREATE TYPE delivery_status AS ENUM (
  'pending', 'queued', 'delivering', 'retrying',
  'delivered', 'failed', 'rejected', 'skipped', 'expired', 'cancelled');

-- Configuration -------------------------------------------------------------------------------------------------------

-- A destination keeps its owner and its kind for life, also after its deletion. Settings are not copied here.
CREATE TABLE delivery_destinations (
  id              UUID PRIMARY KEY,
  organization_id VARCHAR(255) NOT NULL,
  name            VARCHAR(255),
  kind            VARCHAR(50),
  provider        VARCHAR(50),
  region          VARCHAR(100),
  labels          JSONB NOT NULL DEFAULT '{}',
  enabled         BOOLEAN NOT NULL DEFAULT true,
  -- An event named it before its configuration record was seen.
  stub            BOOLEAN NOT NULL DEFAULT false,
  version         BIGINT,
  updated_at      TIMESTAMP WITH TIME ZONE,
  updated_by      VARCHAR(255),
  deleted_at      TIMESTAMP WITH TIME ZONE
);
CREATE INDEX idx_delivery_destinations_organization_id ON delivery_destinations (organization_id);

CREATE TABLE default_destination_rules (
  organization_id VARCHAR(255) NOT NULL,
  rule_id         VARCHAR(255) NOT NULL,
  name            VARCHAR(255) NOT NULL,
  priority        INTEGER NOT NULL,
  active          BOOLEAN NOT NULL,
  -- NULL matches always.
  conditions      JSONB,
  primary_ids     UUID[] NOT NULL,
  fallback_ids    UUID[] NOT NULL,
  version         BIGINT NOT NULL,
  changed_at      TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by      VARCHAR(255),
  PRIMARY KEY (organization_id, rule_id)
);

-- Where an organization's deliveries go when neither the request nor a condition says otherwise.
CREATE TABLE default_destinations (
  id              UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id VARCHAR(255) NOT NULL,
  destination_id  UUID NOT NULL REFERENCES delivery_destinations(id) ON DELETE CASCADE,
  is_primary      BOOLEAN DEFAULT false,
  created_at      TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
  created_by      VARCHAR(255),
  UNIQUE (organization_id, destination_id)
);
CREATE INDEX idx_default_destinations_org_id ON default_destinations(organization_id);
CREATE INDEX idx_default_destinations_primary ON default_destinations(organization_id, is_primary) WHERE is_primary = true;
CREATE UNIQUE INDEX uq_default_destinations_primary ON default_destinations(organization_id) WHERE is_primary = true;

-- Deliveries ----------------------------------------------------------------------------------------------------------
-- Partitioned by queued_at, which never changes for a delivery; each has a default partition. The worker creates the
-- other partitions ahead of time and drops those older than the retention.

-- One row per request, also for rejected and duplicate ones.
CREATE TABLE deliveries (
  delivery_id            VARCHAR(255) NOT NULL,
  organization_id        VARCHAR(255) NOT NULL,
  -- queued, then how it ended: delivered, partial, failed, rejected, expired, cancelled or duplicate.
  status                 VARCHAR(20) NOT NULL,
  reason                 TEXT,
  duplicate_of           VARCHAR(255),
  routes                 INTEGER NOT NULL DEFAULT 0,
  payload_type           VARCHAR(100) NOT NULL,
  payload_size           INTEGER,
  payload_hash           VARCHAR(64),
  idempotency_key        VARCHAR(255),
  correlation_id         VARCHAR(255),
  cross_system_reference VARCHAR(255),
  metadata               JSONB NOT NULL DEFAULT '{}',
  tags                   TEXT[],
  requested_by           VARCHAR(255),
  requested_at           TIMESTAMP WITH TIME ZONE,
  queued_at              TIMESTAMP WITH TIME ZONE NOT NULL,
  completed_at           TIMESTAMP WITH TIME ZONE,
  updated_at             TIMESTAMP WITH TIME ZONE NOT NULL,
  request_topic          VARCHAR(249) NOT NULL,
  request_partition      INTEGER NOT NULL,
  request_offset         BIGINT NOT NULL,
  -- Rank of the event that the status comes from.
  rank                   BIGINT NOT NULL,
  PRIMARY KEY (delivery_id, organization_id, queued_at)
) PARTITION BY RANGE (queued_at);
CREATE TABLE deliveries_default PARTITION OF deliveries DEFAULT;
CREATE INDEX idx_deliveries_organization_id ON deliveries (organization_id, queued_at);
CREATE INDEX idx_deliveries_correlation_id ON deliveries (correlation_id);

-- One row per delivery and destination.
CREATE TABLE delivery_logs (
  id                     UUID NOT NULL DEFAULT gen_random_uuid(),
  delivery_id            VARCHAR(255) NOT NULL,
  destination_id         UUID NOT NULL REFERENCES delivery_destinations(id),
  organization_id        VARCHAR(255) NOT NULL,
  payload_type           VARCHAR(100) NOT NULL,
  payload_size           INTEGER,
  payload_hash           VARCHAR(64), -- SHA-256
  status                 delivery_status NOT NULL DEFAULT 'pending',
  attempt_count          INTEGER DEFAULT 0,
  max_attempts           INTEGER DEFAULT 3,
  queued_at              TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
  first_attempt_at       TIMESTAMP WITH TIME ZONE,
  last_attempt_at        TIMESTAMP WITH TIME ZONE,
  delivered_at           TIMESTAMP WITH TIME ZONE,
  response_code          INTEGER,
  response_time_ms       INTEGER,
  response_headers       JSONB,
  error_message          TEXT,
  error_code             VARCHAR(100),
  cross_system_reference VARCHAR(255),
  idempotency_key        VARCHAR(255),
  correlation_id         VARCHAR(255),
  metadata               JSONB DEFAULT '{}',
  tags                   TEXT[],
  created_at             TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
  updated_at             TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
  -- Beyond the published columns: how the row came to be. The first five say which route it is and why it stands so.
  route                  INTEGER,
  rule_id                VARCHAR(255),
  rule_version           BIGINT,
  reason                 TEXT,
  due_at                 TIMESTAMP WITH TIME ZONE,
  -- Rank of the event that the status comes from; rank and time of the one that response and error come from.
  rank                   BIGINT NOT NULL DEFAULT 0,
  facts_rank             BIGINT,
  facts_at               TIMESTAMP WITH TIME ZONE,
  PRIMARY KEY (id, queued_at)
) PARTITION BY RANGE (queued_at);
CREATE TABLE delivery_logs_default PARTITION OF delivery_logs DEFAULT;
CREATE INDEX idx_delivery_logs_delivery_id ON delivery_logs(delivery_id);
CREATE INDEX idx_delivery_logs_destination_id ON delivery_logs(destination_id);
CREATE INDEX idx_delivery_logs_organization_id ON delivery_logs(organization_id);
CREATE INDEX idx_delivery_logs_status ON delivery_logs(status);
CREATE INDEX idx_delivery_logs_queued_at ON delivery_logs(queued_at);
CREATE INDEX idx_delivery_logs_correlation_id ON delivery_logs(correlation_id);

-- Every attempt; rows are never changed.
CREATE TABLE delivery_attempts (
  id                UUID NOT NULL,
  delivery_id       VARCHAR(255) NOT NULL,
  destination_id    UUID NOT NULL,
  organization_id   VARCHAR(255) NOT NULL,
  route             INTEGER NOT NULL,
  attempt           INTEGER NOT NULL,
  rank              BIGINT NOT NULL,
  trigger           VARCHAR(20) NOT NULL,
  status            delivery_status,
  outcome           VARCHAR(20),
  error_category    VARCHAR(100),
  error_code        VARCHAR(100),
  error_message     TEXT,
  response_code     INTEGER,
  response_headers  JSONB,
  -- The first 1 KiB of the response text.
  response_excerpt  TEXT,
  bytes_sent        BIGINT,
  remote_address    VARCHAR(255),
  dns_micros        BIGINT,
  connect_micros    BIGINT,
  tls_micros        BIGINT,
  first_byte_micros BIGINT,
  total_micros      BIGINT,
  started_at        TIMESTAMP WITH TIME ZONE NOT NULL,
  finished_at       TIMESTAMP WITH TIME ZONE NOT NULL,
  due_at            TIMESTAMP WITH TIME ZONE,
  kind              VARCHAR(50),
  provider          VARCHAR(50),
  region            VARCHAR(100),
  labels            JSONB NOT NULL DEFAULT '{}',
  policy_version    BIGINT,
  rule_id           VARCHAR(255),
  rule_version      BIGINT,
  worker            VARCHAR(255),
  queued_at         TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (id, queued_at)
) PARTITION BY RANGE (queued_at);
CREATE TABLE delivery_attempts_default PARTITION OF delivery_attempts DEFAULT;
CREATE INDEX idx_delivery_attempts_delivery_id ON delivery_attempts (delivery_id);

-- The projector's own ---------------------------------------------------------------------------------------------------

-- The next offset to project, changed in the transaction that writes the rows: neither a crash nor a second worker can
-- project a record twice or leave one out.
CREATE TABLE projection_offsets (
  topic     VARCHAR(249) NOT NULL,
  partition INTEGER NOT NULL,
  next      BIGINT NOT NULL,
  PRIMARY KEY (topic, partition)
);

-- Records that could not be projected: where they are and why, not what they contain.
CREATE TABLE projection_quarantine (
  topic       VARCHAR(249) NOT NULL,
  partition   INTEGER NOT NULL,
  "offset"    BIGINT NOT NULL,
  error       TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (topic, partition, "offset")
);
