import RollCopy
public import Store

/// The notifier's tables.
public enum NotifierSchema {
  /// Names: a message that may name a child does. A record of what was disclosed keeps the identifier it was made under.
  static let roll = RollCopy(.names, moves: [PupilColumn("report")])

  /// Oldest first; frozen once released.
  public static let migrations = ownRoll + RollCopy.migrations + [sharedRoll]

  /// The store while the notifier kept a roll of its own.
  private static let ownRoll = [
    Migration(
      "notifier 0001 first slice",
      sql: """
        CREATE TABLE school (urn TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;

        -- Personal: who a child is, only to be put into messages that may name the child.
        CREATE TABLE child (
          pupil TEXT PRIMARY KEY, given_name TEXT NOT NULL, family_name TEXT NOT NULL,
          date_of_birth TEXT NOT NULL) STRICT, WITHOUT ROWID;
        -- A child whose address one school says is protected is protected everywhere.
        CREATE TABLE roll (
          pupil TEXT NOT NULL REFERENCES child (pupil), school TEXT NOT NULL, left_on TEXT,
          address_protected INTEGER NOT NULL CHECK (address_protected IN (0, 1)),
          PRIMARY KEY (pupil, school)) STRICT, WITHOUT ROWID;

        CREATE TABLE subscription (
          id TEXT PRIMARY KEY, name TEXT NOT NULL, recipient_kind TEXT NOT NULL,
          level TEXT NOT NULL CHECK (level IN ('L0', 'L1', 'L2', 'L3', 'L4')), lawful_basis TEXT NOT NULL,
          agreement_reference TEXT NOT NULL, agreement_expires_on TEXT NOT NULL, address TEXT NOT NULL,
          algorithm TEXT NOT NULL CHECK (algorithm IN ('hmac', 'ed25519')),
          status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'deleted')), suspended_for TEXT,
          officer TEXT NOT NULL, created_millis INTEGER NOT NULL,
          CHECK ((status = 'suspended') = (suspended_for IS NOT NULL))) STRICT, WITHOUT ROWID;
        -- What a subscription asks for: every event type with every school; '' is all schools.
        CREATE TABLE interest (
          type TEXT NOT NULL, school TEXT NOT NULL, subscription TEXT NOT NULL REFERENCES subscription (id),
          PRIMARY KEY (type, school, subscription)) STRICT, WITHOUT ROWID;
        CREATE INDEX interest_subscription ON interest (subscription);

        -- Secrets, sealed with the key file beside the store.
        CREATE TABLE signing_key (
          number INTEGER PRIMARY KEY, subscription TEXT NOT NULL REFERENCES subscription (id),
          algorithm TEXT NOT NULL CHECK (algorithm IN ('hmac', 'ed25519')), sealed BLOB NOT NULL,
          created_millis INTEGER NOT NULL, expires_millis INTEGER) STRICT;
        CREATE INDEX signing_key_subscription ON signing_key (subscription);

        -- Every event that a receiver could subscribe to, so that a new one can be told what was before.
        CREATE TABLE report (
          number INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, pupil TEXT NOT NULL,
          school TEXT NOT NULL, time_millis INTEGER NOT NULL, event BLOB NOT NULL,
          is_waiting INTEGER NOT NULL CHECK (is_waiting IN (0, 1))) STRICT;
        CREATE INDEX report_time ON report (time_millis);
        CREATE INDEX report_waiting ON report (pupil) WHERE is_waiting = 1;

        -- A report on its way to a subscription. Its place orders the queue; a replay gives it a new one.
        CREATE TABLE message (
          id TEXT PRIMARY KEY, subscription TEXT NOT NULL REFERENCES subscription (id),
          report INTEGER NOT NULL REFERENCES report (number), place INTEGER NOT NULL UNIQUE,
          state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'abandoned', 'withheld')),
          failures INTEGER NOT NULL CHECK (failures >= 0), due_millis INTEGER NOT NULL,
          UNIQUE (subscription, report)) STRICT;
        CREATE INDEX message_queue ON message (subscription, place) WHERE state = 'waiting';

        -- Every attempt to tell and every decision not to (`notifications.md` 6, NT-1); bound into the audit log.
        CREATE TABLE disclosure (
          number INTEGER PRIMARY KEY, at_millis INTEGER NOT NULL, message TEXT NOT NULL, event_id TEXT NOT NULL,
          event_type TEXT NOT NULL, subscription TEXT NOT NULL, recipient TEXT NOT NULL, recipient_kind TEXT NOT NULL,
          pupil TEXT NOT NULL, lawful_basis TEXT NOT NULL, agreement_reference TEXT NOT NULL, purpose TEXT NOT NULL,
          level TEXT, fields TEXT NOT NULL, template_version INTEGER NOT NULL, attempt INTEGER NOT NULL,
          result TEXT NOT NULL, body_sha256 TEXT, officer TEXT NOT NULL) STRICT;
        CREATE INDEX disclosure_subscription ON disclosure (subscription, number);
        CREATE INDEX disclosure_pupil ON disclosure (pupil);
        CREATE TRIGGER disclosure_no_update BEFORE UPDATE ON disclosure
          BEGIN SELECT RAISE(ABORT, 'the log of disclosures is append-only'); END;
        CREATE TRIGGER disclosure_no_delete BEFORE DELETE ON disclosure
          BEGIN SELECT RAISE(ABORT, 'the log of disclosures is append-only'); END;
        """),
    Migration(
      "notifier 0002 findings and merged children",
      sql: """
        -- Which identifier of a child became which.
        CREATE TABLE merged_child (merged TEXT PRIMARY KEY, pupil TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX merged_child_pupil ON merged_child (pupil);

        -- A report may be about no child, begins or takes back a matter, and its child may be merged into another.
        CREATE TABLE report_2 (
          number INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, pupil TEXT,
          school TEXT NOT NULL, time_millis INTEGER NOT NULL, event BLOB NOT NULL,
          is_waiting INTEGER NOT NULL CHECK (is_waiting IN (0, 1)),
          matter TEXT, withdraws INTEGER NOT NULL CHECK (withdraws IN (0, 1)),
          CHECK (pupil IS NOT NULL OR is_waiting = 0), CHECK (matter IS NOT NULL OR withdraws = 0)) STRICT;
        -- All reports before this migration are about proposals of enforcement.
        INSERT INTO report_2 SELECT number, event_id, type, pupil, school, time_millis, event, is_waiting,
          'enforcement/' || json_extract(CAST(event AS TEXT), '$[0].data.proposal'), type LIKE '%-lapsed.v1' FROM report;
        DROP TABLE report;
        ALTER TABLE report_2 RENAME TO report;
        CREATE INDEX report_time ON report (time_millis);
        CREATE INDEX report_pupil ON report (pupil);
        CREATE INDEX report_waiting ON report (pupil) WHERE is_waiting = 1;
        CREATE INDEX report_matter ON report (matter);
        CREATE INDEX message_report ON message (report);

        CREATE TABLE disclosure_2 (
          number INTEGER PRIMARY KEY, at_millis INTEGER NOT NULL, message TEXT NOT NULL, event_id TEXT NOT NULL,
          event_type TEXT NOT NULL, subscription TEXT NOT NULL, recipient TEXT NOT NULL, recipient_kind TEXT NOT NULL,
          pupil TEXT, lawful_basis TEXT NOT NULL, agreement_reference TEXT NOT NULL, purpose TEXT NOT NULL,
          level TEXT, fields TEXT NOT NULL, template_version INTEGER NOT NULL, attempt INTEGER NOT NULL,
          result TEXT NOT NULL, body_sha256 TEXT, officer TEXT NOT NULL) STRICT;
        INSERT INTO disclosure_2 SELECT * FROM disclosure;
        DROP TABLE disclosure;
        ALTER TABLE disclosure_2 RENAME TO disclosure;
        CREATE INDEX disclosure_subscription ON disclosure (subscription, number);
        CREATE INDEX disclosure_pupil ON disclosure (pupil);
        CREATE INDEX disclosure_event ON disclosure (event_id);
        CREATE TRIGGER disclosure_no_update BEFORE UPDATE ON disclosure
          BEGIN SELECT RAISE(ABORT, 'the log of disclosures is append-only'); END;
        CREATE TRIGGER disclosure_no_delete BEFORE DELETE ON disclosure
          BEGIN SELECT RAISE(ABORT, 'the log of disclosures is append-only'); END;
        """),
    Migration(
      "notifier 0003 attempts begun",
      sql: """
        -- An attempt that has begun and not ended. A row that is there at the start of the program is one under which it
        -- ended. The place is of the queue; none for a test message.
        CREATE TABLE attempt (
          message TEXT PRIMARY KEY, subscription TEXT NOT NULL REFERENCES subscription (id), place INTEGER,
          begun_millis INTEGER NOT NULL, level TEXT NOT NULL, fields TEXT NOT NULL, body_sha256 TEXT NOT NULL,
          officer TEXT NOT NULL) STRICT, WITHOUT ROWID;
        -- How often the program ended during an attempt since one was completed.
        ALTER TABLE subscription ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0 CHECK (deaths >= 0);
        """),
  ]

  private static let sharedRoll = Migration(
    "notifier 0004 the roll in the shared tables",
    sql: """
      INSERT INTO roll_school (urn, name) SELECT urn, name FROM school;
      INSERT INTO roll_pupil (pupil, date_of_birth, given_name, family_name)
        SELECT pupil, CAST(julianday(date_of_birth) - julianday('1970-01-01') AS INTEGER), given_name, family_name
        FROM child;
      INSERT INTO roll_registration (pupil, school, last, withdrawn, address_protected)
        SELECT pupil, school, CAST(julianday(left_on) - julianday('1970-01-01') AS INTEGER), 0, address_protected
        FROM roll;
      INSERT INTO roll_merged (merged, pupil) SELECT merged, pupil FROM merged_child;
      DROP TABLE roll;
      DROP TABLE child;
      DROP TABLE school;
      DROP TABLE merged_child;
      """)
}
