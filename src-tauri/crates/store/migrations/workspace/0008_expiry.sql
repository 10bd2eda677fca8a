-- When connections may expire, what is done about it, and what is known of the clocks.

ALTER TABLE connections ADD COLUMN created INTEGER;
-- The newest successful read.
ALTER TABLE connections ADD COLUMN last_read INTEGER;
-- When it was last seen to become linked.
ALTER TABLE connections ADD COLUMN linked INTEGER;
-- 0 idle, 1 consent, 2 none that is counted; nothing unless it is linked.
ALTER TABLE connections ADD COLUMN clock INTEGER CHECK (clock BETWEEN 0 AND 2);
ALTER TABLE connections ADD COLUMN expires INTEGER;
-- When something is to be done about that: a read that keeps it alive, a warning.
ALTER TABLE connections ADD COLUMN due INTEGER;

CREATE INDEX connections_by_expiry ON connections (expires, clock, id, company) WHERE expires IS NOT NULL;
CREATE INDEX connections_due ON connections (clock, due, expires, integration_key) WHERE due IS NOT NULL;
CREATE INDEX connections_by_clock ON connections (clock, integration_key) WHERE clock IS NOT NULL;

UPDATE connections SET linked = seen.at
FROM (SELECT connection_id, max(at) AS at FROM journal
      WHERE kind = 'statusChanged' AND became = 'Linked' GROUP BY connection_id) AS seen
WHERE seen.connection_id = connections.id;

-- Rules that a person put in the place of ours.
CREATE TABLE clocks (
    integration_key TEXT    NOT NULL PRIMARY KEY,
    -- 0 idle, 1 consent; nothing where no clock is counted.
    kind            INTEGER CHECK (kind BETWEEN 0 AND 1),
    days            INTEGER,
    source          TEXT    NOT NULL,
    estimate        INTEGER NOT NULL,
    CHECK ((kind IS NULL) = (days IS NULL))
) STRICT, WITHOUT ROWID;

-- What keep-alive did, append-only but for the outcome.
CREATE TABLE keep_alive (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    at            INTEGER NOT NULL,
    company_id    TEXT    NOT NULL,
    company_name  TEXT    NOT NULL,
    connection_id TEXT    NOT NULL,
    platform      TEXT    NOT NULL,
    -- Nothing where no type that the integration supports is known.
    data_type     TEXT,
    -- When the connection would have expired.
    expires       INTEGER NOT NULL,
    -- The connection's last read then: a later one is what was wanted.
    was_read      INTEGER,
    -- queued, read, failed, unsupported.
    outcome       TEXT    NOT NULL,
    -- Why, where it failed.
    detail        TEXT,
    outcome_at    INTEGER
) STRICT;

CREATE INDEX keep_alive_open ON keep_alive (connection_id, id) WHERE outcome = 'queued';
