extension RegistersSchema {
  /// The admission register beyond what marks need (School Attendance (Pupil Registration) (England) Regulations 2024,
  /// reg 8), and what the authority knows of a child.
  static let children = """
    ALTER TABLE pupils ADD COLUMN sex TEXT CHECK (sex IN ('F', 'M'));
    -- The school year in which the year group was stated: it moves on by itself.
    ALTER TABLE pupils ADD COLUMN year_group_year INTEGER;
    -- The record that this one turned out to be the same child as. Its identifier is used no more.
    ALTER TABLE pupils ADD COLUMN merged_into INTEGER REFERENCES pupils;
    -- The names as they are searched and compared; filled by the program, for it folds accents.
    ALTER TABLE pupils ADD COLUMN folded_given TEXT NOT NULL DEFAULT '';
    ALTER TABLE pupils ADD COLUMN folded_family TEXT NOT NULL DEFAULT '';
    CREATE INDEX pupils_names ON pupils (folded_family, folded_given);
    CREATE INDEX pupils_birth ON pupils (date_of_birth, folded_family, folded_given);
    CREATE INDEX pupils_merged ON pupils (merged_into) WHERE merged_into IS NOT NULL;

    -- 'main' and 'subsidiary' when dual registered, else 'single'.
    ALTER TABLE registrations ADD COLUMN status TEXT NOT NULL DEFAULT 'single'
      CHECK (status IN ('single', 'main', 'subsidiary'));
    ALTER TABLE registrations ADD COLUMN ground TEXT CHECK (ground IN
      ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o'));
    -- Where the child went: a school's URN, an address in words, or '' when unknown.
    ALTER TABLE registrations ADD COLUMN destination TEXT;
    -- When the name was entered and when it was deleted, which may be another day than the first or last on roll.
    ALTER TABLE registrations ADD COLUMN entered_on INTEGER;
    ALTER TABLE registrations ADD COLUMN deleted_on INTEGER;

    -- Pupil numbers that are not the child's own any more, temporary ones among them.
    CREATE TABLE former_upns (
      upn TEXT PRIMARY KEY CHECK (length(upn) = 13), pupil INTEGER NOT NULL REFERENCES pupils,
      until_day INTEGER) STRICT, WITHOUT ROWID;
    CREATE INDEX former_upns_pupil ON former_upns (pupil);

    -- Every statement of the admission register as it was made, so that it can be asked as at a past moment.
    CREATE TABLE admission_log (
      number INTEGER PRIMARY KEY, pupil INTEGER NOT NULL REFERENCES pupils, registration INTEGER REFERENCES registrations,
      kind TEXT NOT NULL, statement TEXT NOT NULL CHECK (json_valid(statement)), at_millis INTEGER NOT NULL,
      actor TEXT NOT NULL, role TEXT NOT NULL) STRICT;
    CREATE INDEX admission_log_pupil ON admission_log (pupil, number);
    CREATE INDEX admission_log_registration ON admission_log (registration, number) WHERE registration IS NOT NULL;
    CREATE TRIGGER admission_log_no_update BEFORE UPDATE ON admission_log
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

    -- Parents and others. Nobody is taken from the list: a contact ends.
    CREATE TABLE contacts (
      number INTEGER PRIMARY KEY, pupil INTEGER NOT NULL REFERENCES pupils, given_name TEXT NOT NULL,
      family_name TEXT NOT NULL, relation TEXT NOT NULL,
      parental_responsibility INTEGER NOT NULL CHECK (parental_responsibility IN (0, 1)),
      lives_with INTEGER NOT NULL CHECK (lives_with IN (0, 1)),
      emergency INTEGER NOT NULL CHECK (emergency IN (0, 1)),
      safe_to_contact INTEGER NOT NULL CHECK (safe_to_contact IN (0, 1)),
      address_protected INTEGER NOT NULL CHECK (address_protected IN (0, 1)),
      telephone TEXT NOT NULL DEFAULT '', email TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '',
      postcode TEXT NOT NULL DEFAULT '', first INTEGER NOT NULL, last INTEGER CHECK (last >= first),
      -- Names, postcode and telephone folded: what one person among two children's contacts shares. '' when incomplete.
      person_key TEXT NOT NULL) STRICT;
    CREATE INDEX contacts_pupil ON contacts (pupil);
    CREATE INDEX contacts_person ON contacts (person_key) WHERE person_key <> '';

    -- Children of one family, by a family number.
    CREATE TABLE family_members (
      family INTEGER NOT NULL, pupil INTEGER NOT NULL REFERENCES pupils, PRIMARY KEY (family, pupil)) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX family_members_pupil ON family_members (pupil);
    -- Children that a person said are no siblings: a shared contact does not make them so again.
    CREATE TABLE not_siblings (
      pupil INTEGER NOT NULL REFERENCES pupils, other INTEGER NOT NULL REFERENCES pupils, CHECK (pupil < other),
      PRIMARY KEY (pupil, other)) STRICT, WITHOUT ROWID;

    -- Flags with their days. Whoever may not know of one does not see it.
    CREATE TABLE flags (
      number INTEGER PRIMARY KEY, pupil INTEGER NOT NULL REFERENCES pupils,
      kind TEXT NOT NULL CHECK (kind IN ('social-worker', 'child-protection-plan', 'looked-after', 'ehc-plan',
        'sen-support', 'free-meals', 'youth-justice', 'mobile-child')),
      first INTEGER NOT NULL, last INTEGER CHECK (last >= first), at_millis INTEGER NOT NULL, actor TEXT NOT NULL,
      role TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX flags_first ON flags (pupil, kind, first);
    CREATE INDEX flags_kind ON flags (kind, pupil);

    -- Two records that may be one child; a person decides.
    CREATE TABLE match_candidates (
      number INTEGER PRIMARY KEY, pupil INTEGER NOT NULL REFERENCES pupils, other INTEGER NOT NULL REFERENCES pupils,
      grounds TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'same', 'different')),
      decided_millis INTEGER, actor TEXT, role TEXT, reason TEXT, CHECK (pupil < other),
      CHECK ((state = 'open') = (decided_millis IS NULL)), UNIQUE (pupil, other)) STRICT;
    CREATE INDEX match_candidates_open ON match_candidates (state, number);
    CREATE INDEX match_candidates_other ON match_candidates (other);

    -- Which identifier a registration's marks were published under, up to and with a sequence of the outbox: set when
    -- two records are merged, so that an event that is read again says what it said.
    CREATE TABLE identity_changes (
      registration INTEGER NOT NULL REFERENCES registrations, through_sequence INTEGER NOT NULL, pupil TEXT NOT NULL,
      PRIMARY KEY (registration, through_sequence)) STRICT, WITHOUT ROWID;
    """

  /// What a code may depend on beside the calendar.
  static let arrangements = """
    -- Part-time timetables, suspensions and exclusions, provision off site, leave given: each with its days.
    CREATE TABLE arrangements (
      number INTEGER PRIMARY KEY, registration INTEGER NOT NULL REFERENCES registrations,
      kind TEXT NOT NULL CHECK (kind IN ('part-time-timetable', 'suspension', 'provision', 'leave')),
      first INTEGER NOT NULL, last INTEGER CHECK (last >= first), details TEXT NOT NULL CHECK (json_valid(details)),
      at_millis INTEGER NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL) STRICT;
    CREATE INDEX arrangements_registration ON arrangements (registration, kind, first);
    """
}
