-- Whoever writes passes one at a time: a change locks this row first.
CREATE TABLE gate (
    id BIGINT PRIMARY KEY NOT NULL
);

INSERT INTO gate VALUES (1);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;

-- What was handed in. state: draft, refused, checked, submitted, signed_off.
CREATE TABLE submissions (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    file_name TEXT COLLATE "C" NOT NULL,
    file_sha256 TEXT COLLATE "C" NOT NULL,
    file_bytes BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    report TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    checked_at BIGINT,
    submitted_at BIGINT,
    submitted_by TEXT COLLATE "C",
    signed_off_at BIGINT,
    signed_off_by TEXT COLLATE "C",
    UNIQUE (owner, table_name, version)
);

-- Accepted content, in the canonical form that was checked.
CREATE TABLE submission_tables (
    submission_id TEXT COLLATE "C" NOT NULL REFERENCES submissions (id),
    table_name TEXT COLLATE "C" NOT NULL,
    csv BYTEA NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    row_count BIGINT NOT NULL,
    total_pence BIGINT,
    PRIMARY KEY (submission_id, table_name)
);

CREATE TABLE editions (
    number BIGINT PRIMARY KEY NOT NULL,
    parameters_sha256 TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL
);

CREATE TABLE edition_parts (
    edition BIGINT NOT NULL REFERENCES editions (number),
    owner TEXT COLLATE "C" NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    submission_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (edition, owner, table_name),
    FOREIGN KEY (submission_id, table_name)
        REFERENCES submission_tables (submission_id, table_name)
);

-- Computed once, after publishing.
CREATE TABLE edition_values (
    edition BIGINT PRIMARY KEY NOT NULL REFERENCES editions (number),
    book_sha256 TEXT COLLATE "C" NOT NULL,
    value_json TEXT COLLATE "C" NOT NULL,
    computed_at BIGINT NOT NULL
);

CREATE TABLE scenarios (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    toml TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL
);

-- state: waiting, done, failed. outcome: what the solver and our own proof said.
CREATE TABLE runs (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    scenario_id TEXT COLLATE "C" NOT NULL REFERENCES scenarios (id),
    edition BIGINT NOT NULL REFERENCES editions (number),
    draws BIGINT,
    seed BIGINT,
    state TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C",
    certified BOOLEAN,
    result_json TEXT COLLATE "C",
    error TEXT COLLATE "C",
    idempotency_key TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    finished_at BIGINT,
    UNIQUE (created_by, idempotency_key)
);

-- state: waiting, leased, done, failed. fence rises with every lease: whoever holds an older one
-- can no longer write.
CREATE TABLE jobs (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    lease_until BIGINT,
    progress DOUBLE PRECISION NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    error TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    UNIQUE (kind, subject)
);

CREATE INDEX jobs_by_state ON jobs (state, id);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    details TEXT COLLATE "C" NOT NULL,
    prev_hash TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL
);

CREATE TRIGGER audit_is_for_good BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION refuse_change('the audit record is only ever added to');

CREATE TRIGGER submission_tables_are_for_good BEFORE UPDATE OR DELETE ON submission_tables
FOR EACH ROW EXECUTE FUNCTION refuse_change('an accepted table is never changed');

CREATE TRIGGER editions_are_for_good BEFORE UPDATE OR DELETE ON editions
FOR EACH ROW EXECUTE FUNCTION refuse_change('an edition is never changed');

CREATE TRIGGER edition_parts_are_for_good BEFORE UPDATE OR DELETE ON edition_parts
FOR EACH ROW EXECUTE FUNCTION refuse_change('an edition is never changed');

CREATE TRIGGER edition_values_are_for_good BEFORE UPDATE OR DELETE ON edition_values
FOR EACH ROW EXECUTE FUNCTION refuse_change('the value of an edition is never changed');
