-- A parent's row says how many of its subsidiaries have which colour: read from the index alone.
DROP INDEX companies_by_parent;
CREATE INDEX companies_by_parent ON companies (parent_id, colour) WHERE parent_id IS NOT NULL;
