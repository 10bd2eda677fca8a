-- What is kept as one JSON document each: the clock, sync settings, and whatever else has no table of its own.
CREATE TABLE document (
    kind   TEXT NOT NULL,
    key    TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
