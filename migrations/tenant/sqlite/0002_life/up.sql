-- The rows that must be mended, as the person who sent them would recognise them. Nothing is kept
-- of a file in which personal data was found.
CREATE TABLE submission_bad_rows (
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    table_name TEXT NOT NULL,
    csv BLOB NOT NULL,
    PRIMARY KEY (submission_id, table_name)
);

-- What must be answered before sign-off. occurrences: how many rows an entry stands for; entries
-- beyond the ones that are listed row by row are kept as one for each rule.
CREATE TABLE submission_queries (
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    number BIGINT NOT NULL,
    table_name TEXT NOT NULL,
    rule TEXT NOT NULL,
    row_number BIGINT,
    column_name TEXT,
    business_key TEXT,
    message TEXT NOT NULL,
    occurrences BIGINT NOT NULL,
    PRIMARY KEY (submission_id, number)
);

-- Files that were checked before this table was made keep their queries in their report.
INSERT INTO submission_queries
SELECT
    submissions.id,
    problem.key,
    json_extract(problem.value, '$.table'),
    json_extract(problem.value, '$.rule'),
    json_extract(problem.value, '$.row'),
    json_extract(problem.value, '$.column'),
    NULL,
    json_extract(problem.value, '$.message'),
    1
FROM submissions, json_each(submissions.report, '$.problems') AS problem
WHERE submissions.state IN ('checked', 'submitted')
    AND json_extract(problem.value, '$.severity') = 'query';

-- row_number is null where the answer stands for every row of the rule. The newest answer stands.
-- confirms: the answer to an earlier version that is given again.
CREATE TABLE answers (
    id TEXT PRIMARY KEY NOT NULL,
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    table_name TEXT NOT NULL,
    rule TEXT NOT NULL,
    row_number BIGINT,
    column_name TEXT,
    text TEXT NOT NULL,
    confirms TEXT REFERENCES answers (id),
    answered_at BIGINT NOT NULL,
    answered_by TEXT NOT NULL
);

CREATE INDEX answers_by_submission ON answers (submission_id, id);

-- The agreement under which providers see each other's published lines; the newest stands.
-- Days are written 2026-11-23 and both count.
CREATE TABLE agreements (
    number BIGINT PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL
);

-- A published figure that somebody holds to be wrong. provider: whose service it is. raised_for:
-- whose person raised it, an owner.
CREATE TABLE disputes (
    id TEXT PRIMARY KEY NOT NULL,
    edition BIGINT NOT NULL REFERENCES editions (number),
    provider TEXT NOT NULL,
    service TEXT NOT NULL,
    table_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    row_key TEXT,
    claim TEXT NOT NULL,
    proposed_value TEXT,
    evidence TEXT NOT NULL,
    scenario_id TEXT REFERENCES scenarios (id),
    raised_for TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);

-- What became of a dispute; it is open until there is a row. state: accepted, rejected, withdrawn.
CREATE TABLE dispute_decisions (
    dispute_id TEXT PRIMARY KEY NOT NULL REFERENCES disputes (id),
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    decided_by TEXT NOT NULL
);

-- The published result with and without the disputed figure, or why there is none.
CREATE TABLE dispute_results (
    dispute_id TEXT PRIMARY KEY NOT NULL REFERENCES disputes (id),
    result_json TEXT,
    error TEXT,
    computed_at BIGINT NOT NULL
);

-- Evidence handed in with a dispute; the file itself is kept in the data folder by its hash.
CREATE TABLE dispute_files (
    dispute_id TEXT NOT NULL REFERENCES disputes (id),
    sha256 TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    file_bytes BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT NOT NULL,
    PRIMARY KEY (dispute_id, sha256)
);

-- What has left the Board, kept whole so that a later release can be compared with it. cells: the
-- figures that were shown, in the form in which releases are compared.
CREATE TABLE releases (
    id TEXT PRIMARY KEY NOT NULL,
    edition BIGINT NOT NULL REFERENCES editions (number),
    purpose TEXT NOT NULL,
    content BLOB NOT NULL,
    content_sha256 TEXT NOT NULL,
    cells TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);

CREATE TRIGGER submission_bad_rows_are_never_changed BEFORE UPDATE ON submission_bad_rows
BEGIN SELECT RAISE(ABORT, 'what a check found is never changed'); END;

CREATE TRIGGER submission_bad_rows_are_never_deleted BEFORE DELETE ON submission_bad_rows
BEGIN SELECT RAISE(ABORT, 'what a check found is never deleted'); END;

CREATE TRIGGER submission_queries_are_never_changed BEFORE UPDATE ON submission_queries
BEGIN SELECT RAISE(ABORT, 'what a check found is never changed'); END;

CREATE TRIGGER submission_queries_are_never_deleted BEFORE DELETE ON submission_queries
BEGIN SELECT RAISE(ABORT, 'what a check found is never deleted'); END;

CREATE TRIGGER answers_are_never_changed BEFORE UPDATE ON answers
BEGIN SELECT RAISE(ABORT, 'an answer is never changed: give another'); END;

CREATE TRIGGER answers_are_never_deleted BEFORE DELETE ON answers
BEGIN SELECT RAISE(ABORT, 'an answer is never deleted'); END;

CREATE TRIGGER agreements_are_never_changed BEFORE UPDATE ON agreements
BEGIN SELECT RAISE(ABORT, 'an agreement is never changed: record another'); END;

CREATE TRIGGER agreements_are_never_deleted BEFORE DELETE ON agreements
BEGIN SELECT RAISE(ABORT, 'an agreement is never deleted'); END;

CREATE TRIGGER disputes_are_never_changed BEFORE UPDATE ON disputes
BEGIN SELECT RAISE(ABORT, 'what is disputed is never changed'); END;

CREATE TRIGGER disputes_are_never_deleted BEFORE DELETE ON disputes
BEGIN SELECT RAISE(ABORT, 'a dispute is never deleted'); END;

CREATE TRIGGER dispute_decisions_are_never_changed BEFORE UPDATE ON dispute_decisions
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;

CREATE TRIGGER dispute_decisions_are_never_deleted BEFORE DELETE ON dispute_decisions
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;

CREATE TRIGGER dispute_results_are_never_changed BEFORE UPDATE ON dispute_results
BEGIN SELECT RAISE(ABORT, 'the result of a dispute is never changed'); END;

CREATE TRIGGER dispute_results_are_never_deleted BEFORE DELETE ON dispute_results
BEGIN SELECT RAISE(ABORT, 'the result of a dispute is never deleted'); END;

CREATE TRIGGER dispute_files_are_never_changed BEFORE UPDATE ON dispute_files
BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;

CREATE TRIGGER dispute_files_are_never_deleted BEFORE DELETE ON dispute_files
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;

CREATE TRIGGER releases_are_never_changed BEFORE UPDATE ON releases
BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END;

CREATE TRIGGER releases_are_never_deleted BEFORE DELETE ON releases
BEGIN SELECT RAISE(ABORT, 'a release is never deleted'); END;
