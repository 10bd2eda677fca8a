-- One workspace: what its server said, what changed and when, and what the person was told.
-- Times are milliseconds since 1970, UTC. Identifiers are text: 36 characters, lower case, with hyphens.

-- What lists are made from, one slim row a company; the records themselves are kept apart, so that a walk
-- over all companies does not read them.
CREATE TABLE companies (
    number      INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    folded_name TEXT    NOT NULL,
    -- Folded text of name, creator, integrations and tags, each behind its mark (facts.rs).
    text        TEXT    NOT NULL,
    products    TEXT    NOT NULL,
    description TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    last_read   INTEGER,
    expires     INTEGER,
    -- 0 red, 1 grey, 2 purple, 3 green, 4 none.
    colour      INTEGER NOT NULL CHECK (colour BETWEEN 0 AND 4),
    -- One bit for each colour that a connection of it has.
    colours     INTEGER NOT NULL,
    parent_id   TEXT
) STRICT;

CREATE INDEX companies_by_parent ON companies (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX companies_by_colour ON companies (colour, folded_name, id);

CREATE TABLE records (
    company  INTEGER PRIMARY KEY REFERENCES companies (number) ON DELETE CASCADE,
    -- The object exactly as the server said it.
    raw      TEXT    NOT NULL,
    -- Connections that the object no longer has and that are not yet known to be gone: a JSON array.
    retained TEXT
) STRICT;

CREATE TABLE connections (
    id              TEXT    NOT NULL PRIMARY KEY,
    company         INTEGER NOT NULL REFERENCES companies (number) ON DELETE CASCADE,
    integration_key TEXT    NOT NULL,
    -- When its first reads were complete, as far as it is known.
    first_read      INTEGER,
    -- When it was deauthorized, while it is.
    deauthorized    INTEGER,
    -- Whether that was within a day of its first reads.
    brief           INTEGER NOT NULL,
    -- Brief, and through an offline connector.
    one_time        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX connections_by_company ON connections (company);
CREATE INDEX connections_brief ON connections (integration_key) WHERE brief = 1;

-- Append-only; seq is the order, times are information.
CREATE TABLE journal (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    at              INTEGER NOT NULL,
    cause           TEXT    NOT NULL,
    company_id      TEXT    NOT NULL,
    company_name    TEXT    NOT NULL,
    connection_id   TEXT,
    integration_key TEXT,
    platform        TEXT,
    kind            TEXT    NOT NULL,
    was             TEXT,
    became          TEXT,
    one_time        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE alerts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    first_seq  INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    state      TEXT    NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'claimed', 'shown')),
    claimed_at INTEGER,
    data       TEXT    NOT NULL
) STRICT;

CREATE INDEX alerts_unclaimed ON alerts (id) WHERE state = 'new';

-- How far in the journal it is decided what to tell; one row.
CREATE TABLE alert_cursor (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    seq      INTEGER NOT NULL
) STRICT;

INSERT INTO alert_cursor (only_row, seq) VALUES (1, 0);

CREATE TABLE intents (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    act        TEXT    NOT NULL,
    company_id TEXT,
    detail     TEXT    NOT NULL,
    outcome    TEXT,
    outcome_at INTEGER
) STRICT;

CREATE INDEX intents_open ON intents (id) WHERE outcome IS NULL;

CREATE TABLE kept (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE integrations (
    key     TEXT    NOT NULL PRIMARY KEY,
    name    TEXT    NOT NULL,
    -- Runs on the customer's own computer.
    offline INTEGER NOT NULL,
    raw     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
