-- Companies that the server tells of in a way that cannot be read: what is kept of them, if anything, is older.
CREATE TABLE unreadable (
    company_id TEXT    NOT NULL PRIMARY KEY,
    since      INTEGER NOT NULL,
    reason     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Counts them without reading what is said of each.
CREATE INDEX unreadable_since ON unreadable (since);
