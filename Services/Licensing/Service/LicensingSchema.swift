import CaseKit
import Contracts
import Letters
import RollCopy
import Store

/// What licensing keeps.
enum LicensingSchema {
  static let roll = RollCopy(
    .dates, concerns: true, only: [.virtualSchool],
    moves: CaseSchema.pupilColumns + [
      PupilColumn("application"), PupilColumn("attendance_finding"), PupilColumn("licensed_day", onCollision: .replace),
      PupilColumn("leave_mark", onCollision: .replace), PupilColumn("leave_difference", onCollision: .replace),
      PupilColumn("open_enforcement"),
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
      Migration(
        "licensing 0003 cross-checks",
        sql: """
          -- 0 for days that are applied for and not licensed yet.
          ALTER TABLE licensed_day ADD COLUMN counts INTEGER NOT NULL DEFAULT 1 CHECK (counts IN (0, 1));

          -- Matters of enforcement that are open: only that they are.
          CREATE TABLE open_enforcement (
            number INTEGER PRIMARY KEY, hold TEXT NOT NULL UNIQUE, pupil TEXT NOT NULL) STRICT;
          CREATE INDEX open_enforcement_pupil ON open_enforcement (pupil);

          -- Where a register and the licences disagree, as the school was told.
          CREATE TABLE leave_difference (
            pupil TEXT NOT NULL, on_day INTEGER NOT NULL, session INTEGER NOT NULL CHECK (session IN (0, 1)),
            school TEXT NOT NULL, difference TEXT NOT NULL, PRIMARY KEY (pupil, on_day, session)) STRICT, WITHOUT ROWID;
          """),
      Migration(
        "licensing 0004 proofs",
        sql: """
          -- The codes on documents that holders show, with the decision that each rests on: only inserted.
          CREATE TABLE proof (
            code TEXT PRIMARY KEY, document TEXT NOT NULL, case_number INTEGER NOT NULL REFERENCES case_file (number),
            decision INTEGER NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
          CREATE TRIGGER proof_stays BEFORE UPDATE ON proof BEGIN SELECT RAISE(ABORT, 'a code stays'); END;
          """),
      Migration(
        "licensing 0005 inspections",
        sql: """
          -- Visits: version 0 is the plan, the others are records of it.
          CREATE TABLE inspection (
            case_number INTEGER NOT NULL REFERENCES case_file (number), version INTEGER NOT NULL CHECK (version >= 0),
            json TEXT NOT NULL, PRIMARY KEY (case_number, version)) STRICT, WITHOUT ROWID;

          -- Photographs: the files are in a folder beside the store, under their digests.
          CREATE TABLE upload (
            number INTEGER PRIMARY KEY, case_number INTEGER NOT NULL REFERENCES case_file (number),
            digest TEXT NOT NULL, media_type TEXT NOT NULL, at_millis INTEGER NOT NULL, by TEXT NOT NULL) STRICT;
          CREATE INDEX upload_case ON upload (case_number);
          """),
      Migration(
        "licensing 0006 applicants",
        sql: """
          -- Where other authorities are told of licences; the last row of one counts.
          CREATE TABLE host_authority (
            number INTEGER PRIMARY KEY, code TEXT NOT NULL, address TEXT NOT NULL, at_millis INTEGER NOT NULL,
            by TEXT NOT NULL) STRICT;
          CREATE INDEX host_authority_code ON host_authority (code, number);

          -- What applicants sent and no officer has taken over yet. Contents go when it is taken over, closed or lapses.
          CREATE TABLE draft (
            number INTEGER PRIMARY KEY, key_digest TEXT NOT NULL UNIQUE, code_digest TEXT NOT NULL,
            tries INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 1, email_digest TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('unconfirmed', 'confirmed', 'taken', 'closed', 'lapsed')),
            kind TEXT NOT NULL, on_day INTEGER NOT NULL, confirmed_day INTEGER, case_number INTEGER, json TEXT) STRICT;
          CREATE INDEX draft_state ON draft (state, number);
          CREATE INDEX draft_email ON draft (email_digest, state);

          -- Files of a draft: the bytes are in the folder of uploads.
          CREATE TABLE draft_document (
            draft INTEGER NOT NULL REFERENCES draft (number), number INTEGER NOT NULL, document TEXT NOT NULL,
            digest TEXT NOT NULL, media_type TEXT NOT NULL, PRIMARY KEY (draft, number)) STRICT, WITHOUT ROWID;
          CREATE INDEX draft_document_digest ON draft_document (digest);
          CREATE INDEX upload_digest ON upload (digest);
          """),
    ]
}
