extension RegistersSchema {
  /// Who contacts are, and what officers decided of it.
  static let persons = """
    -- The identifiers of contacts, each with the one that stands for the person now: the smallest of those that
    -- decisions join.
    CREATE TABLE persons (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE CHECK (length(id) = 10),
      current TEXT NOT NULL REFERENCES persons (id)) STRICT;
    CREATE INDEX persons_current ON persons (current);

    -- Empty until the child's contacts are published.
    ALTER TABLE contacts ADD COLUMN person TEXT REFERENCES persons (id);
    CREATE INDEX contacts_identifier ON contacts (person);
    CREATE INDEX contacts_unpublished ON contacts (pupil) WHERE person IS NULL;
    CREATE TRIGGER contacts_person_stays BEFORE UPDATE OF person ON contacts
      WHEN OLD.person IS NOT NULL AND NEW.person IS NOT OLD.person
      BEGIN SELECT RAISE(ABORT, 'a contact keeps its identifier'); END;

    -- Two identifiers that may be one person's; an officer decides, and may take it back.
    CREATE TABLE person_pairs (
      number INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES persons (id),
      other TEXT NOT NULL REFERENCES persons (id), grounds TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'same', 'different')), CHECK (person < other),
      UNIQUE (person, other)) STRICT;
    CREATE INDEX person_pairs_state ON person_pairs (state, number);
    CREATE INDEX person_pairs_other ON person_pairs (other);

    -- Every decision as it was made; the last of a pair is its state.
    CREATE TABLE person_decisions (
      number INTEGER PRIMARY KEY, pair INTEGER NOT NULL REFERENCES person_pairs,
      state TEXT NOT NULL CHECK (state IN ('open', 'same', 'different')), reason TEXT NOT NULL CHECK (reason <> ''),
      at_millis INTEGER NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL) STRICT;
    CREATE INDEX person_decisions_pair ON person_decisions (pair, number);
    CREATE TRIGGER person_decisions_no_update BEFORE UPDATE ON person_decisions
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER person_decisions_no_delete BEFORE DELETE ON person_decisions
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    """
}
