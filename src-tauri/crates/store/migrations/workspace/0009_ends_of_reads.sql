-- What became of reads, further than that their company was read; and runs that are written down in parts.

-- How often histories were looked at for what became of its items.
ALTER TABLE runs ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;

-- Of an item that reads all data types: 0 what became of each was seen in the history; 1 its company was read,
-- and each is to be looked at; 2 its company was read, and no more is looked at.
ALTER TABLE run_items ADD COLUMN types INTEGER CHECK (types BETWEEN 0 AND 2);
CREATE INDEX run_items_by_types ON run_items (run, types, id) WHERE types IS NOT NULL;

-- Reads of a run that are not items yet, in their order, each row a JSON array of them.
CREATE TABLE run_rests (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    run   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    reads TEXT    NOT NULL,
    many  INTEGER NOT NULL
) STRICT;

CREATE INDEX run_rests_by_run ON run_rests (run, id);

-- How often in a row what a schedule asked for failed for a reason that may pass, and when it last did.
ALTER TABLE schedule_standings ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE schedule_standings ADD COLUMN failed_at INTEGER;

CREATE INDEX keep_alive_by_connection ON keep_alive (connection_id, id);
