-- Acts of one kind whose outcome is not known are found among however many others of a run.
DROP INDEX intents_open;
CREATE INDEX intents_open ON intents (act, id) WHERE outcome IS NULL;
-- A company's acts are found by their time.
DROP INDEX intents_by_company;
