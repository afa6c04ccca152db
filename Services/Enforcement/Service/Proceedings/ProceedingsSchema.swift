import RollCopy
import Store

/// The tables of prosecutions. Their cases have the states.
enum ProceedingsSchema {
  static let columns = [PupilColumn("prosecution")]

  static let migration = Migration(
    "enforcement 0007 prosecutions",
    sql: """
      -- A prosecution of one parent about one child.
      CREATE TABLE prosecution (
        number INTEGER PRIMARY KEY, case_number INTEGER UNIQUE REFERENCES case_file (number), person TEXT NOT NULL,
        pupil TEXT NOT NULL, school TEXT NOT NULL,
        -- The day on which an order was not complied with; absences are charged where there is none.
        breach INTEGER,
        -- What an officer knows of child and parent that stands in the way: a list of names.
        circumstances TEXT NOT NULL, laid INTEGER) STRICT;
      CREATE INDEX prosecution_pupil ON prosecution (pupil, number);

      -- The sessions that are charged, with the code when they were put in.
      CREATE TABLE prosecution_session (
        prosecution INTEGER NOT NULL REFERENCES prosecution (number), date INTEGER NOT NULL, session INTEGER NOT NULL
          CHECK (session IN (0, 1)),
        code TEXT NOT NULL,
        -- Why the program took it out of the charge.
        bar TEXT, PRIMARY KEY (prosecution, date, session)) STRICT, WITHOUT ROWID;
      CREATE TRIGGER prosecution_session_no_update BEFORE UPDATE ON prosecution_session
        WHEN (SELECT laid FROM prosecution WHERE number = old.prosecution) IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'what was laid keeps its charge'); END;
      CREATE TRIGGER prosecution_session_no_delete BEFORE DELETE ON prosecution_session
        BEGIN SELECT RAISE(ABORT, 'what was charged stays on record'); END;
      """)
}
