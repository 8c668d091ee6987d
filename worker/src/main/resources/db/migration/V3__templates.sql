-- The template that a rule was made from, and what it demands of the organization.

ALTER TABLE default_destination_rules
  ADD COLUMN template_id      VARCHAR(255),
  ADD COLUMN template_version BIGINT,
  ADD COLUMN constraints      JSONB NOT NULL DEFAULT '[]';
