extension RegistersSchema {
  /// What a check of the derived rows found.
  static let checks = """
    -- Rows of pupil_years that are not what the log makes of them, until an operator has them made anew.
    CREATE TABLE row_faults (
      registration INTEGER NOT NULL, start_year INTEGER NOT NULL, found_millis INTEGER NOT NULL,
      PRIMARY KEY (registration, start_year)) STRICT, WITHOUT ROWID;
    """
}
