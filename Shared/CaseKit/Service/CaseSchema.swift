import Messaging
public import RollCopy
public import Store

/// The tables of a program's cases, of whatever kinds.
public enum CaseSchema {
  /// To be given with the program's own; the timetable's are among them.
  public static let migrations =
    Timetable.migrations + [
      Migration(
        "cases 0001",
        sql: """
          -- Each case as its history makes it; what is searched for beside it.
          CREATE TABLE case_file (
            number INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, pupil TEXT NOT NULL, school TEXT,
            state TEXT NOT NULL, is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)), owner_role TEXT NOT NULL,
            owner TEXT, opened INTEGER NOT NULL, next_due INTEGER, json TEXT NOT NULL,
            CHECK (is_open = 0 OR next_due IS NOT NULL)) STRICT;
          -- There is one open case of a kind about one thing.
          CREATE UNIQUE INDEX case_file_subject ON case_file (kind, subject) WHERE is_open = 1;
          CREATE INDEX case_file_pupil ON case_file (pupil);
          CREATE INDEX case_file_school ON case_file (school, number);

          CREATE TABLE case_entry (
            case_number INTEGER NOT NULL REFERENCES case_file (number), number INTEGER NOT NULL CHECK (number > 0),
            at_millis INTEGER NOT NULL, on_day INTEGER NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY (case_number, number)) STRICT, WITHOUT ROWID;
          CREATE TRIGGER case_entry_no_update BEFORE UPDATE ON case_entry
            BEGIN SELECT RAISE(ABORT, 'an entry is history'); END;
          CREATE TRIGGER case_entry_no_delete BEFORE DELETE ON case_entry
            BEGIN SELECT RAISE(ABORT, 'an entry is history'); END;

          -- What somebody has to do, made from the cases.
          CREATE TABLE case_task (
            id INTEGER PRIMARY KEY, case_number INTEGER NOT NULL REFERENCES case_file (number), name TEXT NOT NULL,
            title TEXT NOT NULL, due INTEGER NOT NULL, role TEXT NOT NULL, person TEXT,
            UNIQUE (case_number, name)) STRICT;
          CREATE INDEX case_task_due ON case_task (due, id);

          -- What other programs published about a child.
          CREATE TABLE chronology (
            id INTEGER PRIMARY KEY, pupil TEXT NOT NULL, school TEXT, at_millis INTEGER NOT NULL,
            on_day INTEGER NOT NULL, what TEXT NOT NULL, reference TEXT NOT NULL) STRICT;
          CREATE INDEX chronology_pupil ON chronology (pupil);
          """)
    ]

  /// The columns that follow a merge. A program whose cases are about a child adds `case_file`'s `subject`.
  public static let pupilColumns = [PupilColumn("case_file"), PupilColumn("chronology")]
}
