-- What stands behind the values of an edition: doubt, comparisons, equity, need, method. Editions
-- valued before have none.
ALTER TABLE edition_values ADD COLUMN evidence_json TEXT COLLATE "C";
