import CMEDomain
import GRDB
import Rulebook
import SchoolFiles
import SealedAlerts
import ServiceKit
import Store

/// The files that were made for the store of lost pupils, as they are kept: nothing of what they say.
enum LostPupilFiles {
  static func next(in db: Database) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT coalesce(max(number), 0) + 1 FROM lost_pupil_file")) ?? 1
  }

  static func add(_ made: LostPupilRoutes.Made, to number: Int64, by officer: String, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO lost_pupil_file (number, case_number, name, on_day, officer, reason) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [made.number, number, made.name, made.madeOn.ordinal, officer, made.reason])
  }

  static func receive(_ number: Int64, on day: Day, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE lost_pupil_file SET receipt_on = ? WHERE number = ?")
      .execute(arguments: [day.ordinal, number])
  }

  /// The files of a search in the order in which they were made.
  static func all(of number: Int64, in db: Database) throws -> [LostPupilRoutes.Made] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM lost_pupil_file WHERE case_number = ? ORDER BY number"),
      arguments: [number]
    ).map { row in
      .init(
        number: row["number"], name: row["name"], madeOn: Day(ordinal: row["on_day"]), reason: row["reason"],
        receiptOn: (row["receipt_on"] as Int32?).map(Day.init(ordinal:)))
    }
  }
}

extension LostPupilRoutes.School {
  /// - Throws: `Problem` invalid for numbers that are none.
  func checked() throws(Problem) -> CTFSource {
    func digits(_ text: String, _ count: Int) -> Bool {
      text.utf8.count == count && text.utf8.allSatisfy { (48...57).contains($0) }
    }
    var faults = Problem.Faults()
    faults.require(digits(authority, 3), "/school/authority", "must be three digits")
    faults.require(digits(establishment, 4), "/school/establishment", "must be four digits")
    faults.require(digits(urn, 6), "/school/urn", "must be six digits")
    faults.require(name.isPlain(upTo: 100), "/school/name", "must have 1 to 100 characters and no control characters")
    try faults.refuse()
    return CTFSource(authority: authority, establishment: establishment, urn: urn, name: name)
  }
}

extension LostPupilRoutes.Child {
  init(_ pupil: LostPupil) {
    self.init(
      givenName: pupil.givenName, familyName: pupil.familyName, dateOfBirth: pupil.dateOfBirth,
      sex: pupil.sex?.rawValue, upn: pupil.upn?.text)
  }

  /// - Throws: `Problem` invalid for what names no child.
  func checked() throws(Problem) -> LostPupil {
    var faults = Problem.Faults()
    for (name, pointer) in [(givenName, "/child/givenName"), (familyName, "/child/familyName")] {
      faults.require(name.isPlain(upTo: 60), pointer, "must have 1 to 60 characters and no control characters")
    }
    let (sex, upn) = (sex.map { Sex(rawValue: $0) }, upn.map { try? UPN($0) })
    faults.require(sex != .some(nil), "/child/sex", "must be female or male, as registers write it")
    faults.require(upn != .some(nil), "/child/upn", "must be a pupil number")
    try faults.refuse()
    return LostPupil(
      givenName: givenName, familyName: familyName, dateOfBirth: dateOfBirth, sex: sex ?? nil, upn: upn ?? nil)
  }
}

extension LostPupilFile.Contents {
  /// What a person should know before trusting it.
  var warnings: [String] {
    var warnings: [String] = []
    if header.isNewer {
      warnings.append("The file is of a newer version than is known here: some of it may be missing.")
    }
    if header.sourceAuthority == nil || header.sourceEstablishment == nil {
      warnings.append("The file names no sending school: ask the Department's help desk before you rely on it.")
    }
    if received > 1 { warnings.append("A file of the store of lost pupils has one pupil; this one has \(received).") }
    return warnings
  }
}

extension CTFFault {
  /// In words for the officer who sent the file.
  var words: String {
    switch self {
    case .empty: "is empty: send the file as it came"
    case .tooLarge: "is larger than a file of the store of lost pupils can be"
    case .unknownEncoding: "names an encoding that is not read: send UTF-8"
    case .other: "is a file of another kind: send the transfer file"
    case .notWellFormed: "is no XML that can be read: fetch the file again"
    case .documentType: "has a document type declaration: such a file is refused"
    case .notTransferFile: "is no transfer file"
    case .tooDeep, .tooManyElements: "has more elements than a transfer file"
    case .tooManyPupils: "has more than \(LostPupilFile.limits.pupils) pupils"
    }
  }
}
