import CaseKit
import CaseworkDomain
import Contracts
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store

/// The entries of the service's books.
enum BookStore {
  /// An entry as it is kept.
  struct Kept<Entry: BookEntry>: Sendable {
    let number: Int64
    /// Whose it is; that of the entry which it is about where it names none itself.
    let school: URN?
    let pupil: PupilID?
    let at: Timestamp
    /// Who wrote it, by an opaque identifier.
    let by: String
    let entry: Entry
    /// The entry that closed it; `nil` while it is open.
    let closedBy: Int64?
  }

  /// Which entries are wanted; what is `nil` does not matter.
  struct Filter {
    var school: URN?
    var pupil: PupilID?
    var about: Int64?
    var isOpen: Bool?
    /// The day that an entry is about.
    var on: Day?
    /// The schools that the reader is bound to, by URN.
    var confinedTo: Set<String>?
    /// The children of whom the reader must not know.
    var hidden: [PupilID] = []
    /// A reader who sees of children only those who are on the roll on a day, and what the reader wrote.
    var onRoll: (reader: String, on: Day)?

    init(school: URN? = nil, pupil: PupilID? = nil, about: Int64? = nil, isOpen: Bool? = nil, on day: Day? = nil) {
      (self.school, self.pupil, self.about, self.isOpen, on) = (school, pupil, about, isOpen, day)
    }

    /// What a caller may see of what is asked for. A school sees nothing of a child who has left but what it wrote itself
    /// (`casework.md` 12).
    func seen(by unit: UnitOfWork) throws -> Filter {
      var filter = self
      filter.confinedTo = unit.caller.confinedTo
      filter.hidden = try unit.hiddenPupils
      if unit.caller.role == .school { filter.onRoll = (unit.caller.subject, unit.today) }
      return filter
    }
  }

  /// Writes an entry.
  ///
  /// - Throws: `Problem` invalid for what is wrong with it; not found for a school, a child or an entry that is unknown or
  ///   that the caller may not see; conflict for an entry that is closed.
  static func add<Entry: BookEntry>(_ entry: Entry, in unit: UnitOfWork) throws -> Int64 {
    try entry.faults.refuse()
    var (school, pupil) = (entry.school, try entry.pupil.map { try Roll.current($0, in: unit.db) })
    if let about = entry.about {
      let row = try Row.fetchOne(
        unit.db.cachedStatement(
          sql: "SELECT school, pupil, closed_by FROM book_entry WHERE number = ? AND book = ?"),
        arguments: [about, Entry.book.about?.rawValue])
      guard let row else { throw Problem.notFound("Entry") }
      if Entry.book == Entry.book.about?.closedBy, (row["closed_by"] as Int64?) != nil {
        throw Problem.conflict("entry-closed", "This entry is closed")
      }
      school = try school ?? (row["school"] as String?).map { try URN($0) }
      pupil = pupil ?? (row["pupil"] as String?).flatMap { PupilID($0) }
    }
    if let school {
      guard unit.caller.maySee(school), try Roll.school(school, in: unit.db) != nil else {
        throw Problem.notFound("School")
      }
    } else if unit.caller.confinedTo != nil {
      throw Problem.forbidden
    }
    if let pupil {
      guard try Roll.isKnown(pupil, in: unit.db),
        try school.map({ try !Roll.history(of: pupil, at: $0, in: unit.db).isEmpty }) ?? true
      else { throw Problem.notFound("Pupil") }
    }
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO book_entry (book, school, pupil, about, on_day, at_millis, by, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      Entry.book.rawValue, school, pupil, entry.about, entry.on, unit.at, unit.caller.subject, String(json: entry),
    ])
    let number = unit.db.lastInsertedRowID
    if let about = entry.about, Entry.book == Entry.book.about?.closedBy {
      try unit.db.cachedStatement(sql: "UPDATE book_entry SET closed_by = ? WHERE number = ?")
        .execute(arguments: [number, about])
    }
    return number
  }

  /// Entries in the order in which they were written.
  static func all<Entry: BookEntry>(
    _: Entry.Type, _ filter: Filter = Filter(), after number: Int64 = 0, limit: Int = 10_000, in db: Database
  ) throws -> [Kept<Entry>] {
    var arguments: StatementArguments = [
      Entry.book.rawValue, number, filter.school, filter.school, filter.pupil, filter.pupil, filter.about,
      filter.about, filter.isOpen, filter.isOpen, filter.on, filter.on, filter.hidden.list, filter.onRoll?.reader,
      filter.onRoll?.reader,
      filter.onRoll?.on, filter.onRoll?.on,
    ]
    let own = filter.confinedTo.map { "AND school IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
    arguments += StatementArguments((filter.confinedTo ?? []).sorted())
    arguments += [limit]
    return try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM book_entry WHERE book = ? AND number > ? AND (? IS NULL OR school = ?) AND (? IS NULL OR pupil = ?)
          AND (? IS NULL OR about = ?) AND (? IS NULL OR (closed_by IS NULL) = ?)
          AND (? IS NULL OR on_day = ?)
          AND (pupil IS NULL OR pupil NOT IN (SELECT value FROM json_each(?)))
          AND (? IS NULL OR pupil IS NULL OR by = ? OR EXISTS (
            SELECT 1 FROM roll_registration r WHERE r.pupil = book_entry.pupil AND r.school = book_entry.school
              AND r.withdrawn = 0 AND coalesce(r.first, 0) <= ? AND (r.last IS NULL OR r.last >= ?)))
          \(own) ORDER BY number LIMIT ?
        """, arguments: arguments
    ).map(kept)
  }

  /// One entry; `nil` when the book has none of the number.
  static func find<Entry: BookEntry>(_ number: Int64, _: Entry.Type, in db: Database) throws -> Kept<Entry>? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM book_entry WHERE number = ? AND book = ?"),
      arguments: [number, Entry.book.rawValue]
    ).map(kept)
  }

  private static func kept<Entry: BookEntry>(_ row: Row) throws -> Kept<Entry> {
    Kept(
      number: row["number"], school: try (row["school"] as String?).map { try URN($0) },
      pupil: (row["pupil"] as String?).flatMap { PupilID($0) }, at: Timestamp(millis: row["at_millis"]),
      by: row["by"], entry: try JSONDecoder().decode(Entry.self, from: Data((row["json"] as String).utf8)),
      closedBy: row["closed_by"])
  }
}
