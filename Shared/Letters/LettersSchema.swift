public import Store

/// The tables of issued documents, in the store of the program that issues them.
public enum LettersSchema {
  /// To be given to the store with the program's own migrations.
  public static let migrations = [
    Migration(
      "letters 0001 documents",
      sql: """
        -- What was issued: only inserted. Nothing here says who anybody is.
        CREATE TABLE documents (
          number TEXT PRIMARY KEY, school_year INTEGER NOT NULL, running INTEGER NOT NULL CHECK (running > 0),
          kind TEXT NOT NULL, version INTEGER NOT NULL CHECK (version > 0),
          template_digest BLOB NOT NULL CHECK (length(template_digest) = 32),
          language TEXT NOT NULL, format TEXT NOT NULL CHECK (format IN ('letter', 'large-print', 'easy-read')),
          recipient TEXT NOT NULL, about TEXT, matter TEXT, basis TEXT,
          corrects TEXT REFERENCES documents (number), issued_on INTEGER NOT NULL, issued_millis INTEGER NOT NULL,
          issued_by TEXT NOT NULL, approved_by TEXT,
          html_digest BLOB NOT NULL CHECK (length(html_digest) = 32), UNIQUE (school_year, running)) STRICT;
        CREATE INDEX documents_about ON documents (about, issued_millis);
        CREATE INDEX documents_matter ON documents (matter, issued_millis);

        -- What the documents say, and the facts that they were made from. They go when the document is disposed of.
        CREATE TABLE document_contents (
          number TEXT PRIMARY KEY REFERENCES documents (number), facts BLOB NOT NULL, html BLOB NOT NULL) STRICT;

        -- The printed page, made once from the HTML.
        CREATE TABLE document_prints (
          number TEXT PRIMARY KEY REFERENCES documents (number), pdf BLOB NOT NULL,
          digest BLOB NOT NULL CHECK (length(digest) = 32), printed_millis INTEGER NOT NULL) STRICT;

        -- How and when each was served; what came back, or shows when it really came.
        CREATE TABLE document_services (
          id INTEGER PRIMARY KEY, number TEXT NOT NULL REFERENCES documents (number), method TEXT NOT NULL
            CHECK (method IN ('hand', 'left', 'first_class', 'second_class', 'email')),
          sent_on INTEGER NOT NULL, served_by TEXT NOT NULL, address TEXT NOT NULL, address_reason TEXT NOT NULL,
          proof TEXT NOT NULL, served_on INTEGER NOT NULL CHECK (served_on >= sent_on), rule TEXT NOT NULL,
          source TEXT NOT NULL, recorded_millis INTEGER NOT NULL, recorded_by TEXT NOT NULL) STRICT;
        CREATE INDEX document_services_number ON document_services (number);
        CREATE TABLE document_receipts (
          id INTEGER PRIMARY KEY, number TEXT NOT NULL REFERENCES documents (number),
          kind TEXT NOT NULL CHECK (kind IN ('received', 'returned')), day INTEGER NOT NULL, evidence TEXT NOT NULL,
          recorded_millis INTEGER NOT NULL, recorded_by TEXT NOT NULL) STRICT;
        CREATE INDEX document_receipts_number ON document_receipts (number);

        CREATE TABLE document_withdrawals (
          number TEXT PRIMARY KEY REFERENCES documents (number), ground TEXT NOT NULL, at_millis INTEGER NOT NULL,
          by TEXT NOT NULL) STRICT;

        -- The certificate under which a document's contents went.
        CREATE TABLE document_disposals (
          number TEXT PRIMARY KEY REFERENCES documents (number), certificate TEXT NOT NULL, at_millis INTEGER NOT NULL,
          by TEXT NOT NULL) STRICT;
        """ + guards)
  ]

  /// Nothing changes; what tells who somebody is can go once its disposal is on record.
  private static var guards: String {
    let kept = ["documents", "document_withdrawals", "document_disposals"]
    let disposable = ["document_contents", "document_prints", "document_services", "document_receipts"]
    let updates = (kept + disposable).map { table in
      """
      CREATE TRIGGER \(table)_no_update BEFORE UPDATE ON \(table)
        BEGIN SELECT RAISE(ABORT, 'an issued document never changes'); END;

      """
    }
    let deletes = (kept + disposable).map { table in
      """
      CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table)\
      \(kept.contains(table) ? "" : " WHEN NOT EXISTS (SELECT 1 FROM document_disposals d WHERE d.number = old.number)")
        BEGIN SELECT RAISE(ABORT, 'an issued document stays'); END;

      """
    }
    return "\n" + (updates + deletes).joined()
  }
}
