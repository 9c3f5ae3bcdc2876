-- The last line of the audit record, marked with a key that is not in the database: who cuts the
-- record short cannot mark the line that is last then.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    mark TEXT COLLATE "C" NOT NULL
);
