extension RegistersSchema {
  /// What was found of children, and what schools owe the authority.
  static let findings = """
    CREATE INDEX entries_school ON entries (school);

    -- What was found, each once: derived from the marks, raised when it becomes true and lapsed when it is not any
    -- more. The receipt and the amendment say what was known when it was raised.
    CREATE TABLE findings (
      number INTEGER PRIMARY KEY, registration INTEGER NOT NULL REFERENCES registrations,
      school TEXT NOT NULL REFERENCES schools, kind TEXT NOT NULL, start_year INTEGER NOT NULL,
      occasion INTEGER NOT NULL, since INTEGER NOT NULL, became INTEGER NOT NULL,
      session INTEGER CHECK (session IN (0, 1)), counted INTEGER NOT NULL, out_of INTEGER, concerns TEXT NOT NULL,
      raised_millis INTEGER NOT NULL, known_receipt INTEGER NOT NULL, known_amendment INTEGER NOT NULL,
      lapsed_millis INTEGER) STRICT;
    CREATE INDEX findings_open ON findings (school, start_year) WHERE lapsed_millis IS NULL;
    CREATE INDEX findings_school ON findings (school, kind);
    CREATE INDEX findings_kind ON findings (kind);
    CREATE INDEX findings_day ON findings (became);
    CREATE INDEX findings_concern ON findings (number) WHERE concerns <> '';
    CREATE INDEX findings_concern_kind ON findings (kind) WHERE concerns <> '';

    -- Returns that schools filed; the expectation is a finding, a new registration or a deleted one.
    CREATE TABLE returns (
      number INTEGER PRIMARY KEY, registration INTEGER NOT NULL REFERENCES registrations,
      kind TEXT NOT NULL CHECK (kind IN ('new-pupil', 'deletion', 'attendance', 'sickness')), finding INTEGER
      REFERENCES findings, due_on INTEGER, filed_on INTEGER NOT NULL, note TEXT NOT NULL, at_millis INTEGER NOT NULL,
      actor TEXT NOT NULL, role TEXT NOT NULL) STRICT;
    CREATE INDEX returns_registration ON returns (registration, kind);
    CREATE UNIQUE INDEX returns_finding ON returns (finding) WHERE finding IS NOT NULL;

    -- Registers that were reported missing.
    CREATE TABLE missing_registers (
      school TEXT NOT NULL REFERENCES schools, day INTEGER NOT NULL, session INTEGER NOT NULL CHECK (session IN (0, 1)),
      reported_millis INTEGER NOT NULL, received_millis INTEGER, PRIMARY KEY (school, day, session))
      STRICT, WITHOUT ROWID;
    CREATE INDEX missing_registers_waiting ON missing_registers (day) WHERE received_millis IS NULL;

    -- How far what time alone changes has been looked at: registers of a session, children of a school.
    CREATE TABLE sweeps (name TEXT PRIMARY KEY, through_day INTEGER NOT NULL, at_millis INTEGER NOT NULL)
      STRICT, WITHOUT ROWID;
    """

  /// A register that was reported missing may turn out not to be due, and be due again.
  static let lapsedRegisters = """
    ALTER TABLE missing_registers ADD COLUMN lapsed_millis INTEGER;
    """
}
