-- Schedules of this computer, what they did, and how companies stand with them.
CREATE TABLE schedules (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT    NOT NULL,
    is_on   INTEGER NOT NULL,
    -- What it does and when, as JSON; read by the app, not by SQL.
    plan    TEXT    NOT NULL,
    -- The last date and time of its own clock that was decided about.
    decided TEXT,
    -- Removed, and can be brought back until the next start.
    removed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- How a company stands with a schedule: when its data were last read well, as far as it was asked, and when
-- the schedule last asked for a read.
CREATE TABLE schedule_standings (
    schedule   INTEGER NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    company_id TEXT    NOT NULL,
    known_read INTEGER,
    -- What the company's last read was when that was asked.
    known_at   INTEGER,
    attempted  INTEGER,
    PRIMARY KEY (schedule, company_id)
) STRICT, WITHOUT ROWID;

-- What a schedule did when it was due, and why not.
CREATE TABLE schedule_outcomes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule   INTEGER NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    -- When it was due; none where a person asked.
    due        INTEGER,
    at         INTEGER NOT NULL,
    -- Times that were due before and had not been met.
    earlier    INTEGER NOT NULL,
    -- What held it up or why nothing was read: a word, see schedules.rs.
    reason     TEXT,
    queued     INTEGER NOT NULL,
    done       INTEGER NOT NULL,
    unreadable INTEGER NOT NULL,
    -- The run that reads, where there is one.
    run        INTEGER
) STRICT;

CREATE INDEX schedule_outcomes_by_schedule ON schedule_outcomes (schedule, id);

-- The companies whose own sync settings are kept: which of them override the workspace's.
CREATE INDEX answers_of_sync_settings ON answers (company_id) WHERE topic = 'syncSettings';
