-- What was said of a company's topics, exactly as it was said, the newest of each. A refusal that is an
-- answer (never read, no such data) stands beside the last answer, which stays readable.
CREATE TABLE answers (
    -- Empty: of the whole client.
    company_id TEXT NOT NULL,
    topic      TEXT NOT NULL,
    at         INTEGER,
    raw        TEXT,
    refused_at INTEGER,
    -- Newer than the answer: the codat::Failure, as JSON.
    refusal    TEXT,
    PRIMARY KEY (company_id, topic)
) STRICT, WITHOUT ROWID;

-- Reads and writes of a company's data, each as it was last said.
CREATE TABLE operations (
    id         TEXT    NOT NULL PRIMARY KEY,
    company_id TEXT    NOT NULL,
    -- 0 read, 1 write.
    is_write   INTEGER NOT NULL,
    requested  INTEGER NOT NULL,
    data_type  TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    raw        TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX operations_in_order ON operations (company_id, is_write, requested DESC, id);

-- Private notes; they outlive everything that the server says.
CREATE TABLE notes (
    company_id TEXT    NOT NULL PRIMARY KEY,
    text       TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A company's own timeline, newest first.
CREATE INDEX journal_by_company ON journal (company_id, seq);
CREATE INDEX intents_by_company ON intents (company_id, id);
