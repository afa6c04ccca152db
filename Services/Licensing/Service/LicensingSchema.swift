import CaseKit
import Letters
import RollCopy
import Store

/// What licensing keeps.
enum LicensingSchema {
  static let roll = RollCopy(
    .dates,
    moves: CaseSchema.pupilColumns + [
      PupilColumn("application"), PupilColumn("attendance_finding"), PupilColumn("licensed_day", onCollision: .replace),
      PupilColumn("leave_mark", onCollision: .replace),
    ])

  static let migrations =
    RollCopy.migrations + CaseSchema.migrations + LettersSchema.migrations + [
      Migration(
        "licensing 0001 register",
        sql: """
          -- Employers, licence holders, chaperones and bodies of persons: in no other program's store.
          CREATE TABLE party (
            number INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL,
            contact TEXT NOT NULL, case_number INTEGER REFERENCES case_file (number)) STRICT;
          CREATE INDEX party_kind ON party (kind, number);

          -- Each authority's byelaws on children's work, as they were entered.
          CREATE TABLE byelaw (
            number INTEGER PRIMARY KEY, authority TEXT NOT NULL, in_force_from INTEGER NOT NULL, json TEXT NOT NULL,
            UNIQUE (authority, in_force_from)) STRICT;

          -- Applications for permits and licences: every version of each.
          CREATE TABLE application (
            case_number INTEGER NOT NULL REFERENCES case_file (number), version INTEGER NOT NULL CHECK (version > 0),
            pupil TEXT NOT NULL, party TEXT NOT NULL, on_day INTEGER NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY (case_number, version)) STRICT, WITHOUT ROWID;
          CREATE INDEX application_pupil ON application (pupil);
          """),
      Migration(
        "licensing 0002 attendance",
        sql: """
          -- Persistent absence as registers found it: why a permit may come up for review.
          CREATE TABLE attendance_finding (
            id TEXT PRIMARY KEY, pupil TEXT NOT NULL, school TEXT NOT NULL, missed INTEGER NOT NULL,
            possible INTEGER NOT NULL, stands INTEGER NOT NULL CHECK (stands IN (0, 1))) STRICT, WITHOUT ROWID;
          CREATE INDEX attendance_finding_pupil ON attendance_finding (pupil);

          -- Days on which a child has a licence or an exemption.
          CREATE TABLE licensed_day (
            case_number INTEGER NOT NULL REFERENCES case_file (number), pupil TEXT NOT NULL, on_day INTEGER NOT NULL,
            PRIMARY KEY (case_number, on_day)) STRICT, WITHOUT ROWID;
          CREATE INDEX licensed_day_pupil ON licensed_day (pupil, on_day);
          CREATE INDEX licensed_day_day ON licensed_day (on_day);

          -- Marks of leave for a performance, and those of licensed days.
          CREATE TABLE leave_mark (
            pupil TEXT NOT NULL, on_day INTEGER NOT NULL, session INTEGER NOT NULL CHECK (session IN (0, 1)),
            school TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (pupil, on_day, session)) STRICT, WITHOUT ROWID;
          CREATE INDEX leave_mark_day ON leave_mark (on_day);
          """),
    ]
}
