-- The orders in which a list may begin before its columns are in memory (first.rs).
CREATE INDEX companies_by_name ON companies (folded_name, id);
CREATE INDEX companies_by_last_read ON companies (last_read DESC, folded_name, id);
CREATE INDEX companies_by_created ON companies (created DESC, folded_name, id);
