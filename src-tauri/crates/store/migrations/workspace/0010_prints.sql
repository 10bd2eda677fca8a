-- A fingerprint of the record, where that says all that is known of its company: that a sweep says the same again
-- is seen without the record.
ALTER TABLE companies ADD COLUMN print INTEGER;

CREATE INDEX companies_by_print ON companies (id, print) WHERE print IS NOT NULL;
