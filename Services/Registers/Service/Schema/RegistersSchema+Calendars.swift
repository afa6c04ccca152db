extension RegistersSchema {
  /// What a calendar was at a past moment, by which the figures of that moment counted.
  static let calendarLog = """
    CREATE TABLE calendar_log (
      number INTEGER PRIMARY KEY, school TEXT NOT NULL REFERENCES schools, start_year INTEGER NOT NULL,
      calendar TEXT NOT NULL CHECK (json_valid(calendar)), at_millis INTEGER NOT NULL, actor TEXT NOT NULL,
      role TEXT NOT NULL) STRICT;
    CREATE INDEX calendar_log_year ON calendar_log (school, start_year, number);
    -- Of the time before nobody knows another: those of now were always so.
    INSERT INTO calendar_log (school, start_year, calendar, at_millis, actor, role)
      SELECT school, start_year, calendar, 0, 'registers', 'service' FROM calendars ORDER BY school, start_year;
    CREATE TRIGGER calendar_log_no_update BEFORE UPDATE ON calendar_log
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER calendar_log_no_delete BEFORE DELETE ON calendar_log
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    """

  /// The schools whose rolls were published before times on roll had numbers: they are published once more.
  static let untoldRolls = """
    CREATE TABLE untold_rolls (school TEXT PRIMARY KEY REFERENCES schools) STRICT, WITHOUT ROWID;
    INSERT INTO untold_rolls (school) SELECT DISTINCT school FROM registrations;
    """
}
