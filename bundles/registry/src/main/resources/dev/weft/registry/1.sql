CREATE TABLE registry_agents (
    id VARCHAR(64) PRIMARY KEY,
    card TEXT NOT NULL,
    registered_at BIGINT NOT NULL,
    last_heartbeat BIGINT NOT NULL
);

CREATE TABLE registry_pairings (
    id VARCHAR(32) PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    peer_id VARCHAR(64) NOT NULL UNIQUE,
    public_key VARCHAR(64) NOT NULL UNIQUE,
    status VARCHAR(32) NOT NULL,
    code VARCHAR(6) NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    approved_at BIGINT NOT NULL
);

CREATE TABLE registry_tasks (
    id VARCHAR(12) PRIMARY KEY,
    skill VARCHAR(128) NOT NULL,
    skill_base VARCHAR(128) NOT NULL,
    target VARCHAR(64) NOT NULL,
    source VARCHAR(128) NOT NULL,
    assigned VARCHAR(64) NOT NULL,
    payload TEXT NOT NULL,
    state VARCHAR(16) NOT NULL,
    result TEXT NOT NULL,
    error TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ttl BIGINT NOT NULL
);

CREATE INDEX registry_tasks_waiting ON registry_tasks (state, target, created_at);
CREATE INDEX registry_tasks_newest ON registry_tasks (created_at);
