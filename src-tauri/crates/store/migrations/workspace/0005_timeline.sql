-- A company's timeline is read by time, and within one moment by order.
CREATE INDEX journal_by_company_time ON journal (company_id, at DESC, seq DESC);
CREATE INDEX intents_by_company_time ON intents (company_id, at DESC, id DESC);
