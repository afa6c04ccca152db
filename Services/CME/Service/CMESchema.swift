import CaseKit
import RollCopy
import Store

/// What cme keeps.
enum CMESchema {
  static let roll = RollCopy(
    .dates,
    moves: CaseSchema.pupilColumns + [PupilColumn("case_file", "subject"), PupilColumn("absence_finding")])

  static let migrations =
    RollCopy.migrations + CaseSchema.migrations + [
      Migration(
        "cme 0001 findings, enquiries, safeguarding answers",
        sql: """
          -- Continuous absence as registers found it, and whether that stands.
          CREATE TABLE absence_finding (
            id TEXT PRIMARY KEY, pupil TEXT NOT NULL, school TEXT NOT NULL, kind TEXT NOT NULL,
            stands INTEGER NOT NULL CHECK (stands IN (0, 1))) STRICT, WITHOUT ROWID;
          CREATE INDEX absence_finding_pupil ON absence_finding (pupil);

          -- Each enquiry that was made; asked again, it is another row.
          CREATE TABLE enquiry_check (
            id INTEGER PRIMARY KEY, case_number INTEGER NOT NULL REFERENCES case_file (number),
            item INTEGER NOT NULL, part TEXT NOT NULL, asked_on INTEGER NOT NULL, result TEXT, evidence TEXT NOT NULL,
            officer TEXT NOT NULL, at_millis INTEGER NOT NULL) STRICT;
          CREATE INDEX enquiry_check_case ON enquiry_check (case_number, id);

          -- What both sides say beside the enquiries, as it was said last.
          CREATE TABLE enquiry_statement (
            case_number INTEGER PRIMARY KEY REFERENCES case_file (number), ground TEXT NOT NULL, finding TEXT NOT NULL,
            unavoidable INTEGER NOT NULL CHECK (unavoidable IN (0, 1)),
            days_shown INTEGER NOT NULL CHECK (days_shown IN (0, 1)), school_officer TEXT NOT NULL,
            officer TEXT NOT NULL, at_millis INTEGER NOT NULL) STRICT;

          -- The answers to the safeguarding questions, as they were given last.
          CREATE TABLE safeguarding_answer (
            case_number INTEGER NOT NULL REFERENCES case_file (number), question TEXT NOT NULL, answer TEXT NOT NULL,
            officer TEXT NOT NULL, at_millis INTEGER NOT NULL,
            PRIMARY KEY (case_number, question)) STRICT, WITHOUT ROWID;
          """),
      Migration(
        "cme 0002 alerts",
        sql: """
          -- Alerts to and from other authorities. What one says stays sealed: a received one is opened to be read.
          CREATE TABLE alert (
            id TEXT PRIMARY KEY, authority TEXT NOT NULL, case_number INTEGER NOT NULL REFERENCES case_file (number),
            search INTEGER REFERENCES case_file (number), received BLOB) STRICT, WITHOUT ROWID;
          CREATE UNIQUE INDEX alert_case ON alert (case_number);
          CREATE INDEX alert_search ON alert (search);

          -- What is to be sent, sealed, in order; with its place in the topic once it is there.
          CREATE TABLE alert_out (number INTEGER PRIMARY KEY, envelope BLOB NOT NULL, place INTEGER) STRICT;
          CREATE INDEX alert_out_waiting ON alert_out (number) WHERE place IS NULL;

          -- How far what goes to and comes from each authority has got.
          CREATE TABLE alert_channel (
            authority TEXT NOT NULL, direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
            sequence INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (authority, direction)) STRICT, WITHOUT ROWID;

          -- How far the shared topic has been read.
          CREATE TABLE national_position (
            only INTEGER PRIMARY KEY CHECK (only = 1), next_offset INTEGER NOT NULL, cluster TEXT NOT NULL) STRICT;

          -- What was refused, with the reason; nothing of its content can be read.
          CREATE TABLE alert_refused (
            id INTEGER PRIMARY KEY, at_millis INTEGER NOT NULL, sender TEXT, reason TEXT NOT NULL) STRICT;
          """),
    ]
}
