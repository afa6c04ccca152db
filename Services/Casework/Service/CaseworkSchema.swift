import CaseKit
import Letters
import RollCopy
import Store

/// What casework keeps.
enum CaseworkSchema {
  static let roll = RollCopy(
    .opaque,
    moves: CaseSchema.pupilColumns + [
      PupilColumn("case_file", "subject"), PupilColumn("finding"),
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
          """)
    ]
}
