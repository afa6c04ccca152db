extension RegistersSchema {
  /// What waits for an officer, which upload entered a child, and entries made by mistake.
  static let statements = """
    -- Every upload of children, so that all that one of them entered by mistake can be taken back at once.
    CREATE TABLE pupil_uploads (
      number INTEGER PRIMARY KEY, school TEXT NOT NULL REFERENCES schools, received INTEGER NOT NULL,
      at_millis INTEGER NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL) STRICT;
    CREATE TRIGGER pupil_uploads_no_update BEFORE UPDATE ON pupil_uploads
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER pupil_uploads_no_delete BEFORE DELETE ON pupil_uploads
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

    ALTER TABLE registrations ADD COLUMN upload INTEGER REFERENCES pupil_uploads;
    -- Set when an officer took the entry back as made by mistake. It stays with its marks and counts nowhere.
    ALTER TABLE registrations ADD COLUMN withdrawn_millis INTEGER;
    ALTER TABLE registrations ADD COLUMN withdrawn_actor TEXT;
    ALTER TABLE registrations ADD COLUMN withdrawn_role TEXT;
    ALTER TABLE registrations ADD COLUMN withdrawn_reason TEXT;
    CREATE INDEX registrations_upload ON registrations (upload) WHERE upload IS NOT NULL;
    CREATE INDEX registrations_withdrawn ON registrations (school) WHERE withdrawn_millis IS NOT NULL;
    -- The times on roll that count.
    CREATE VIEW standing_registrations AS SELECT * FROM registrations WHERE withdrawn_millis IS NULL;

    -- The school that stated a contact; without one it is the school's that holds the child.
    ALTER TABLE contacts ADD COLUMN school TEXT REFERENCES schools;
    UPDATE contacts SET school = (SELECT min(r.school) FROM registrations r WHERE r.pupil = contacts.pupil)
      WHERE (SELECT count(DISTINCT r.school) FROM registrations r WHERE r.pupil = contacts.pupil) = 1;

    -- What was said of a child and waits for an officer: the record stays as it was. Of a school, a child and a part
    -- (the first day on roll, or the contact) there is one that is open.
    CREATE TABLE pupil_changes (
      number INTEGER PRIMARY KEY, pupil INTEGER NOT NULL REFERENCES pupils, school TEXT NOT NULL REFERENCES schools,
      kind TEXT NOT NULL CHECK (kind IN ('identity', 'arrival', 'statement', 'contact')), part INTEGER NOT NULL,
      upn TEXT NOT NULL, fields TEXT NOT NULL, statement TEXT NOT NULL CHECK (json_valid(statement)),
      upload INTEGER REFERENCES pupil_uploads, state TEXT NOT NULL CHECK (state IN
        ('open', 'accepted', 'rejected', 'superseded')), at_millis INTEGER NOT NULL, actor TEXT NOT NULL,
      role TEXT NOT NULL, decided_millis INTEGER, decided_actor TEXT, decided_role TEXT, reason TEXT,
      CHECK ((state = 'open') = (decided_millis IS NULL))) STRICT;
    CREATE UNIQUE INDEX pupil_changes_one_open ON pupil_changes (pupil, school, kind, part) WHERE state = 'open';
    CREATE INDEX pupil_changes_said ON pupil_changes (pupil, school, kind, part, number);
    CREATE INDEX pupil_changes_open ON pupil_changes (number) WHERE state = 'open';
    CREATE INDEX pupil_changes_waiting ON pupil_changes (school, upn) WHERE state = 'open';
    CREATE INDEX pupil_changes_school ON pupil_changes (school, number);
    """
}
