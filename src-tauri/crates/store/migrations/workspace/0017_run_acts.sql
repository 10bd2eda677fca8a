-- Runs that change companies.

-- What the run does with each company: changeTags, deleteCompany. None: it requests reads.
ALTER TABLE runs ADD COLUMN act TEXT CHECK (act IN ('changeTags', 'deleteCompany'));
-- The tags to add and the keys to remove, as JSON.
ALTER TABLE runs ADD COLUMN tags TEXT CHECK ((tags IS NOT NULL) = (act IS 'changeTags'));

-- The name of a company that the run changes: of a deleted company, nothing else is stored.
ALTER TABLE run_items ADD COLUMN name TEXT;
