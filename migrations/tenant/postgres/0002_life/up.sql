-- The rows that must be mended, as the person who sent them would recognise them. Nothing is kept
-- of a file in which personal data was found.
CREATE TABLE submission_bad_rows (
    submission_id TEXT COLLATE "C" NOT NULL REFERENCES submissions (id),
    table_name TEXT COLLATE "C" NOT NULL,
    csv BYTEA NOT NULL,
    PRIMARY KEY (submission_id, table_name)
);

-- What must be answered before sign-off. occurrences: how many rows an entry stands for; entries
-- beyond the ones that are listed row by row are kept as one for each rule.
CREATE TABLE submission_queries (
    submission_id TEXT COLLATE "C" NOT NULL REFERENCES submissions (id),
    number BIGINT NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    row_number BIGINT,
    column_name TEXT COLLATE "C",
    business_key TEXT COLLATE "C",
    message TEXT COLLATE "C" NOT NULL,
    occurrences BIGINT NOT NULL,
    PRIMARY KEY (submission_id, number)
);

-- row_number is null where the answer stands for every row of the rule. The newest answer stands.
-- confirms: the answer to an earlier version that is given again.
CREATE TABLE answers (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    submission_id TEXT COLLATE "C" NOT NULL REFERENCES submissions (id),
    table_name TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    row_number BIGINT,
    column_name TEXT COLLATE "C",
    text TEXT COLLATE "C" NOT NULL,
    confirms TEXT COLLATE "C" REFERENCES answers (id),
    answered_at BIGINT NOT NULL,
    answered_by TEXT COLLATE "C" NOT NULL
);

CREATE INDEX answers_by_submission ON answers (submission_id, id);

-- The agreement under which providers see each other's published lines; the newest stands.
-- Days are written 2026-11-23 and both count.
CREATE TABLE agreements (
    number BIGINT PRIMARY KEY NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    starts_on TEXT COLLATE "C" NOT NULL,
    ends_on TEXT COLLATE "C" NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL
);

-- A published figure that somebody holds to be wrong. provider: whose service it is. raised_for:
-- whose person raised it, an owner.
CREATE TABLE disputes (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    edition BIGINT NOT NULL REFERENCES editions (number),
    provider TEXT COLLATE "C" NOT NULL,
    service TEXT COLLATE "C" NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    column_name TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C",
    claim TEXT COLLATE "C" NOT NULL,
    proposed_value TEXT COLLATE "C",
    evidence TEXT COLLATE "C" NOT NULL,
    scenario_id TEXT COLLATE "C" REFERENCES scenarios (id),
    raised_for TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL
);

-- What became of a dispute; it is open until there is a row. state: accepted, rejected, withdrawn.
CREATE TABLE dispute_decisions (
    dispute_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES disputes (id),
    state TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT NOT NULL,
    decided_by TEXT COLLATE "C" NOT NULL
);

-- The published result with and without the disputed figure, or why there is none.
CREATE TABLE dispute_results (
    dispute_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES disputes (id),
    result_json TEXT COLLATE "C",
    error TEXT COLLATE "C",
    computed_at BIGINT NOT NULL
);

-- Evidence handed in with a dispute; the file itself is kept in the data folder by its hash.
CREATE TABLE dispute_files (
    dispute_id TEXT COLLATE "C" NOT NULL REFERENCES disputes (id),
    sha256 TEXT COLLATE "C" NOT NULL,
    file_name TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    file_bytes BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (dispute_id, sha256)
);

-- What has left the Board, kept whole so that a later release can be compared with it. cells: the
-- figures that were shown, in the form in which releases are compared.
CREATE TABLE releases (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    edition BIGINT NOT NULL REFERENCES editions (number),
    purpose TEXT COLLATE "C" NOT NULL,
    content BYTEA NOT NULL,
    content_sha256 TEXT COLLATE "C" NOT NULL,
    cells TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL
);

CREATE TRIGGER submission_bad_rows_are_for_good BEFORE UPDATE OR DELETE ON submission_bad_rows
FOR EACH ROW EXECUTE FUNCTION refuse_change('what a check found is never changed');

CREATE TRIGGER submission_queries_are_for_good BEFORE UPDATE OR DELETE ON submission_queries
FOR EACH ROW EXECUTE FUNCTION refuse_change('what a check found is never changed');

CREATE TRIGGER answers_are_for_good BEFORE UPDATE OR DELETE ON answers
FOR EACH ROW EXECUTE FUNCTION refuse_change('an answer is never changed: give another');

CREATE TRIGGER agreements_are_for_good BEFORE UPDATE OR DELETE ON agreements
FOR EACH ROW EXECUTE FUNCTION refuse_change('an agreement is never changed: record another');

CREATE TRIGGER disputes_are_for_good BEFORE UPDATE OR DELETE ON disputes
FOR EACH ROW EXECUTE FUNCTION refuse_change('what is disputed is never changed');

CREATE TRIGGER dispute_decisions_are_for_good BEFORE UPDATE OR DELETE ON dispute_decisions
FOR EACH ROW EXECUTE FUNCTION refuse_change('a decision is never changed');

CREATE TRIGGER dispute_results_are_for_good BEFORE UPDATE OR DELETE ON dispute_results
FOR EACH ROW EXECUTE FUNCTION refuse_change('the result of a dispute is never changed');

CREATE TRIGGER dispute_files_are_for_good BEFORE UPDATE OR DELETE ON dispute_files
FOR EACH ROW EXECUTE FUNCTION refuse_change('evidence is never changed');

CREATE TRIGGER releases_are_for_good BEFORE UPDATE OR DELETE ON releases
FOR EACH ROW EXECUTE FUNCTION refuse_change('a release is never changed');
