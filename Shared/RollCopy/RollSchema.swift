public import Store

extension RollCopy {
  /// The kit's tables. They go into the program's own list of migrations, after those that the program had before it
  /// used the kit.
  ///
  /// Columns that the program's ``Detail`` does not ask for stay empty.
  public static let migrations = [
    Migration(
      "roll copy 0001 schools, calendars, children, registrations, merges",
      sql: """
        CREATE TABLE roll_school (
          urn TEXT PRIMARY KEY, name TEXT, phase TEXT, kind TEXT) STRICT, WITHOUT ROWID;

        CREATE TABLE roll_calendar (
          school TEXT NOT NULL, school_year TEXT NOT NULL, json TEXT NOT NULL,
          PRIMARY KEY (school, school_year)) STRICT, WITHOUT ROWID;

        -- The year group is as a school stated it, for the school year beside it.
        CREATE TABLE roll_pupil (
          pupil TEXT PRIMARY KEY, date_of_birth INTEGER, year_group TEXT, year_group_year TEXT,
          given_name TEXT, family_name TEXT) STRICT, WITHOUT ROWID;

        -- Under the number that the registration has in registers. One that was published before registrations had
        -- numbers has none; it gives way to the numbered one. The first day is unknown only where a program did not
        -- keep it before it used this table.
        CREATE TABLE roll_registration (
          id INTEGER PRIMARY KEY, number INTEGER UNIQUE, pupil TEXT NOT NULL, school TEXT NOT NULL,
          first INTEGER CHECK (first IS NOT NULL OR number IS NULL), last INTEGER, ground TEXT,
          destination_known INTEGER CHECK (destination_known IN (0, 1)),
          withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
          address_protected INTEGER NOT NULL CHECK (address_protected IN (0, 1)),
          CHECK (last IS NOT NULL OR (ground IS NULL AND destination_known IS NULL))) STRICT;
        CREATE INDEX roll_registration_pupil ON roll_registration (pupil, school);
        CREATE UNIQUE INDEX roll_registration_unnumbered ON roll_registration (pupil, school) WHERE number IS NULL;

        -- Identifiers that are another child's now.
        CREATE TABLE roll_merged (merged TEXT PRIMARY KEY, pupil TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX roll_merged_pupil ON roll_merged (pupil);
        """),
    Migration(
      "roll copy 0002 concerns",
      sql: """
        -- Whose concern a child is beside its school's; empty where the program does not ask for it.
        CREATE TABLE roll_concern (
          pupil TEXT NOT NULL, concern TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER,
          PRIMARY KEY (pupil, concern, first)) STRICT, WITHOUT ROWID;
        """),
    Migration(
      "roll copy 0003 parents",
      sql: """
        -- A child's parents and other contacts as opaque persons; empty where the program does not ask for them.
        CREATE TABLE roll_parent (
          id INTEGER PRIMARY KEY, pupil TEXT NOT NULL, person TEXT NOT NULL, relationship TEXT NOT NULL,
          parental_responsibility INTEGER NOT NULL CHECK (parental_responsibility IN (0, 1)),
          lives_with INTEGER NOT NULL CHECK (lives_with IN (0, 1)),
          safe_to_contact INTEGER NOT NULL CHECK (safe_to_contact IN (0, 1)),
          protected INTEGER NOT NULL CHECK (protected IN (0, 1)), ended INTEGER NOT NULL CHECK (ended IN (0, 1)),
          UNIQUE (pupil, person)) STRICT;
        CREATE INDEX roll_parent_person ON roll_parent (person);

        -- Identifiers of persons for whom another stands now.
        CREATE TABLE roll_person_merged (
          merged TEXT PRIMARY KEY, person TEXT NOT NULL CHECK (person <> merged)) STRICT, WITHOUT ROWID;
        CREATE INDEX roll_person_merged_person ON roll_person_merged (person);
        """),
    Migration(
      "roll copy 0004 sex",
      sql: """
        -- Empty where the program does not ask for it, or no school has stated it.
        ALTER TABLE roll_pupil ADD COLUMN sex TEXT;
        """),
  ]
}
