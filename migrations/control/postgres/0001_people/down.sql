DROP TABLE audit;
DROP TABLE sessions;
DROP TABLE memberships;
DROP TABLE people;
DROP TABLE tenants;
DROP FUNCTION refuse_change;
DROP TABLE gate;
