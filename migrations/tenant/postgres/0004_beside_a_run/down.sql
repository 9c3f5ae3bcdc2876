ALTER TABLE runs DROP COLUMN frontier_json;
ALTER TABLE runs DROP COLUMN beside;
