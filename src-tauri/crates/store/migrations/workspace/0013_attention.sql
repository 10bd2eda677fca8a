-- When a company last lost a connection that is lost still: what needs attention is listed by it.
ALTER TABLE companies ADD COLUMN lost INTEGER;

UPDATE companies SET lost = (SELECT max(own.deauthorized) FROM connections AS own WHERE own.company = companies.number);

CREATE INDEX companies_in_need ON companies (colour, lost DESC, folded_name, id) WHERE colour <= 1;

-- It follows the connections, whoever writes them.
CREATE TRIGGER connection_came AFTER INSERT ON connections WHEN new.deauthorized IS NOT NULL
BEGIN
    UPDATE companies SET lost = (SELECT max(own.deauthorized) FROM connections AS own WHERE own.company = number)
    WHERE number = new.company;
END;

CREATE TRIGGER connection_changed AFTER UPDATE OF company, deauthorized ON connections
WHEN old.deauthorized IS NOT new.deauthorized OR old.company <> new.company
BEGIN
    UPDATE companies SET lost = (SELECT max(own.deauthorized) FROM connections AS own WHERE own.company = number)
    WHERE number IN (old.company, new.company);
END;

CREATE TRIGGER connection_went AFTER DELETE ON connections WHEN old.deauthorized IS NOT NULL
BEGIN
    UPDATE companies SET lost = (SELECT max(own.deauthorized) FROM connections AS own WHERE own.company = number)
    WHERE number = old.company;
END;
