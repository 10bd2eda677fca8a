-- What is above all workspaces.
CREATE TABLE workspaces (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('sandbox', 'codat')),
    colour     TEXT    NOT NULL,
    safe_mode  TEXT    NOT NULL CHECK (safe_mode IN ('view', 'operate', 'administer')),
    invite_url TEXT,
    base_url   TEXT    NOT NULL,
    position   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX workspaces_in_order ON workspaces (position, id);

CREATE TABLE preferences (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
