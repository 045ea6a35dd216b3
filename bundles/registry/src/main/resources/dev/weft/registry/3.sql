ALTER TABLE registry_agents ADD COLUMN IF NOT EXISTS changed_at BIGINT DEFAULT 0 NOT NULL;

CREATE INDEX IF NOT EXISTS registry_pairings_token ON registry_pairings (token_hash);

CREATE TABLE IF NOT EXISTS registry_codes (
    code VARCHAR(6) PRIMARY KEY,
    expires_at BIGINT NOT NULL,
    public_key VARCHAR(64) NOT NULL
);

CREATE TABLE IF NOT EXISTS registry_guesses (
    id VARCHAR(16) PRIMARY KEY,
    made_at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS registry_locks (
    name VARCHAR(16) PRIMARY KEY
);

INSERT INTO registry_locks (name) SELECT 'pairing' WHERE NOT EXISTS (SELECT 1 FROM registry_locks WHERE name = 'pairing');
