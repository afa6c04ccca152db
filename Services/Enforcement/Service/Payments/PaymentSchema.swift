import Store

/// The tables of the money that comes for penalty notices. What came and what people did is only added to; what is to be
/// settled is made from it.
enum PaymentSchema {
  static let migration = Migration(
    "enforcement payments 0001",
    sql: """
      -- Files of payments, each once by the digest of its bytes.
      CREATE TABLE payment_file (
        number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, source TEXT NOT NULL
          CHECK (source IN ('bank', 'pay-service')),
        at_millis INTEGER NOT NULL, caller TEXT NOT NULL, received INTEGER NOT NULL, booked INTEGER NOT NULL,
        known INTEGER NOT NULL, passed_over INTEGER NOT NULL, refused INTEGER NOT NULL) STRICT;
      CREATE TRIGGER payment_file_no_update BEFORE UPDATE ON payment_file
        BEGIN SELECT RAISE(ABORT, 'a file is history'); END;
      CREATE TRIGGER payment_file_no_delete BEFORE DELETE ON payment_file
        BEGIN SELECT RAISE(ABORT, 'a file is history'); END;

      -- Rows that could not be read, and why; nothing of what was in them.
      CREATE TABLE payment_refused (
        file INTEGER NOT NULL REFERENCES payment_file (number), row INTEGER NOT NULL, place TEXT NOT NULL,
        reason TEXT NOT NULL, detail TEXT NOT NULL, fix TEXT NOT NULL, PRIMARY KEY (file, row)) STRICT, WITHOUT ROWID;
      -- Files of whose refused rows a person has taken care.
      CREATE TABLE payment_file_settled (
        file INTEGER PRIMARY KEY REFERENCES payment_file (number), reason TEXT NOT NULL, at_millis INTEGER NOT NULL,
        caller TEXT NOT NULL) STRICT;

      -- What came, and what files say went back. The identity is a digest: the payer's words are in it.
      CREATE TABLE payment (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund')), source TEXT NOT NULL
          CHECK (source IN ('bank', 'pay-service', 'hand')),
        identity BLOB NOT NULL, on_day INTEGER NOT NULL, pence INTEGER NOT NULL CHECK (pence > 0), notice TEXT,
        reference TEXT, file INTEGER REFERENCES payment_file (number), row INTEGER, at_millis INTEGER NOT NULL,
        caller TEXT NOT NULL, UNIQUE (source, identity)) STRICT;
      CREATE INDEX payment_notice ON payment (notice);
      CREATE INDEX payment_day ON payment (on_day);
      -- Only the payer's words may be taken away.
      CREATE TRIGGER payment_no_update BEFORE UPDATE OF number, kind, source, identity, on_day, pence, notice, file, row,
        at_millis, caller ON payment BEGIN SELECT RAISE(ABORT, 'a payment is history'); END;
      CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment
        BEGIN SELECT RAISE(ABORT, 'a payment is history'); END;

      -- What people did with a payment: allocated and returned sums, and acts that were mistakes.
      CREATE TABLE payment_act (
        number INTEGER PRIMARY KEY, payment INTEGER NOT NULL REFERENCES payment (number), kind TEXT NOT NULL
          CHECK (kind IN ('allocated', 'returned', 'reversed')),
        from_notice TEXT, to_notice TEXT, pence INTEGER CHECK (pence > 0), on_day INTEGER, reason TEXT NOT NULL,
        reverses INTEGER UNIQUE REFERENCES payment_act (number), at_millis INTEGER NOT NULL, caller TEXT NOT NULL,
        CHECK ((kind = 'allocated') = (to_notice IS NOT NULL)), CHECK ((kind = 'returned') = (on_day IS NOT NULL)),
        CHECK ((kind = 'reversed') = (reverses IS NOT NULL)), CHECK ((kind = 'reversed') = (pence IS NULL))) STRICT;
      CREATE INDEX payment_act_payment ON payment_act (payment);
      CREATE INDEX payment_act_notice ON payment_act (to_notice);
      CREATE TRIGGER payment_act_no_update BEFORE UPDATE ON payment_act
        BEGIN SELECT RAISE(ABORT, 'an act is history'); END;
      CREATE TRIGGER payment_act_no_delete BEFORE DELETE ON payment_act
        BEGIN SELECT RAISE(ABORT, 'an act is history'); END;

      -- What of each payment is on no notice.
      CREATE TABLE payment_unmatched (
        payment INTEGER PRIMARY KEY REFERENCES payment (number), pence INTEGER NOT NULL CHECK (pence > 0)) STRICT;
      -- Notices whose money a person has to look at.
      CREATE TABLE payment_query (
        notice TEXT PRIMARY KEY, since INTEGER NOT NULL, outcome TEXT NOT NULL, pence INTEGER NOT NULL) STRICT,
        WITHOUT ROWID;
      """)
}
