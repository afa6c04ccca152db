import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import LicensingDomain
import Messaging
import Rulebook
import ServiceKit

/// The register of one kind of party: entering one, and the list. Entering a chaperone or a body opens its approval.
struct PartyRoutes: Sendable {
  typealias Opening = @Sendable (Party, UnitOfWork) throws -> Approval?

  /// The case of an approval, as the list shows it.
  struct Approval: Sendable {
    let number: Int64
    let state: String
    let until: Day?
  }

  let kind: Party.Kind
  let path: String
  let transactions: Transactions
  /// Opens the approval of a new party.
  let open: Opening
  /// The approval of a party as it stands.
  let approval: @Sendable (Party, UnitOfWork) throws -> Approval?

  struct Form: Codable, Sendable {
    let name: String
    let address: [String]
    /// Telephone number or e-mail address.
    let contact: String
  }

  struct Line: Listed {
    static let list = "parties"

    let id, name: String
    /// The approval's case, its state and its last day; absent for those who need no approval.
    let `case`, state: String?
    let until: Day?
  }

  private static let pageSize = 100
  private static let policy = Policy.roles(.licensingOfficer, .manager, reach: .wholeAuthority)

  func add(to router: ServiceRouter) {
    router.read(path, Self.policy, "The register: names and approvals", query: [.after], list)
    router.write(
      .post, path, Self.policy, "Enter somebody in the register; an approval is opened where one is needed",
      upTo: 16 << 10, enter)
  }

  private func list(_ call: Call) async throws -> Page<Line> {
    let after = try call.after
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.partiesListed, of: .record(kind.rawValue))
      let rows = try Parties.page(kind, after: after, limit: Self.pageSize, in: unit.db)
      return try Page(rows, of: Self.pageSize, endsAt: \.number) { try line($0, unit) }
    }
  }

  private func line(_ party: Party, _ unit: UnitOfWork) throws -> Line {
    let approval = try approval(party, unit)
    return Line(
      id: party.id, name: party.name, case: approval.map { "c\($0.number)" }, state: approval?.state,
      until: approval?.until)
  }

  private func enter(_ call: Call, _ form: Form) async throws -> Remembered<Line> {
    try Self.check(form)
    return try await transactions.write(call.edit) { unit in
      let party = try Parties.add(kind, name: form.name, address: form.address, contact: form.contact, in: unit.db)
      try unit.audit(.partyEntered, of: .record(party.id))
      let approval = try open(party, unit)
      if let approval { try Parties.file(party.number, under: approval.number, in: unit.db) }
      return Line(
        id: party.id, name: party.name, case: approval.map { "c\($0.number)" }, state: approval?.state, until: nil)
    }
  }

  private static func check(_ form: Form) throws(Problem) {
    var faults = Faults()
    faults.require((1...200).contains(form.name.count), "/name", "must have 1 to 200 characters")
    faults.require(
      (1...8).contains(form.address.count) && form.address.allSatisfy { (1...200).contains($0.count) }, "/address",
      "must be 1 to 8 lines of 1 to 200 characters")
    faults.require(form.contact.count <= 200, "/contact", "must have at most 200 characters")
    try faults.refuse()
  }
}

extension Caller {
  /// The caller as somebody who acts in a case.
  ///
  /// - Throws: `Problem` forbidden for a role that the flow does not know.
  func acting<Role: FlowName>() throws(Problem) -> Actor<Role> {
    guard let role = Role(rawValue: role.rawValue) else { throw .forbidden }
    return .person(subject, role)
  }
}
