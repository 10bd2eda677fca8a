-- Changes beyond the cursor that are decided, told or not, while an older one still waits for its second look.
CREATE TABLE alert_decisions (seq INTEGER PRIMARY KEY) STRICT;

-- The notification that an alert was claimed for: the smallest number in it.
ALTER TABLE alerts ADD COLUMN digest INTEGER;

CREATE INDEX alerts_by_digest ON alerts (digest) WHERE digest IS NOT NULL;
CREATE INDEX alerts_by_time ON alerts (at);
