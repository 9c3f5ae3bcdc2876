-- What was asked for beside a run's plan, as words (nothing in older runs), and its health against
-- budget.
ALTER TABLE runs ADD COLUMN beside TEXT COLLATE "C";
ALTER TABLE runs ADD COLUMN frontier_json TEXT COLLATE "C";
