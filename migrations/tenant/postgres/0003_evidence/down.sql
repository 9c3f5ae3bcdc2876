ALTER TABLE edition_values DROP COLUMN evidence_json;
