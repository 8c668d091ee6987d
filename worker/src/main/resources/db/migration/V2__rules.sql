-- Rules with three tiers and a selection, and which of them a delivery went by.

ALTER TABLE default_destination_rules
  ADD COLUMN selection     VARCHAR(50) NOT NULL DEFAULT 'all',
  ADD COLUMN sticky_by     VARCHAR(255),
  ADD COLUMN continues     BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN valid_from    TIMESTAMP WITH TIME ZONE,
  ADD COLUMN valid_until   TIMESTAMP WITH TIME ZONE,
  ADD COLUMN secondary_ids UUID[] NOT NULL DEFAULT '{}',
  -- By id of a destination, where it is not 1.
  ADD COLUMN weights       JSONB NOT NULL DEFAULT '{}';

-- How the rule of the row chose, and the tier that the destination stands in.
ALTER TABLE delivery_logs
  ADD COLUMN rule_selection VARCHAR(50),
  ADD COLUMN rule_tier      VARCHAR(20);
