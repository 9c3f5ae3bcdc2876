CREATE TABLE tenants (
    code TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE people (
    id TEXT PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    person_id TEXT NOT NULL REFERENCES people (id),
    tenant TEXT NOT NULL REFERENCES tenants (code),
    role TEXT NOT NULL,
    provider TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, tenant)
);

CREATE INDEX memberships_by_tenant ON memberships (tenant);

-- The token itself is only in the browser.
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL,
    tenant TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (person_id, tenant) REFERENCES memberships (person_id, tenant)
);

CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_person ON sessions (person_id, tenant);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    person TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit record is only ever added to'); END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit record is only ever added to'); END;
