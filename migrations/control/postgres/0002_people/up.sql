-- A membership is never deleted: what its person did stays readable.
ALTER TABLE memberships ADD COLUMN last_signed_in_at BIGINT;
ALTER TABLE memberships ADD COLUMN ended_at BIGINT;

-- The token itself is only in the link. One that is accepted, withdrawn or expired admits nobody.
CREATE TABLE invitations (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    tenant TEXT COLLATE "C" NOT NULL REFERENCES tenants (code),
    token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    email TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    provider TEXT COLLATE "C",
    invited_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    accepted_by TEXT COLLATE "C",
    withdrawn_at BIGINT,
    withdrawn_by TEXT COLLATE "C"
);

CREATE INDEX invitations_by_tenant ON invitations (tenant, id);

CREATE TRIGGER memberships_are_never_deleted BEFORE DELETE ON memberships
    FOR EACH ROW EXECUTE FUNCTION refuse_change('a membership is ended, never deleted');
