-- A membership is never deleted: what its person did stays readable.
ALTER TABLE memberships ADD COLUMN last_signed_in_at BIGINT;
ALTER TABLE memberships ADD COLUMN ended_at BIGINT;

-- The token itself is only in the link. One that is accepted, withdrawn or expired admits nobody.
CREATE TABLE invitations (
    id TEXT PRIMARY KEY NOT NULL,
    tenant TEXT NOT NULL REFERENCES tenants (code),
    token_hash TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    provider TEXT,
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    accepted_by TEXT,
    withdrawn_at BIGINT,
    withdrawn_by TEXT
);

CREATE INDEX invitations_by_tenant ON invitations (tenant, id);

CREATE TRIGGER memberships_are_never_deleted BEFORE DELETE ON memberships
BEGIN SELECT RAISE(ABORT, 'a membership is ended, never deleted'); END;
