-- Runs: kept lists of reads to queue, with what became of each. They are ours, and outlive what the server says.
CREATE TABLE runs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- person, schedule, keepAlive.
    cause      TEXT    NOT NULL,
    -- The schedule's number, where one wants it.
    schedule   INTEGER,
    label      TEXT    NOT NULL,
    -- 0 running, 1 paused, 2 done, 3 cancelled.
    state      INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
    created_at INTEGER NOT NULL,
    starts_at  INTEGER NOT NULL,
    spread     INTEGER NOT NULL,
    -- When nothing more came of it. A run that was taken back ends when what it had asked for is known.
    ended_at   INTEGER,
    -- How its items stood then, as JSON: items are not counted again.
    counts     TEXT
) STRICT;

CREATE INDEX runs_open ON runs (id) WHERE ended_at IS NULL;
CREATE INDEX runs_ended ON runs (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE run_items (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    run           INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    company_id    TEXT    NOT NULL,
    -- None: all types that are fetched on first link.
    data_type     TEXT,
    connection_id TEXT,
    -- 0 waiting, 1 sent, 2 queued, 3 running already, 4 read, 5 failed, 6 skipped, 7 cancelled.
    state         INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7),
    -- The idempotency key that it was written down with before its request.
    key           TEXT,
    sent_at       INTEGER,
    -- How often it was written down as sent and certainly did not happen.
    tries         INTEGER NOT NULL DEFAULT 0,
    -- It waits, and not only for its turn.
    not_before    INTEGER,
    -- The company's last read when it was sent: a later one is this one's.
    was_read      INTEGER,
    at            INTEGER,
    -- Why it was left out: unlinked, gone.
    skipped       TEXT,
    -- Why it failed, as the engine says it, and whether asking again may help.
    why           TEXT,
    can_retry     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX run_items_by_state ON run_items (run, state, id);
-- What was asked for and has yet to end.
CREATE INDEX run_items_under_way ON run_items (company_id, data_type, sent_at) WHERE state IN (1, 2);
-- What the server took and is looked for, the longest unseen first.
CREATE INDEX run_items_queued ON run_items (at) WHERE state = 2;
