import CaseKit
import Letters
import RollCopy
import Store

/// What casework keeps.
enum CaseworkSchema {
  /// The dates are for sessions that a school's calendar does not have for the child's year group, which count nowhere.
  static let roll = RollCopy(
    .dates, concerns: true, parents: true, sex: true,
    moves: CaseSchema.pupilColumns + [
      PupilColumn("case_file", "subject"), PupilColumn("finding"), PupilColumn("tracked", onCollision: .replace),
      PupilColumn("kept_mark", onCollision: .replace), PupilColumn("case_window"), PupilColumn("referral"),
      PupilColumn("family_member", onCollision: .replace), PupilColumn("uncounted", onCollision: .replace),
      PupilColumn("matter"), PupilColumn("book_entry"), PupilColumn("case_holder"),
      PupilColumn("kept_from", onCollision: .replace),
    ])

  static let migrations =
    RollCopy.migrations + CaseSchema.migrations + LettersSchema.migrations + [
      Migration(
        "casework 0001 findings",
        sql: """
          -- Persistent absence as registers found it, and whether that stands.
          CREATE TABLE finding (
            id TEXT PRIMARY KEY, pupil TEXT NOT NULL, school TEXT NOT NULL,
            stands INTEGER NOT NULL CHECK (stands IN (0, 1))) STRICT, WITHOUT ROWID;
          CREATE INDEX finding_pupil ON finding (pupil);
          """), marks, figures, work, uncounted, books,
      access,
    ]

  private static let marks = Migration(
    "casework 0002 marks",
    sql: """
      -- What registers published lately, as it came: by code, of all children of a session. An empty code is a mark that
      -- was withdrawn; of several rows of a session the last counts.
      CREATE TABLE recent_register (
        id INTEGER PRIMARY KEY, school TEXT NOT NULL, date INTEGER NOT NULL,
        session INTEGER NOT NULL CHECK (session IN (0, 1)), marks TEXT NOT NULL) STRICT;
      CREATE INDEX recent_register_day ON recent_register (school, date);

      -- The children with a case or a referral, and the school whose marks of them are kept.
      CREATE TABLE tracked (
        pupil TEXT NOT NULL, school TEXT NOT NULL, PRIMARY KEY (pupil, school)) STRICT, WITHOUT ROWID;
      CREATE INDEX tracked_school ON tracked (school);

      -- Their marks. The disposal is that by which registers took the mark, until it is final.
      CREATE TABLE kept_mark (
        pupil TEXT NOT NULL, school TEXT NOT NULL, date INTEGER NOT NULL,
        session INTEGER NOT NULL CHECK (session IN (0, 1)), code TEXT NOT NULL, disposal INTEGER,
        PRIMARY KEY (pupil, school, date, session)) STRICT, WITHOUT ROWID;
      CREATE INDEX kept_mark_disposal ON kept_mark (disposal) WHERE disposal IS NOT NULL;

      INSERT INTO tracked (pupil, school)
        SELECT DISTINCT pupil, school FROM case_file WHERE kind = 'attendance-case' AND school IS NOT NULL;
      """)

  private static let uncounted = Migration(
    "casework 0005 uncounted",
    sql: """
      -- Children of whom marks or rolls changed within a batch of events, with the first and the last day, until their
      -- figures are counted at its end: empty between transactions.
      CREATE TABLE uncounted (
        pupil TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      """)

  private static let access = Migration(
    "casework 0007 access of officers",
    sql: """
      -- Who has, and had, a case.
      CREATE TABLE case_holder (
        number INTEGER PRIMARY KEY, case_number INTEGER NOT NULL REFERENCES case_file (number), pupil TEXT NOT NULL,
        officer TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER) STRICT;
      CREATE UNIQUE INDEX case_holder_now ON case_holder (case_number) WHERE last IS NULL;
      CREATE INDEX case_holder_officer ON case_holder (officer, first);
      CREATE INDEX case_holder_pupil ON case_holder (pupil);
      INSERT INTO case_holder (case_number, pupil, officer, first)
        SELECT number, pupil, owner, opened FROM case_file WHERE kind = 'attendance-case' AND owner IS NOT NULL;

      -- The children of whom an officer must not know, and from which day on: made from the books and the cases.
      CREATE TABLE kept_from (
        officer TEXT NOT NULL, pupil TEXT NOT NULL, why TEXT NOT NULL CHECK (why IN ('bar', 'handover')),
        first INTEGER NOT NULL, PRIMARY KEY (officer, pupil, why)) STRICT, WITHOUT ROWID;
      CREATE INDEX kept_from_pupil ON kept_from (pupil);

      -- Officers who work here no longer, from which day on.
      CREATE TABLE officer_left (officer TEXT PRIMARY KEY, first INTEGER NOT NULL) STRICT, WITHOUT ROWID;

      -- Records are counted by what they are, assessments by when they began.
      CREATE INDEX case_record_kind ON case_record (kind, case_number);
      CREATE INDEX case_record_assessment ON case_record (json_extract(json, '$.opened'), case_number)
        WHERE kind = 'assessment';
      DROP INDEX referral_sent;
      CREATE INDEX referral_sent ON referral (sent_on, case_number) WHERE sent_on IS NOT NULL;
      CREATE INDEX case_file_open ON case_file (kind, state, school, owner) WHERE is_open = 1;
      """)

  private static let books = Migration(
    "casework 0006 books and matters",
    sql: """
      -- What other programs published last about a child, each record of theirs once.
      CREATE TABLE matter (
        kind TEXT NOT NULL, reference TEXT NOT NULL, pupil TEXT NOT NULL, school TEXT, state TEXT NOT NULL,
        is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)), on_day INTEGER NOT NULL,
        PRIMARY KEY (kind, reference)) STRICT, WITHOUT ROWID;
      CREATE INDEX matter_pupil ON matter (pupil);
      CREATE INDEX matter_school ON matter (school, kind) WHERE is_open = 1;

      -- The service's books: an entry is written once; one that names it may close it.
      CREATE TABLE book_entry (
        number INTEGER PRIMARY KEY, book TEXT NOT NULL, school TEXT, pupil TEXT,
        about INTEGER REFERENCES book_entry (number), closed_by INTEGER REFERENCES book_entry (number),
        on_day INTEGER NOT NULL, at_millis INTEGER NOT NULL, by TEXT NOT NULL, json TEXT NOT NULL) STRICT;
      CREATE INDEX book_entry_book ON book_entry (book, number);
      CREATE INDEX book_entry_about ON book_entry (about) WHERE about IS NOT NULL;
      CREATE INDEX book_entry_pupil ON book_entry (pupil) WHERE pupil IS NOT NULL;
      CREATE TRIGGER book_entry_no_update BEFORE UPDATE OF number, book, school, about, on_day, at_millis, by, json
        ON book_entry BEGIN SELECT RAISE(ABORT, 'an entry is written once'); END;
      CREATE TRIGGER book_entry_closed_once BEFORE UPDATE OF closed_by ON book_entry WHEN old.closed_by IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'an entry is closed once'); END;
      CREATE TRIGGER book_entry_no_delete BEFORE DELETE ON book_entry
        BEGIN SELECT RAISE(ABORT, 'an entry is written once'); END;

      -- Figures are counted by what was done and when.
      CREATE INDEX case_entry_done ON case_entry (name, on_day);
      CREATE INDEX referral_sent ON referral (sent_on) WHERE sent_on IS NOT NULL;
      CREATE INDEX referral_case ON referral (case_number) WHERE case_number IS NOT NULL;
      """)

  private static let figures = Migration(
    "casework 0003 figures",
    sql: """
      -- The windows of cases. Without a first day it is one of school weeks.
      CREATE TABLE case_window (
        number INTEGER PRIMARY KEY, case_number INTEGER NOT NULL REFERENCES case_file (number), kind TEXT NOT NULL,
        reference INTEGER NOT NULL DEFAULT 0, pupil TEXT NOT NULL, school TEXT NOT NULL, first INTEGER,
        last INTEGER NOT NULL, is_fixed INTEGER NOT NULL DEFAULT 0 CHECK (is_fixed IN (0, 1)),
        UNIQUE (case_number, kind, reference)) STRICT;
      CREATE INDEX case_window_pupil ON case_window (pupil);

      -- What was shown of a window and from when; the last is what it is now.
      CREATE TABLE case_figure (
        number INTEGER PRIMARY KEY, window INTEGER NOT NULL REFERENCES case_window (number),
        at_millis INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, present INTEGER NOT NULL,
        possible INTEGER NOT NULL, CHECK (present BETWEEN 0 AND possible)) STRICT;
      CREATE INDEX case_figure_window ON case_figure (window);
      CREATE TRIGGER case_figure_no_update BEFORE UPDATE ON case_figure
        BEGIN SELECT RAISE(ABORT, 'a figure that was shown stays'); END;
      CREATE TRIGGER case_figure_no_delete BEFORE DELETE ON case_figure
        BEGIN SELECT RAISE(ABORT, 'a figure that was shown stays'); END;
      """)

  private static let work = Migration(
    "casework 0004 referrals and records",
    sql: """
      -- Referrals that people sent, with what was missing.
      CREATE TABLE referral (
        number INTEGER PRIMARY KEY, pupil TEXT NOT NULL, school TEXT NOT NULL, route TEXT NOT NULL, state TEXT NOT NULL,
        was_returned INTEGER NOT NULL DEFAULT 0 CHECK (was_returned IN (0, 1)), form TEXT NOT NULL,
        gaps TEXT NOT NULL DEFAULT '[]', case_number INTEGER REFERENCES case_file (number),
        is_duplicate INTEGER NOT NULL DEFAULT 0 CHECK (is_duplicate IN (0, 1)), sent_on INTEGER,
        return_reason TEXT NOT NULL DEFAULT '', made_by TEXT NOT NULL) STRICT;
      CREATE INDEX referral_pupil ON referral (pupil);
      CREATE INDEX referral_school ON referral (school, number);

      -- Visits, meetings, consent, assessments, plans and reviews: written once.
      CREATE TABLE case_record (
        number INTEGER PRIMARY KEY, case_number INTEGER NOT NULL REFERENCES case_file (number), kind TEXT NOT NULL,
        about INTEGER REFERENCES case_record (number), at_millis INTEGER NOT NULL, by TEXT NOT NULL,
        json TEXT NOT NULL) STRICT;
      CREATE INDEX case_record_case ON case_record (case_number, kind);
      CREATE TRIGGER case_record_no_update BEFORE UPDATE ON case_record
        BEGIN SELECT RAISE(ABORT, 'a record is written once'); END;
      CREATE TRIGGER case_record_no_delete BEFORE DELETE ON case_record
        BEGIN SELECT RAISE(ABORT, 'a record is written once'); END;

      -- What contracts say beside their target and days. The parent is registers' opaque person.
      CREATE TABLE contract (
        id TEXT PRIMARY KEY, case_number INTEGER NOT NULL REFERENCES case_file (number), parent TEXT NOT NULL,
        target TEXT NOT NULL, words TEXT NOT NULL) STRICT;
      CREATE INDEX contract_case ON contract (case_number);

      -- Children of one family.
      CREATE TABLE family_member (
        pupil TEXT PRIMARY KEY, family INTEGER NOT NULL, at_millis INTEGER NOT NULL, by TEXT NOT NULL) STRICT,
        WITHOUT ROWID;
      CREATE INDEX family_member_family ON family_member (family);

      -- Each officer's part of a whole-time post, from a day on.
      CREATE TABLE officer_post (
        officer TEXT NOT NULL, first INTEGER NOT NULL, whole_time TEXT NOT NULL,
        PRIMARY KEY (officer, first)) STRICT, WITHOUT ROWID;
      """)
}
