public import Store

/// The tables that messaging keeps in a service's own store, so that they change in the transactions of its effects.
public enum MessagingSchema {
  /// To be given to the store before the service's own migrations; the audit log's are among them.
  public static let migrations =
    AuditLog.migrations + [
      Migration(
        "messaging 0001 outbox, positions, parked",
        sql: """
          CREATE TABLE outbox (
            sequence INTEGER PRIMARY KEY CHECK (sequence > 0), type TEXT NOT NULL, subject TEXT NOT NULL,
            time_millis INTEGER NOT NULL, recorded_millis INTEGER NOT NULL, traceparent TEXT,
            classification TEXT NOT NULL, data BLOB NOT NULL) STRICT;
          CREATE TRIGGER outbox_no_update BEFORE UPDATE ON outbox
            BEGIN SELECT RAISE(ABORT, 'an outbox row never changes'); END;
          -- The feed serves what the log lost: every row stays.
          CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox
            BEGIN SELECT RAISE(ABORT, 'an outbox row stays'); END;

          CREATE TABLE positions (
            topic TEXT PRIMARY KEY, next_offset INTEGER NOT NULL CHECK (next_offset >= 0),
            last_sequence INTEGER NOT NULL CHECK (last_sequence >= 0)) STRICT, WITHOUT ROWID;

          CREATE TABLE parked (
            id INTEGER PRIMARY KEY, topic TEXT NOT NULL, sequence INTEGER NOT NULL, subject TEXT NOT NULL,
            type TEXT NOT NULL, reason TEXT NOT NULL, parked_millis INTEGER NOT NULL, event BLOB NOT NULL,
            UNIQUE (topic, sequence)) STRICT;

          -- One row for every event in the order it was dealt with. Nothing here prevents a double entry: it is what a
          -- check of the exactly-once promise reads.
          CREATE TABLE intake_log (
            number INTEGER PRIMARY KEY, source TEXT NOT NULL, sequence INTEGER NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'ignored', 'parked', 'released', 'discarded')),
            at_millis INTEGER NOT NULL) STRICT;
          """),
      Migration(
        "messaging 0002 events told from a log",
        sql: """
          -- Where the data of an event lies in a log of the service's own, so that it is not kept twice: the row there,
          -- and about how many bytes it makes. The column data has what remains when that row is disposed of.
          ALTER TABLE outbox ADD COLUMN log_row INTEGER;
          ALTER TABLE outbox ADD COLUMN log_bytes INTEGER CHECK ((log_row IS NULL) = (log_bytes IS NULL));
          """),
    ] + AuditLog.chainMigrations + [
      Migration(
        "messaging 0003 audit anchors",
        sql: """
          -- Where the audit log stood when the event was written down.
          ALTER TABLE outbox ADD COLUMN audit_head TEXT;
          -- The latest that this program's sources have published of theirs.
          CREATE TABLE audit_anchors (
            topic TEXT PRIMARY KEY, count INTEGER NOT NULL CHECK (count > 0), head TEXT NOT NULL,
            sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
          """),
      Migration(
        "messaging 0004 answers by idempotency key",
        sql: """
          CREATE TABLE remembered_answers (
            scoped_key TEXT PRIMARY KEY, fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
            body BLOB NOT NULL, at_millis INTEGER NOT NULL) STRICT;
          CREATE INDEX remembered_answers_age ON remembered_answers (at_millis);
          """),
    ]
}
