-- Sessions last half a day at most: those of before are ended rather than carried over.
DROP TABLE sessions;

-- The token itself is only in the browser. The Board is absent for the person who runs the
-- installation; the device is a description in words, not what the browser sent.
CREATE TABLE sessions (
    token_hash TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    tenant TEXT COLLATE "C",
    device TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (person_id, tenant) REFERENCES memberships (person_id, tenant)
);

CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_person ON sessions (person_id, tenant);

-- People who run the installation; they belong to no Board.
CREATE TABLE platform_operators (
    person_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL
);

-- The secret is sealed with the installation's key for its person. Not confirmed yet: not asked
-- for. `last_step` is the last half minute whose code was taken.
CREATE TABLE second_factors (
    person_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES people (id),
    sealed_secret TEXT COLLATE "C" NOT NULL,
    last_step BIGINT,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT
);

-- A code that was used is deleted.
CREATE TABLE recovery_codes (
    code_hash TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL
);

CREATE INDEX recovery_codes_by_person ON recovery_codes (person_id);

-- The right password was given; the code is still to come.
CREATE TABLE pending_sign_ins (
    token_hash TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    tenant TEXT COLLATE "C",
    address_mark TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX pending_sign_ins_by_expiry ON pending_sign_ins (expires_at);
CREATE INDEX pending_sign_ins_by_person ON pending_sign_ins (person_id);

-- Wrong attempts in a row on an address, whether or not there is such an account; the address is
-- kept as a mark that nobody can turn back.
CREATE TABLE sign_in_attempts (
    address_mark TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    wrong BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    wait_until BIGINT NOT NULL
);

CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (last_at);

-- Programs that act for a person in one Board. `scopes` are codes of permissions with a space
-- between; `last_used_on` is the beginning of a day.
CREATE TABLE api_tokens (
    token_hash TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    tenant TEXT COLLATE "C" NOT NULL REFERENCES tenants (code),
    name TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_on BIGINT
);

CREATE INDEX api_tokens_by_person ON api_tokens (person_id, tenant);
