import CMEDomain
import CaseKit
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import Search
import ServiceKit
import Store

/// Children of whom an agency or the public told, and whom no school has (decision 0028). Their names stand here because
/// no other program has them, and go as soon as the child is found to be one of the roll.
enum ReportedChildren {
  /// The most that are kept at once.
  static let most = 5_000

  static func count(in db: Database) throws -> Int {
    try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM reported_child")) ?? 0
  }

  static func add(
    _ child: LostPupil, _ pupil: PupilID, source: String, on day: Day, by officer: String, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO reported_child (pupil, given_name, family_name, folded_given, folded_family, date_of_birth, sex, upn,
          source, reported_on, officer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      pupil.text, child.givenName, child.familyName, NameFolding.fold(child.givenName),
      NameFolding.fold(child.familyName), child.dateOfBirth.ordinal, child.sex?.rawValue, child.upn?.text, source,
      day.ordinal, officer,
    ])
  }

  /// Those who may be a child of the roll: of its birth date, its number or its names.
  static func near(_ child: LostPupil, in db: Database) throws -> [(id: PupilID, child: LostPupil)] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM reported_child WHERE date_of_birth = :born OR upn = :upn
            OR (folded_given = :given AND folded_family = :family)
          """),
      arguments: [
        "born": child.dateOfBirth.ordinal, "upn": child.upn?.text, "given": NameFolding.fold(child.givenName),
        "family": NameFolding.fold(child.familyName),
      ]
    ).compactMap(read)
  }

  static func find(_ pupil: PupilID, in db: Database) throws -> LostPupil? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM reported_child WHERE pupil = ?"), arguments: [pupil.text]
    ).flatMap(read)?.child
  }

  /// A page of them, in the order of their identifiers.
  static func page(after: String, limit: Int, in db: Database) throws -> [(id: PupilID, child: LostPupil)] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM reported_child WHERE pupil > ? ORDER BY pupil LIMIT ?"),
      arguments: [after, limit]
    ).compactMap(read)
  }

  private static func read(_ row: Row) -> (id: PupilID, child: LostPupil)? {
    guard let id = PupilID(row["pupil"] as String) else { return nil }
    return (
      id,
      LostPupil(
        givenName: row["given_name"], familyName: row["family_name"],
        dateOfBirth: Day(ordinal: row["date_of_birth"]), sex: (row["sex"] as String?).flatMap(Sex.init(rawValue:)),
        upn: (row["upn"] as String?).flatMap { try? UPN($0) })
    )
  }

  /// A child of the roll who may be the child, and what a person said of it.
  struct Pair: Hashable, Sendable {
    let candidate: PupilID
    let ground: String
    /// `nil` until a person has decided.
    let isSame: Bool?
  }

  /// Puts a pair before a person; one that was decided stays decided.
  static func propose(_ pupil: PupilID, _ candidate: PupilID, _ ground: String, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO reported_pair (pupil, candidate, ground) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    ).execute(arguments: [pupil.text, candidate.text, ground])
  }

  static func pairs(of pupil: PupilID, in db: Database) throws -> [Pair] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT candidate, ground, is_same FROM reported_pair WHERE pupil = ? ORDER BY candidate"),
      arguments: [pupil.text]
    ).compactMap { row in
      PupilID(row["candidate"] as String).map { Pair(candidate: $0, ground: row["ground"], isSame: row["is_same"]) }
    }
  }

  static func deny(_ pupil: PupilID, _ candidate: PupilID, by officer: String, in db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE reported_pair SET is_same = 0, officer = ? WHERE pupil = ? AND candidate = ?"
    ).execute(arguments: [officer, pupil.text, candidate.text])
  }

  /// Makes the child one of the roll: its search goes on under the other's identifier, and its names go.
  static func join(
    _ pupil: PupilID, into candidate: PupilID, _ reader: RegistersReader, _ unit: UnitOfWork
  ) throws {
    for table in ["reported_pair", "reported_child"] {
      try unit.db.execute(sql: "DELETE FROM \(table) WHERE pupil = ?", arguments: [pupil.text])
    }
    let data = PupilsMerged(pupil: candidate, merged: pupil)
    let merged = Event(
      id: "reported-\(pupil.text)", source: "/cme/reported-children", type: PupilsMerged.type.name,
      subject: candidate.text, time: unit.at, recordedTime: unit.at, sequence: 1, traceparent: nil,
      classification: PupilsMerged.classification, data: try data.encoded())
    try RollHandler(CMESchema.roll, reader).handle(merged, in: unit)
    if try Searches.isOnRoll(candidate, on: unit.today, in: unit.db) {
      try reader.lapse(candidate, unit, where: \.endsWithRegistration)
    }
  }
}

extension RegistersReader {
  /// Compares a child of the roll with those of whom somebody told. What the number decides is taken; the rest is put
  /// before a person.
  func compare(_ data: PupilEnrolled, _ unit: UnitOfWork) throws {
    let known = LostPupil(
      givenName: data.givenName, familyName: data.familyName, dateOfBirth: data.dateOfBirth, sex: data.sex,
      upn: data.upn)
    let candidate = try Roll.current(data.pupil, in: unit.db)
    for one in try ReportedChildren.near(known, in: unit.db) where one.id != candidate {
      guard let found = ChildMatch.among([(id: candidate, child: known)], one.child).first else { continue }
      if found.match == .same, found.ground == .number {
        try ReportedChildren.join(one.id, into: candidate, self, unit)
      } else {
        try ReportedChildren.propose(one.id, candidate, found.ground.rawValue, in: unit.db)
      }
    }
  }
}
