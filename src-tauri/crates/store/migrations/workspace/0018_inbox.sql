-- The inbox: what each alert is about, and whether it is read, snoozed or over.

ALTER TABLE alerts ADD COLUMN company_id TEXT;
ALTER TABLE alerts ADD COLUMN connection_id TEXT;
-- The end of the consent that the alert warns of.
ALTER TABLE alerts ADD COLUMN consent_ends INTEGER;
-- The topic of a notice, which is about no single connection. A topic has at most one open notice.
ALTER TABLE alerts ADD COLUMN topic TEXT;
-- The notice of an outage that this alert is a part of. The notice lists it.
ALTER TABLE alerts ADD COLUMN part_of INTEGER;
-- Whether the rules of the workspace held its notification back.
ALTER TABLE alerts ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN read_at INTEGER;
-- When the connection healed, or a newer alert about it came.
ALTER TABLE alerts ADD COLUMN closed_at INTEGER;
-- Hidden until this time, or until the connection changes.
ALTER TABLE alerts ADD COLUMN snoozed_until INTEGER;
ALTER TABLE alerts ADD COLUMN snoozed_until_change INTEGER NOT NULL DEFAULT 0;

UPDATE alerts SET company_id = journal.company_id, connection_id = journal.connection_id
FROM journal WHERE journal.seq = alerts.first_seq;

UPDATE alerts SET company_id = data ->> 'company', connection_id = data ->> 'connection',
                  consent_ends = data ->> 'consentEnds'
WHERE first_seq = 0 AND json_valid(data);

UPDATE alerts SET closed_at = (
    SELECT min(journal.at) FROM journal
    WHERE journal.company_id = alerts.company_id AND journal.seq > alerts.first_seq
      AND (journal.kind = 'companyRemoved'
           OR journal.connection_id = alerts.connection_id
              AND (journal.kind = 'connectionRemoved'
                   OR journal.kind = 'colourChanged' AND journal.became NOT IN ('red', 'grey'))));

UPDATE alerts SET closed_at = newer.at
FROM (SELECT connection_id, max(id) AS id, max(at) AS at FROM alerts GROUP BY connection_id) AS newer
WHERE alerts.connection_id = newer.connection_id AND alerts.id < newer.id AND alerts.closed_at IS NULL;

-- What was told before there was an inbox is not new.
UPDATE alerts SET read_at = at;

CREATE INDEX alerts_listed ON alerts (id) WHERE part_of IS NULL;
CREATE INDEX alerts_unread ON alerts (id) WHERE part_of IS NULL AND read_at IS NULL;
CREATE INDEX alerts_open_connections ON alerts (connection_id) WHERE closed_at IS NULL;
CREATE INDEX alerts_open_companies ON alerts (company_id) WHERE closed_at IS NULL;
CREATE INDEX alerts_open_topics ON alerts (topic) WHERE topic IS NOT NULL AND closed_at IS NULL;
CREATE INDEX alerts_snoozed ON alerts (snoozed_until) WHERE snoozed_until IS NOT NULL;

-- What recovers or is removed closes its alerts, in the transaction of its journal entry.
CREATE TRIGGER alerts_close_connection AFTER INSERT ON journal
WHEN NEW.connection_id IS NOT NULL
     AND (NEW.kind = 'connectionRemoved' OR NEW.kind = 'colourChanged' AND NEW.became NOT IN ('red', 'grey'))
BEGIN
    UPDATE alerts SET closed_at = NEW.at, read_at = coalesce(read_at, NEW.at), snoozed_until = NULL,
                      snoozed_until_change = 0
    WHERE connection_id = NEW.connection_id AND closed_at IS NULL AND first_seq < NEW.seq;
END;

CREATE TRIGGER alerts_close_company AFTER INSERT ON journal
WHEN NEW.kind = 'companyRemoved'
BEGIN
    UPDATE alerts SET closed_at = NEW.at, read_at = coalesce(read_at, NEW.at), snoozed_until = NULL,
                      snoozed_until_change = 0
    WHERE company_id = NEW.company_id AND closed_at IS NULL AND first_seq < NEW.seq;
END;
