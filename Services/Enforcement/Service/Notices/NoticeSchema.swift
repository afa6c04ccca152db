import RollCopy
import Store

/// What enforcement keeps of parents' penalty notices beside their cases.
enum NoticeSchema {
  static let columns = [PupilColumn("notice"), PupilColumn("outside_notice"), PupilColumn("enquiry")]

  static let migration = Migration(
    "enforcement 0006 penalty notices",
    sql: """
      -- A penalty notice that is considered or was issued: one parent, one child. Its case has the state.
      CREATE TABLE notice (
        number INTEGER PRIMARY KEY, case_number INTEGER UNIQUE REFERENCES case_file (number), person TEXT NOT NULL,
        pupil TEXT NOT NULL, school TEXT NOT NULL, proposal TEXT REFERENCES proposal (id),
        -- From its issue on: the document, the day, the level, and the day of receipt that it names.
        document TEXT UNIQUE REFERENCES documents (number), issued INTEGER, level INTEGER CHECK (level > 0),
        named_receipt INTEGER,
        -- The written withdrawal, and the day of it.
        withdrawal TEXT UNIQUE REFERENCES documents (number), withdrawn INTEGER,
        CHECK ((document IS NULL) = (issued IS NULL) AND (document IS NULL) = (level IS NULL)
          AND (document IS NULL) = (named_receipt IS NULL) AND (withdrawal IS NULL) = (withdrawn IS NULL))) STRICT;
      CREATE INDEX notice_pupil ON notice (pupil, number);
      CREATE INDEX notice_person ON notice (person);
      CREATE INDEX notice_proposal ON notice (proposal);

      -- The sessions that it is for: those of its proposal until it is issued.
      CREATE TABLE notice_session (
        notice INTEGER NOT NULL REFERENCES notice (number), date INTEGER NOT NULL, session INTEGER NOT NULL
          CHECK (session IN (0, 1)),
        code TEXT NOT NULL, PRIMARY KEY (notice, date, session)) STRICT, WITHOUT ROWID;
      CREATE TRIGGER notice_session_no_delete BEFORE DELETE ON notice_session
        WHEN (SELECT document FROM notice WHERE number = old.notice) IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'an issued notice keeps its sessions'); END;

      -- Notices to improve.
      CREATE TABLE improvement (
        document TEXT PRIMARY KEY REFERENCES documents (number), notice INTEGER NOT NULL REFERENCES notice (number),
        weeks INTEGER NOT NULL CHECK (weeks > 0), named_receipt INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX improvement_notice ON improvement (notice);

      -- What other authorities were asked about earlier notices, and what they answered.
      CREATE TABLE enquiry (
        number INTEGER PRIMARY KEY, pupil TEXT NOT NULL, person TEXT NOT NULL, authority TEXT NOT NULL,
        purpose TEXT NOT NULL, asked INTEGER NOT NULL, due INTEGER NOT NULL, answered INTEGER) STRICT;
      CREATE INDEX enquiry_pupil ON enquiry (pupil, person);
      CREATE TABLE outside_notice (
        number INTEGER PRIMARY KEY, enquiry INTEGER NOT NULL REFERENCES enquiry (number), pupil TEXT NOT NULL,
        person TEXT NOT NULL, issued INTEGER NOT NULL, standing TEXT NOT NULL) STRICT;
      CREATE INDEX outside_notice_pupil ON outside_notice (pupil, person);
      """)

  static let circumstances = Migration(
    "enforcement 0009 circumstances of notices",
    sql: """
      -- What an officer knows of child and parent that stands in the way: a list of names.
      ALTER TABLE notice ADD COLUMN circumstances TEXT NOT NULL DEFAULT '[]';
      """)
}
