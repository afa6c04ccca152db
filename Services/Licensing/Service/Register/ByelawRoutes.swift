import Contracts
import Foundation
import GRDB
import HTTPTypes
import LicensingDomain
import Messaging
import Rulebook
import ServiceKit

/// Byelaws of authorities as they are kept.
enum ByelawBook {
  /// - Returns: whether there were none of the authority from the day.
  static func add(_ byelaws: Byelaws, in db: Database) throws -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try db.cachedStatement(
      sql: """
        INSERT INTO byelaw (authority, in_force_from, json) VALUES (?, ?, ?)
        ON CONFLICT (authority, in_force_from) DO NOTHING
        """
    ).execute(arguments: [
      byelaws.authority, byelaws.inForceFrom.ordinal, String(decoding: try encoder.encode(byelaws), as: UTF8.self),
    ])
    return db.changesCount == 1
  }

  /// Those of one authority or of all, by authority and day.
  static func all(of authority: String? = nil, in db: Database) throws -> [Byelaws] {
    try String.fetchAll(
      db.cachedStatement(
        sql: "SELECT json FROM byelaw WHERE ?1 IS NULL OR authority = ?1 ORDER BY authority, in_force_from"),
      arguments: [authority]
    ).map { try JSONDecoder().decode(Byelaws.self, from: Data($0.utf8)) }
  }

  /// The law at the workplaces of an authority.
  static func law(at authority: String, in db: Database) throws -> EmploymentLaw {
    EmploymentLaw(byelaws: try all(of: authority, in: db))
  }
}

/// The byelaws: dated data that a person enters; a row that is looser than the Act is refused.
struct ByelawRoutes: Sendable {
  let transactions: Transactions
  /// Called with each authority whose byelaws have changed.
  let changed: @Sendable (String, UnitOfWork) throws -> Void

  struct Form: Codable, Sendable {
    let byelaws: Byelaws
  }

  struct Book: WholeList, Sendable {
    let byelaws: [Byelaws]
    var list: (name: String, rows: [Byelaws]) { ("byelaws", byelaws) }
  }

  private static let policy = Policy.roles(.licensingOfficer, .manager, .legalOfficer, reach: .wholeAuthority)

  func add(to router: ServiceRouter) {
    router.read("/byelaws", Self.policy, "The byelaws on children's work, of every authority and time") { _ in
      Book(byelaws: try await transactions.read { try ByelawBook.all(in: $0) })
    }
    router.write(
      .post, "/byelaws", Self.policy, "Enter an authority's byelaws from the day on which they come into force",
      upTo: 256 << 10, problems: [409], enter)
  }

  private func enter(_ call: Call, _ form: Form) async throws -> Remembered<Byelaws> {
    let byelaws = form.byelaws
    let faults = byelaws.faults().map(Self.fault) + Self.headFaults(byelaws)
    guard faults.isEmpty else { throw Problem.invalid(faults) }
    return try await transactions.write(call.edit) { unit in
      guard try ByelawBook.add(byelaws, in: unit.db) else {
        throw Problem.conflict("byelaws-known", "There are byelaws of this authority from this day already")
      }
      try unit.audit(.byelawsEntered, of: .record("byelaws-\(byelaws.authority)"))
      try changed(byelaws.authority, unit)
      return byelaws
    }
  }

  private static func headFaults(_ byelaws: Byelaws) -> [Fault] {
    ((try? AuthorityCode(byelaws.authority)) == nil ? [Fault("/byelaws/authority", "must be three digits")] : [])
      + ((1...200).contains(byelaws.reference.count)
        ? [] : [Fault("/byelaws/reference", "must have 1 to 200 characters")])
  }

  private static func fault(_ fault: Byelaws.Fault) -> Fault {
    switch fault {
    case .incomplete(let row):
      Fault("/byelaws/rows/\(row)", "lacks what its kind says, or says what no child or day has")
    case .looser(let row): Fault("/byelaws/rows/\(row)", "allows more than the Act; byelaws may only be stricter")
    case .tooManyRows: Fault("/byelaws/rows", "must be at most \(Byelaws.mostRows) rows")
    case .noDays: Fault("/byelaws/inForceTo", "must not be before inForceFrom")
    }
  }
}
