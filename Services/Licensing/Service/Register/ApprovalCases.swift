import CaseFlow
import CaseKit
import Contracts
import Letters
import LicensingDomain
import Messaging
import Rulebook
import ServiceKit

/// The approvals of chaperones: all that is known of one is stated in its case.
struct ChaperoneCases: CaseProgram {
  typealias Kind = ChaperoneApproval

  /// With which those whom a suspension concerns are told; `nil` where nobody is.
  var documents: Documents?
  var licences: CaseDesk<LicenceCases>?

  func facts(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> Facts<Kind.Fact> { Facts() }
  func calendar(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> SchoolCalendar? { nil }

  func happened(_ entry: Entry<Kind>, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {
    switch entry.what {
    case .fired(.firstReminder), .fired(.lastReminder): return try remind(stored, unit)
    case .acted(.suspend): break
    default: return
    }
    try unit.publish(
      ChaperoneSuspended(approval: stored.id, person: stored.subject, on: entry.on), subject: stored.subject)
    let told = try questionLicences(naming: stored.subject, from: entry.on, unit)
    try tell(told, of: stored, on: entry.on, unit)
  }

  /// 90 and 30 days before the approval ends (LIC-13).
  private func remind(_ stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {
    guard let documents, let chaperone = try Parties.find(stored.subject, .chaperone, in: unit.db),
      let until = stored.file.stated.day(.until)
    else { return }
    let document = try documents.issue(
      ChaperoneRenewalLetter(number: "\(chaperone.number)", until: until), to: chaperone.recipient,
      filed: DocumentFiling(matter: stored.id), in: unit)
    try unit.audit(.letterIssued, of: stored.audited, ["case": stored.id, "document": document.number])
  }

  /// Licences whose plans name the chaperone on days to come go back to a person; plans that are only applied for are
  /// judged without the chaperone from now on.
  ///
  /// - Returns: whoever plans with the chaperone, and the authorities of the places.
  private func questionLicences(
    naming chaperone: String, from day: Day, _ unit: UnitOfWork
  ) throws -> [Recipient] {
    var holders: [Int64: Recipient] = [:]
    var hosts: [String: Recipient] = [:]
    for stored in try ApplicationBook.licences(naming: chaperone, in: unit.db) {
      guard let (_, application) = try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db),
        application.days.contains(where: {
          day <= $0.atPlace.start.day && $0.chaperones.contains { $0.chaperone == chaperone }
        })
      else { continue }
      try licences?.factsChanged(of: stored.pupil, in: unit)
      if let holder = try Parties.find(application.holder, .holder, in: unit.db) {
        holders[holder.number] = holder.recipient
      }
      guard stored.file.state == .granted, let code = application.placeAuthority else { continue }
      hosts[code] = try HostAuthorities.find(code, on: day, in: unit.db)?.recipient
    }
    return holders.sorted { $0.key < $1.key }.map(\.value) + hosts.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The chaperone, the holders and the authorities of the places, each by a letter, at once and without a reason.
  private func tell(_ others: [Recipient], of stored: StoredCase<Kind>, on day: Day, _ unit: UnitOfWork) throws {
    guard let documents, let chaperone = try Parties.find(stored.subject, .chaperone, in: unit.db) else { return }
    let letter = ChaperoneSuspensionLetter(number: "\(chaperone.number)", on: day)
    for person in [chaperone.recipient] + others {
      let document = try documents.issue(
        letter, to: person, filed: DocumentFiling(matter: stored.id), in: unit)
      try unit.audit(.letterIssued, of: stored.audited, ["case": stored.id, "document": document.number])
    }
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
