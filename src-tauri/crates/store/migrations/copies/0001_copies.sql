-- Copies of all records of a type, each as it was read in one go. All of it can be read again: this file is
-- no loss.
CREATE TABLE copies (
    -- Never given twice: what is asked of a copy that is gone finds nothing.
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id TEXT    NOT NULL,
    -- The key, and the account where it is read by account.
    data_type  TEXT    NOT NULL,
    -- Empty: of the company.
    connection TEXT    NOT NULL,
    -- Whether it is of all records; one of some is never whole.
    of_all     INTEGER NOT NULL,
    begun      INTEGER NOT NULL,
    -- When it was whole; none: it is being made, or was given up.
    at         INTEGER,
    -- How many records it has, how many there are, and whether that differed between pages.
    records    INTEGER NOT NULL DEFAULT 0,
    total      INTEGER NOT NULL DEFAULT 0,
    moved      INTEGER NOT NULL DEFAULT 0,
    bytes      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX copies_whole ON copies (company_id, data_type, connection) WHERE at IS NOT NULL;
CREATE INDEX copies_by_company ON copies (company_id);
CREATE INDEX copies_unfinished ON copies (number) WHERE at IS NULL;
CREATE INDEX copies_by_age ON copies (at, bytes) WHERE at IS NOT NULL;

-- Its records, each exactly as it was said, in the server's order.
CREATE TABLE copied (
    -- The copy's number times 2^32, and the record's place from 0.
    place INTEGER PRIMARY KEY,
    raw   TEXT NOT NULL
) STRICT;
