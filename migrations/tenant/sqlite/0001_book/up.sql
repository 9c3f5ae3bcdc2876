-- What was handed in. state: draft, refused, checked, submitted, signed_off.
CREATE TABLE submissions (
    id TEXT PRIMARY KEY NOT NULL,
    owner TEXT NOT NULL,
    table_name TEXT NOT NULL,
    version BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    file_bytes BIGINT NOT NULL,
    state TEXT NOT NULL,
    report TEXT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    checked_at BIGINT,
    submitted_at BIGINT,
    submitted_by TEXT,
    signed_off_at BIGINT,
    signed_off_by TEXT,
    UNIQUE (owner, table_name, version)
);

-- Accepted content, in the canonical form that was checked.
CREATE TABLE submission_tables (
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    table_name TEXT NOT NULL,
    csv BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    total_pence BIGINT,
    PRIMARY KEY (submission_id, table_name)
);

CREATE TABLE editions (
    number BIGINT PRIMARY KEY NOT NULL,
    parameters_sha256 TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);

CREATE TABLE edition_parts (
    edition BIGINT NOT NULL REFERENCES editions (number),
    owner TEXT NOT NULL,
    table_name TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    PRIMARY KEY (edition, owner, table_name),
    FOREIGN KEY (submission_id, table_name)
        REFERENCES submission_tables (submission_id, table_name)
);

-- Computed once, after publishing.
CREATE TABLE edition_values (
    edition BIGINT PRIMARY KEY NOT NULL REFERENCES editions (number),
    book_sha256 TEXT NOT NULL,
    value_json TEXT NOT NULL,
    computed_at BIGINT NOT NULL
);

CREATE TABLE scenarios (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    toml TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);

-- state: waiting, done, failed. outcome: what the solver and our own proof said.
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    scenario_id TEXT NOT NULL REFERENCES scenarios (id),
    edition BIGINT NOT NULL REFERENCES editions (number),
    draws BIGINT,
    seed BIGINT,
    state TEXT NOT NULL,
    outcome TEXT,
    certified BOOLEAN,
    result_json TEXT,
    error TEXT,
    idempotency_key TEXT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    finished_at BIGINT,
    UNIQUE (created_by, idempotency_key)
);

-- state: waiting, leased, done, failed. fence rises with every lease: whoever holds an older one
-- can no longer write.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    lease_until BIGINT,
    progress DOUBLE NOT NULL,
    message TEXT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    UNIQUE (kind, subject)
);

CREATE INDEX jobs_by_state ON jobs (state, id);

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

CREATE TRIGGER submission_tables_are_never_changed BEFORE UPDATE ON submission_tables
BEGIN SELECT RAISE(ABORT, 'an accepted table is never changed'); END;

CREATE TRIGGER submission_tables_are_never_deleted BEFORE DELETE ON submission_tables
BEGIN SELECT RAISE(ABORT, 'an accepted table is never deleted'); END;

CREATE TRIGGER editions_are_never_changed BEFORE UPDATE ON editions
BEGIN SELECT RAISE(ABORT, 'an edition is never changed'); END;

CREATE TRIGGER editions_are_never_deleted BEFORE DELETE ON editions
BEGIN SELECT RAISE(ABORT, 'an edition is never deleted'); END;

CREATE TRIGGER edition_parts_are_never_changed BEFORE UPDATE ON edition_parts
BEGIN SELECT RAISE(ABORT, 'an edition is never changed'); END;

CREATE TRIGGER edition_parts_are_never_deleted BEFORE DELETE ON edition_parts
BEGIN SELECT RAISE(ABORT, 'an edition is never deleted'); END;

CREATE TRIGGER edition_values_are_never_changed BEFORE UPDATE ON edition_values
BEGIN SELECT RAISE(ABORT, 'the value of an edition is never changed'); END;

CREATE TRIGGER edition_values_are_never_deleted BEFORE DELETE ON edition_values
BEGIN SELECT RAISE(ABORT, 'the value of an edition is never deleted'); END;
