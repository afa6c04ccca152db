import CaseFlow
import CaseKit
import Contracts
import LicensingDomain
import Messaging
import Rulebook
import ServiceKit

/// The approvals of chaperones: all that is known of one is stated in its case.
struct ChaperoneCases: CaseProgram {
  typealias Kind = ChaperoneApproval

  func facts(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> Facts<Kind.Fact> { Facts() }
  func calendar(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> SchoolCalendar? { nil }

  func happened(_ entry: Entry<Kind>, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {
    guard entry.what == .acted(.suspend) else { return }
    try unit.publish(
      ChaperoneSuspended(approval: stored.id, person: stored.subject, on: entry.on), subject: stored.subject)
  }
}

/// The approvals of bodies of persons.
struct BodyCases: CaseProgram {
  typealias Kind = BodyApproval

  func facts(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> Facts<Kind.Fact> { Facts() }
  func calendar(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> SchoolCalendar? { nil }
  func happened(_ entry: Entry<Kind>, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {}
}

extension PartyRoutes {
  /// Those who need no approval.
  static func plain(_ kind: Party.Kind, at path: String, _ transactions: Transactions) -> PartyRoutes {
    PartyRoutes(
      kind: kind, path: path, transactions: transactions, open: { _, _ in nil }, approval: { _, _ in nil })
  }

  static func chaperones(_ desk: CaseDesk<ChaperoneCases>, _ transactions: Transactions) -> PartyRoutes {
    PartyRoutes(
      kind: .chaperone, path: "/chaperones", transactions: transactions,
      open: { party, unit in
        let stored = try desk.open(
          .init(.act(.apply), reason: "Applied"), about: party.id, nil, at: nil, by: unit.caller.acting(), in: unit)
        return approval(of: stored, until: nil)
      },
      approval: { party, unit in
        try party.caseNumber.flatMap { try Cases<ChaperoneApproval>.find("c\($0)", in: unit.db) }.map {
          approval(of: $0, until: $0.file.stated.day(.until))
        }
      })
  }

  static func bodies(_ desk: CaseDesk<BodyCases>, _ transactions: Transactions) -> PartyRoutes {
    PartyRoutes(
      kind: .body, path: "/bodies", transactions: transactions,
      open: { party, unit in
        let stored = try desk.open(
          .init(.act(.apply), reason: "Applied"), about: party.id, nil, at: nil, by: unit.caller.acting(), in: unit)
        return approval(of: stored, until: nil)
      },
      approval: { party, unit in
        try party.caseNumber.flatMap { try Cases<BodyApproval>.find("c\($0)", in: unit.db) }.map {
          approval(of: $0, until: $0.file.stated.day(.until))
        }
      })
  }

  private static func approval<Kind>(of stored: StoredCase<Kind>, until: Day?) -> Approval {
    Approval(number: stored.number, state: stored.file.state?.rawValue ?? "", until: until)
  }
}
