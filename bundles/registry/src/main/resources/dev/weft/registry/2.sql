ALTER TABLE registry_tasks ADD COLUMN IF NOT EXISTS lease_until BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE registry_tasks ADD COLUMN IF NOT EXISTS last_holder VARCHAR(64) DEFAULT '' NOT NULL;
CREATE INDEX IF NOT EXISTS registry_tasks_lease ON registry_tasks (state, lease_until);
CREATE INDEX IF NOT EXISTS registry_tasks_expiry ON registry_tasks (state, expires_at);
