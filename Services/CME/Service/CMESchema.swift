import CaseKit
import Letters
import RollCopy
import Store

/// What cme keeps.
enum CMESchema {
  static let roll = RollCopy(
    .dates, concerns: true, parents: true, sex: true,
    moves: CaseSchema.pupilColumns + [
      PupilColumn("case_file", "subject"), PupilColumn("absence_finding"),
      PupilColumn("match_token", onCollision: .replace),
      PupilColumn("missing_out"), PupilColumn("reported_child", onCollision: .replace),
      PupilColumn("reported_pair", onCollision: .replace),
      PupilColumn("reported_pair", "candidate", onCollision: .replace),
    ])

  static let migrations =
    RollCopy.migrations + CaseSchema.migrations + LettersSchema.migrations + [
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
      Migration(
        "cme 0003 repair, blind questions",
        sql: """
          -- Whom it is for and its number between the two; neither for what is for all or stands outside the order.
          ALTER TABLE alert_out ADD COLUMN authority TEXT;
          ALTER TABLE alert_out ADD COLUMN sequence INTEGER;
          -- The alert or the question that it is about.
          ALTER TABLE alert_out ADD COLUMN alert TEXT;
          CREATE INDEX alert_out_sequence ON alert_out (authority, sequence) WHERE sequence IS NOT NULL;

          -- How far what each authority sent to all has got.
          CREATE TABLE alert_broadcast (
            authority TEXT PRIMARY KEY, sequence INTEGER NOT NULL, digest BLOB NOT NULL) STRICT, WITHOUT ROWID;

          -- What was asked for last (in: since when alerts are missing) and what was sent again last (out).
          CREATE TABLE alert_repair (
            authority TEXT NOT NULL, direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
            sequence INTEGER NOT NULL, since_millis INTEGER NOT NULL, at_millis INTEGER NOT NULL,
            PRIMARY KEY (authority, direction)) STRICT, WITHOUT ROWID;
          -- The day on which every authority was asked whether it has sent anything else.
          ALTER TABLE national_position ADD COLUMN asked_on INTEGER;

          -- The newest directory of keys that was used.
          CREATE TABLE alert_directory (only INTEGER PRIMARY KEY CHECK (only = 1), number INTEGER NOT NULL) STRICT;

          -- What the children of the roll are kept under, to be compared with blind questions.
          CREATE TABLE match_token (
            token BLOB NOT NULL, pupil TEXT NOT NULL, PRIMARY KEY (token, pupil)) STRICT, WITHOUT ROWID;
          CREATE INDEX match_token_pupil ON match_token (pupil);

          -- Questions of this authority, and what each authority said.
          CREATE TABLE question (
            id TEXT PRIMARY KEY, search INTEGER NOT NULL REFERENCES case_file (number),
            at_millis INTEGER NOT NULL) STRICT, WITHOUT ROWID;
          CREATE INDEX question_search ON question (search);
          CREATE INDEX question_at ON question (at_millis);
          CREATE TABLE question_reply (
            question TEXT NOT NULL REFERENCES question (id), authority TEXT NOT NULL,
            matched INTEGER CHECK (matched IN (0, 1)), PRIMARY KEY (question, authority)) STRICT, WITHOUT ROWID;

          -- Questions of other authorities that were answered; what was compared cannot be compared again.
          CREATE TABLE question_asked (
            id TEXT NOT NULL, authority TEXT NOT NULL, at_millis INTEGER NOT NULL,
            compared INTEGER NOT NULL CHECK (compared IN (0, 1)), lead INTEGER REFERENCES case_file (number),
            PRIMARY KEY (id, authority)) STRICT, WITHOUT ROWID;
          CREATE INDEX question_asked_at ON question_asked (authority, at_millis);
          CREATE UNIQUE INDEX question_asked_lead ON question_asked (lead) WHERE lead IS NOT NULL;
          """),
      Migration(
        "cme 0004 missing out, lost-pupil files",
        sql: """
          -- Part-time timetables that have lasted so long that the child misses out on education, as registers found them.
          CREATE TABLE missing_out (
            finding TEXT PRIMARY KEY, pupil TEXT NOT NULL, school TEXT NOT NULL, since INTEGER NOT NULL,
            found_on INTEGER NOT NULL, ended_on INTEGER) STRICT, WITHOUT ROWID;
          CREATE INDEX missing_out_pupil ON missing_out (pupil);

          -- Files that were made for the store of lost pupils: who and why, and nothing of what they say.
          CREATE TABLE lost_pupil_file (
            number INTEGER PRIMARY KEY, case_number INTEGER NOT NULL REFERENCES case_file (number),
            name TEXT NOT NULL, on_day INTEGER NOT NULL, officer TEXT NOT NULL, reason TEXT NOT NULL,
            receipt_on INTEGER) STRICT;
          CREATE INDEX lost_pupil_file_case ON lost_pupil_file (case_number);

          -- Children of whom somebody told and whom no school has: they go when they are found to be of the roll.
          CREATE TABLE reported_child (
            pupil TEXT PRIMARY KEY, given_name TEXT NOT NULL, family_name TEXT NOT NULL, folded_given TEXT NOT NULL,
            folded_family TEXT NOT NULL, date_of_birth INTEGER NOT NULL, sex TEXT CHECK (sex IN ('F', 'M')), upn TEXT,
            source TEXT NOT NULL, reported_on INTEGER NOT NULL, officer TEXT NOT NULL) STRICT, WITHOUT ROWID;
          CREATE INDEX reported_child_birth ON reported_child (date_of_birth);
          CREATE INDEX reported_child_upn ON reported_child (upn) WHERE upn IS NOT NULL;
          CREATE INDEX reported_child_name ON reported_child (folded_family, folded_given);
          -- Who of the roll they may be, and what a person said.
          CREATE TABLE reported_pair (
            pupil TEXT NOT NULL, candidate TEXT NOT NULL, ground TEXT NOT NULL,
            is_same INTEGER CHECK (is_same IN (0, 1)), officer TEXT, PRIMARY KEY (pupil, candidate)) STRICT, WITHOUT ROWID;

          -- Who signed for the school that what both sides say is so; anew with each statement.
          ALTER TABLE enquiry_statement ADD COLUMN school_signed_by TEXT;
          ALTER TABLE enquiry_statement ADD COLUMN school_signed_millis INTEGER;
          """),
    ]
}
