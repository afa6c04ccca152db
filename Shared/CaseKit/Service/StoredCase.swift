public import CaseFlow
public import Contracts
import Foundation
public import GRDB
public import Messaging
public import Rulebook
import Store

/// A case as it is kept.
public struct StoredCase<Kind: CaseKind>: Sendable {
  public let number: Int64
  /// What there is one open case about, for example a child.
  public let subject: String
  /// The child that it is about; `nil` for a kind that is about no child, for example the approval of a chaperone.
  public let child: PupilID?
  public internal(set) var school: URN?
  public internal(set) var file: CaseFile<Kind>

  /// The identifier that is shown and published.
  public var id: String { "\(Self.idPrefix)\(number)" }

  /// The child of a kind that is about one.
  ///
  /// - Throws: `ContractError` for a case without one.
  public var pupil: PupilID {
    get throws {
      guard let child else { throw ContractError.invalidData(path: "/pupil") }
      return child
    }
  }

  /// What the audit log says was read or changed.
  public var audited: AuditedRecord { .record(child?.text ?? "case-\(id)") }

  static var idPrefix: String { "c" }
  static var idPattern: String { "^c[1-9][0-9]*$" }

  /// The number in an identifier; `nil` when it is none.
  static func number(_ id: String) -> Int64? {
    guard id.hasPrefix(idPrefix), let number = Int64(id.dropFirst(idPrefix.count)), "\(idPrefix)\(number)" == id else {
      return nil
    }
    return number
  }
}

/// Questions to the tables of all kinds of case.
public enum AnyCase {
  /// Whether there is a case of any kind about a child, open or closed.
  public static func exists(about pupil: PupilID, in db: Database) throws -> Bool {
    try db.has("SELECT 1 FROM case_file WHERE pupil = ?", [pupil])
  }
}

/// Questions to the tables of one kind of case.
public enum Cases<Kind: CaseKind> {
  /// `nil` when there is none of the identifier.
  public static func find(_ id: String, in db: Database) throws -> StoredCase<Kind>? {
    try StoredCase<Kind>.number(id).flatMap { try find(number: $0, in: db) }
  }

  static func find(number: Int64, in db: Database) throws -> StoredCase<Kind>? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM case_file WHERE number = ? AND kind = ?"), arguments: [number, Kind.name]
    ).map(stored)
  }

  /// The open case about something; `nil` when there is none.
  public static func open(about subject: String, in db: Database) throws -> StoredCase<Kind>? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM case_file WHERE kind = ? AND subject = ? AND is_open = 1"),
      arguments: [Kind.name, subject]
    ).map(stored)
  }

  /// All cases of a child, oldest first.
  public static func all(of pupil: PupilID, in db: Database) throws -> [StoredCase<Kind>] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM case_file WHERE pupil = ? AND kind = ? ORDER BY number"),
      arguments: [pupil.text, Kind.name]
    ).map(stored)
  }

  /// The open cases of a school, oldest first.
  static func open(at school: URN, in db: Database) throws -> [StoredCase<Kind>] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM case_file WHERE school = ? AND kind = ? AND is_open = 1 ORDER BY number",
      arguments: [school.text, Kind.name]
    ).map(stored)
  }

  /// A case as it was on record at a past moment; nothing has happened in it before it was opened.
  public static func file(
    of stored: StoredCase<Kind>, asAt moment: Timestamp, in db: Database
  ) throws -> CaseFile<Kind> {
    CaseFile(try history(of: stored.number, until: moment, in: db).map(\.entry))
  }

  /// A line of a history, with the moment at which it was written.
  typealias Line = (at: Timestamp, entry: Entry<Kind>)

  /// A case's history in order.
  ///
  /// - Parameter moment: later lines are left out.
  static func history(
    of number: Int64, after entry: Int = 0, until moment: Timestamp? = nil, limit: Int = .max, in db: Database
  ) throws -> [Line] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT at_millis, json FROM case_entry WHERE case_number = ? AND number > ? AND at_millis <= ?
          ORDER BY number LIMIT ?
          """),
      arguments: [number, entry, moment?.millis ?? .max, limit]
    ).map { row in
      (Timestamp(millis: row[0]), try JSONDecoder().decode(Entry<Kind>.self, from: Data((row[1] as String).utf8)))
    }
  }

  private static func stored(_ row: Row) throws -> StoredCase<Kind> {
    let pupil = row["pupil"] as String
    guard let child = pupil.isEmpty ? .some(nil) : PupilID(pupil).map(Optional.some) else {
      throw ContractError.invalidData(path: "/pupil")
    }
    return StoredCase(
      number: row["number"], subject: row["subject"], child: child,
      school: try (row["school"] as String?).map { try URN($0) },
      file: try JSONDecoder().decode(CaseFile<Kind>.self, from: Data((row["json"] as String).utf8)))
  }

  /// Makes the row of a case that an entry opens.
  static func insert(
    about subject: String, _ child: PupilID?, _ school: URN?, _ file: CaseFile<Kind>, in db: Database
  ) throws -> StoredCase<Kind> {
    try db.execute(
      sql: """
        INSERT INTO case_file (kind, subject, pupil, school, state, is_open, owner_role, opened, json)
        VALUES (?, ?, ?, ?, '', 0, '', 0, '')
        """, arguments: [Kind.name, subject, child?.text ?? "", school?.text])
    return StoredCase(number: db.lastInsertedRowID, subject: subject, child: child, school: school, file: file)
  }

  /// The child of a case goes to another school.
  static func move(_ stored: StoredCase<Kind>, to school: URN?, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE case_file SET school = ? WHERE number = ?")
      .execute(arguments: [school?.text, stored.number])
  }

  /// Writes an entry that the file already has, with the file and what is to be done.
  static func save(_ entry: Entry<Kind>, of stored: StoredCase<Kind>, at moment: Timestamp, in db: Database) throws {
    let file = stored.file
    let work = Kind.flow.work(of: file)
    try db.cachedStatement(
      sql: """
        UPDATE case_file SET state = ?, is_open = ?, owner_role = ?, owner = ?, opened = ?, next_due = ?, json = ?
        WHERE number = ?
        """
    ).execute(arguments: [
      file.state?.rawValue ?? "", Kind.flow.isOpen(file.state), file.owner?.role.rawValue ?? "", file.owner?.person,
      (file.openedOn ?? entry.on).ordinal, work.first?.due.ordinal, try json(file), stored.number,
    ])
    try db.cachedStatement(
      sql: "INSERT INTO case_entry (case_number, number, at_millis, on_day, name, json) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      stored.number, entry.number, moment.millis, entry.on.ordinal, entry.name, try json(entry),
    ])
    try db.cachedStatement(sql: "DELETE FROM case_task WHERE case_number = ?").execute(arguments: [stored.number])
    for item in work {
      try db.cachedStatement(
        sql: "INSERT INTO case_task (case_number, name, title, due, role, person) VALUES (?, ?, ?, ?, ?, ?)"
      ).execute(arguments: [
        stored.number, item.name, item.title, item.due.ordinal, item.owner.role.rawValue, item.owner.person,
      ])
    }
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
