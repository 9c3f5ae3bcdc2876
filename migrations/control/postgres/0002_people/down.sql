DROP TRIGGER memberships_are_never_deleted ON memberships;
DROP TABLE invitations;
ALTER TABLE memberships DROP COLUMN ended_at;
ALTER TABLE memberships DROP COLUMN last_signed_in_at;
