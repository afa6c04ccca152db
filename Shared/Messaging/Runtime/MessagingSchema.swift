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
      Migration(
        "messaging 0005 event chain",
        sql: """
          -- Each event is tied to all before it: the part of the store's life it was written in, the digest of its data
          -- as it was written, and the digest of the event and of the link before it.
          ALTER TABLE outbox ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
          ALTER TABLE outbox ADD COLUMN data_digest BLOB CHECK (length(data_digest) = 32);
          ALTER TABLE outbox ADD COLUMN link BLOB CHECK (length(link) = 32);
          -- Events of an older release get their links once.
          DROP TRIGGER outbox_no_update;
          CREATE TRIGGER outbox_no_update BEFORE UPDATE ON outbox WHEN OLD.link IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'an outbox row never changes'); END;

          -- What a reader knows of its source: the part of the source's life it follows, the last link, the public key,
          -- and whether a person accepts the source as it is now.
          ALTER TABLE positions ADD COLUMN epoch TEXT;
          ALTER TABLE positions ADD COLUMN link BLOB CHECK (length(link) = 32);
          ALTER TABLE positions ADD COLUMN source_key BLOB CHECK (length(source_key) = 32);
          ALTER TABLE positions ADD COLUMN accepts INTEGER NOT NULL DEFAULT 0 CHECK (accepts IN (0, 1));

          -- The parts of a source's life that it has left.
          CREATE TABLE left_epochs (
            topic TEXT NOT NULL, epoch TEXT NOT NULL, PRIMARY KEY (topic, epoch)) STRICT, WITHOUT ROWID;

          -- The last events that were dealt with, as many as a restored source may have lost. Type, subject and content
          -- of those alone that had an effect.
          CREATE TABLE dealt_with (
            topic TEXT NOT NULL, sequence INTEGER NOT NULL CHECK (sequence > 0), link BLOB NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'ignored', 'parked')),
            type TEXT, subject TEXT, content BLOB, PRIMARY KEY (topic, sequence)) STRICT, WITHOUT ROWID;

          -- What was dealt with and is not what the source has since it was restored.
          CREATE TABLE beyond_fork (
            id INTEGER PRIMARY KEY, topic TEXT NOT NULL, epoch TEXT NOT NULL, sequence INTEGER NOT NULL,
            link BLOB NOT NULL, type TEXT NOT NULL, subject TEXT NOT NULL, content BLOB NOT NULL,
            found_millis INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'undone')), by_sequence INTEGER)
            STRICT;
          CREATE INDEX beyond_fork_open ON beyond_fork (topic, content) WHERE state = 'open';
          """),
    ]
}
