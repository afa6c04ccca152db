import CaseKit
import Letters
import RollCopy
import Store

/// What enforcement keeps: of the marks only those that may count.
enum EnforcementSchema {
  /// Dates of birth and year groups: school age and closures are judged by them. Parents, because enforcement is against
  /// one of them. Concerns, because what is published says whose concern the child is.
  static let roll = RollCopy(
    .dates, concerns: true, parents: true,
    moves: CaseSchema.pupilColumns + NoticeSchema.columns + ProceedingsSchema.columns + OrderSchema.columns + [
      PupilColumn("proposal"),
      PupilColumn(
        "counted_session", onCollision: .replace,
        within: "registration = 0 OR school IN (SELECT school FROM roll_registration WHERE pupil = ?1)"),
      PupilColumn("unjudged", onCollision: .replace),
    ])

  static let migrations =
    ownRoll + RollCopy.migrations + [sharedRoll] + CaseSchema.migrations + LettersSchema.migrations
    + CourtPackSchema.migrations + [
      NoticeSchema.migration, PaymentSchema.migration, ProceedingsSchema.migration, OrderSchema.migration,
      NoticeSchema.circumstances, CaseHolds.migration, sessionsBySchool,
    ]

  /// The store while enforcement kept a roll of its own.
  static let ownRoll = [
    Migration(
      "enforcement 0001 first slice",
      sql: """
        CREATE TABLE school (urn TEXT PRIMARY KEY, kind TEXT NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE calendar (
          school TEXT NOT NULL, school_year TEXT NOT NULL, json TEXT NOT NULL,
          PRIMARY KEY (school, school_year)) STRICT, WITHOUT ROWID;

        CREATE TABLE pupil (
          pupil TEXT PRIMARY KEY, date_of_birth INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        -- The sessions of a pupil at a school whose code counts now; another code takes the row away.
        CREATE TABLE counted_session (
          pupil TEXT NOT NULL, school TEXT NOT NULL, date INTEGER NOT NULL, session INTEGER NOT NULL
            CHECK (session IN (0, 1)),
          code INTEGER NOT NULL, PRIMARY KEY (pupil, school, date, session)) STRICT, WITHOUT ROWID;
        CREATE INDEX counted_session_school ON counted_session (school, pupil);

        CREATE TABLE proposal (
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, pupil TEXT NOT NULL, school TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('open', 'lapsed')), grounds TEXT NOT NULL) STRICT;
        CREATE INDEX proposal_pupil ON proposal (pupil, school, number);
        CREATE UNIQUE INDEX one_open_proposal ON proposal (pupil, school) WHERE state = 'open';

        CREATE TABLE judgement (
          number INTEGER PRIMARY KEY, proposal TEXT NOT NULL REFERENCES proposal (id),
          fact TEXT NOT NULL CHECK (fact IN ('proposed', 'revised', 'lapsed')), at_millis INTEGER NOT NULL,
          cause TEXT NOT NULL, grounds TEXT, most_sessions INTEGER) STRICT;
        CREATE TRIGGER judgement_no_update BEFORE UPDATE ON judgement
          BEGIN SELECT RAISE(ABORT, 'a judgement is history'); END;
        CREATE TRIGGER judgement_no_delete BEFORE DELETE ON judgement
          BEGIN SELECT RAISE(ABORT, 'a judgement is history'); END;
        """),
    Migration(
      "enforcement 0002 the roll behind the sessions",
      sql: """
        -- The year group as a school stated it, and the school year for which it did.
        ALTER TABLE pupil ADD COLUMN year_group TEXT;
        ALTER TABLE pupil ADD COLUMN year_group_year TEXT;

        -- A child's times on rolls, under the numbers that they have in the registers.
        CREATE TABLE time_on_roll (
          registration INTEGER PRIMARY KEY, pupil TEXT NOT NULL, school TEXT NOT NULL, first INTEGER NOT NULL,
          last INTEGER, withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1))) STRICT;
        CREATE INDEX time_on_roll_pupil ON time_on_roll (pupil, school);

        -- Identifiers that are another child's now.
        CREATE TABLE merged_pupil (merged TEXT PRIMARY KEY, pupil TEXT NOT NULL) STRICT, WITHOUT ROWID;

        -- The sessions whose code counts now, each under the time on roll that it belongs to, 0 for those of before.
        -- Whether one counts is judged when it is asked for: what a roll or a calendar takes out of the count it may
        -- bring back. What the registers disposed of stays until they cannot restore it any more.
        ALTER TABLE counted_session RENAME TO counted_before;
        CREATE TABLE counted_session (
          pupil TEXT NOT NULL, school TEXT NOT NULL, date INTEGER NOT NULL, session INTEGER NOT NULL
            CHECK (session IN (0, 1)),
          registration INTEGER NOT NULL, code INTEGER NOT NULL, disposal INTEGER,
          PRIMARY KEY (pupil, school, date, session, registration)) STRICT, WITHOUT ROWID;
        INSERT INTO counted_session (pupil, school, date, session, registration, code)
          SELECT pupil, school, date, session, 0, code FROM counted_before;
        DROP TABLE counted_before;
        CREATE INDEX counted_session_school ON counted_session (school, pupil);
        CREATE INDEX counted_session_disposed ON counted_session (school, disposal) WHERE disposal IS NOT NULL;
        """),
    Migration(
      "enforcement 0004 proposals by school",
      sql: "CREATE INDEX proposal_school ON proposal (school, number);"),
  ]

  /// The marks of a batch of events are of few schools, whose children's rows lie together in this order: by child first, each
  /// mark was written to a page of its own, twice.
  private static let sessionsBySchool = Migration(
    "enforcement 0011 counted sessions by school",
    sql: """
      ALTER TABLE counted_session RENAME TO counted_before;
      CREATE TABLE counted_session (
        school TEXT NOT NULL, pupil TEXT NOT NULL, date INTEGER NOT NULL, session INTEGER NOT NULL
          CHECK (session IN (0, 1)),
        registration INTEGER NOT NULL, code INTEGER NOT NULL, disposal INTEGER,
        PRIMARY KEY (school, pupil, date, session, registration)) STRICT, WITHOUT ROWID;
      INSERT INTO counted_session (school, pupil, date, session, registration, code, disposal)
        SELECT school, pupil, date, session, registration, code, disposal FROM counted_before
        ORDER BY school, pupil, date, session, registration;
      DROP TABLE counted_before;
      CREATE INDEX counted_session_disposed ON counted_session (school, disposal) WHERE disposal IS NOT NULL;
      -- All others are at a school where the child has a registration.
      CREATE INDEX counted_session_unregistered ON counted_session (pupil) WHERE registration = 0;

      -- The children whose marks a batch of events changed, until they are judged at its end: since which day, and by which
      -- event last, in which trace.
      CREATE TABLE unjudged (
        school TEXT NOT NULL, pupil TEXT NOT NULL, since INTEGER NOT NULL, cause TEXT NOT NULL, traceparent TEXT,
        PRIMARY KEY (school, pupil)) STRICT, WITHOUT ROWID;
      """)

  private static let sharedRoll = Migration(
    "enforcement 0005 the roll in the shared tables",
    sql: """
      INSERT INTO roll_school (urn, kind) SELECT urn, kind FROM school;
      INSERT INTO roll_calendar (school, school_year, json) SELECT school, school_year, json FROM calendar;
      INSERT INTO roll_pupil (pupil, date_of_birth, year_group, year_group_year)
        SELECT pupil, date_of_birth, year_group, year_group_year FROM pupil;
      -- Whether an address is protected was not kept: it counts as protected until the child is published again.
      INSERT INTO roll_registration (number, pupil, school, first, last, withdrawn, address_protected)
        SELECT registration, pupil, school, first, last, withdrawn, 1 FROM time_on_roll;
      INSERT INTO roll_merged (merged, pupil) SELECT merged, pupil FROM merged_pupil;
      DROP TABLE school;
      DROP TABLE calendar;
      DROP TABLE pupil;
      DROP TABLE time_on_roll;
      DROP TABLE merged_pupil;
      """)
}
