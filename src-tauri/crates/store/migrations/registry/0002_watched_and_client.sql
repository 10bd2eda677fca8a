-- Whether the app watches a workspace while the window shows another, and which Codat client it belongs to.
ALTER TABLE workspaces ADD COLUMN watched INTEGER NOT NULL DEFAULT 1 CHECK (watched IN (0, 1));
ALTER TABLE workspaces ADD COLUMN client_id TEXT;
