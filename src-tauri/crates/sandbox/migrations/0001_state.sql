-- What a world is made of; one row. Everything else is what differs from it.
CREATE TABLE origin (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    seed      TEXT    NOT NULL,
    companies INTEGER NOT NULL,
    born      TEXT    NOT NULL
) STRICT;

-- Companies that were changed or made; without a record: deleted.
CREATE TABLE company (
    slot   INTEGER PRIMARY KEY,
    record TEXT
) STRICT;

CREATE TABLE refresh (
    number INTEGER PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;

-- Without a record: deleted; its number is not given again.
CREATE TABLE api_key (
    number INTEGER PRIMARY KEY,
    record TEXT
) STRICT;

CREATE TABLE profile (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    record TEXT NOT NULL
) STRICT;

-- Answers kept for requests with an Idempotency-Key.
CREATE TABLE replay (
    key    TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
