import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import SealedAlerts
import ServiceKit

extension AuditAction {
  static let alertRaised = AuditAction("case.alert.raised")
  static let alertRead = AuditAction("alert.read")
  static let alertsSentAgain = AuditAction("alert.sent.again")
  static let alertsListed = AuditAction("alert.listed")
}

/// Alerts to and from other authorities.
struct AlertRoutes: Sendable {
  /// `nil` where the authority takes no part in alerts: the routes say so.
  let desk: AlertDesk?
  let transactions: Transactions

  private static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The alert's identifier.")
  private static let officers = Policy.roles(.cmeOfficer, .manager, reach: .wholeAuthority)
  private static let answerers = Policy.roles(.cmeOfficer, reach: .wholeAuthority)
  private static let pageSize = 100

  /// What is told of the child. Names and addresses come with the request and go into the sealed alert alone.
  struct Form: Codable, Sendable {
    struct Named: Codable, Sendable {
      let given, family: String
    }

    struct Parent: Codable, Sendable {
      let name, relationship: String
      let contacts: [String]
    }

    struct Sibling: Codable, Sendable {
      let given: String
      let dateOfBirth: Day
    }

    struct Sender: Codable, Sendable {
      let name, role, telephone: String
    }

    let authority, reason: String
    let name: Named
    let dateOfBirth: Day
    /// F or M, and the pupil number, where they are held.
    let sex, upn: String?
    let knownNames: [Named]?
    let lastSchool: String?
    let lastAttended: Day?
    let lastAddress, believedAddress: [String]?
    let parents: [Parent]?
    let siblings: [Sibling]?
    let planAuthority, socialWorker, urgentNumber: String?
    let languages: [String]?
    let sender: Sender
  }

  struct Receipt: Codable, Sendable {
    let known: Bool
    /// The officer who answers for the alert, as the other authority is told.
    let officer, reason: String
  }

  struct Sighting: Codable, Sendable {
    /// The school or provision, or that there is none.
    let provision, reason: String
  }

  struct Reason: Codable, Sendable {
    let reason: String
  }

  struct Summary: Listed {
    static let list = "alerts"

    let id: String
    /// Whether it came from the other authority.
    let received: Bool
    let authority, state: String
    let nextDue: Day?
  }

  struct Detail: Codable, Sendable {
    let summary: Summary
    /// The search that it is for; absent for one that was received.
    let search: String?
    /// What the other authority says of the child; absent for an alert that was sent.
    let child: Form?
  }

  func add(to router: ServiceRouter) {
    router.write(
      .post, "/cases/{id}/alerts", .roles(.cmeOfficer, reach: .ownRecords),
      "Alert the authority where the child may live: sealed to it, and on its way", path: [SearchRoutes.id],
      upTo: 32 << 10, problems: [404, 409], raise)
    router.read("/alerts", Self.officers, "Alerts to and from other authorities", query: [.after], list)
    router.read("/alerts/{id}", Self.officers, "An alert; one that was received is opened", path: [Self.id], one)
    answer(router, "acknowledgement", "Acknowledge an alert") { (form: Receipt) in
      (.acknowledge, [.known: .flag(form.known), .officer: .text(form.officer)], form.reason, [form.officer])
    }
    answer(router, "sighting", "Say that the child is here") { (form: Sighting) in
      (.sight, [.provision: .text(form.provision)], form.reason, [form.provision])
    }
    answer(router, "not-here", "Say that the child is not here") { (form: Reason) in (.notHere, [:], form.reason, []) }
    router.write(
      .post, "/alerts/{id}/closing", Self.officers, "Close an alert that was sent", path: [Self.id],
      upTo: SearchRoutes.bodyBytes, problems: [404, 409], close)
    router.write(
      .post, "/alerts/sending-again", .roles(.operator, reach: .wholeAuthority),
      "Send everything to other authorities again, when they lack something; they pass over what they have"
    ) { call in
      try await transactions.write(call.edit) { unit in
        try Alerts.sendAgain(from: 0, in: unit.db)
        try unit.audit(.alertsSentAgain, of: .all)
        return Done()
      }
    }
  }

  /// A route by which an alert that was received is answered.
  private func answer<Answer: Codable & Sendable>(
    _ router: ServiceRouter, _ what: String, _ about: String,
    _ read: @escaping @Sendable (Answer) -> (ReceivedAlert.Act, [ReceivedAlert.Fact: FactValue], String, [String])
  ) {
    router.write(
      .post, "/alerts/{id}/\(what)", Self.answerers, about, path: [Self.id], upTo: SearchRoutes.bodyBytes,
      problems: [404, 409]
    ) { [self] (call: Call, form: Answer) in
      let (act, stating, reason, words) = read(form)
      try SearchRoutes.check(reason, [])
      guard words.allSatisfy({ $0.isPlain(upTo: 200) }) else {
        throw Problem.invalid([.init("", "texts for the other authority must have 1 to 200 characters")])
      }
      let (id, desk) = (try call.text("id"), try on())
      return try await transactions.write(call.edit) { unit in
        let alert = try find(id, unit)
        guard var stored = try Cases<ReceivedAlert>.find(id, in: unit.db) else { throw Problem.notFound("Alert") }
        try sealing {
          try desk.received.move(
            &stored, .attempt(.init(.act(act), stating: .init(stating), reason: reason)),
            by: .person(unit.caller.subject, .cmeOfficer), in: unit)
        }
        return try summary(of: alert, unit)
      }
    }
  }

  private func raise(_ call: Call, _ form: Form) async throws -> Remembered<Summary> {
    try SearchRoutes.check(form.reason, [])
    let desk = try on()
    guard let authority = try? AuthorityCode(form.authority), authority != desk.post.keys.authority else {
      throw Problem.invalid([.init("/authority", "must be the code of another authority")])
    }
    let id = try call.text("id")
    return try await transactions.write(call.edit) { unit in
      var search = try SearchRoutes.find(id, unit)
      let isProtected = try Roll.pupil(search.pupil, in: unit.db)?.addressProtected ?? false
      let record = try form.record(search, unit)
      let stored = try sealing {
        try desk.raise(
          isProtected ? record.withAddressProtected : record, to: authority, for: &search, reason: form.reason,
          by: unit.caller, unit)
      }
      try unit.audit(.alertRaised, of: search.pupil, ["case": search.id, "alert": stored.id])
      return try summary(of: try find(stored.id, unit), unit)
    }
  }

  private func close(_ call: Call, _ form: Reason) async throws -> Remembered<Summary> {
    try SearchRoutes.check(form.reason, [])
    let (id, desk) = (try call.text("id"), try on())
    return try await transactions.write(call.edit) { unit in
      let alert = try find(id, unit)
      guard var stored = try Cases<SentAlert>.find(id, in: unit.db),
        let role = SentAlert.Role(rawValue: unit.caller.role.rawValue)
      else { throw Problem.notFound("Alert") }
      try sealing {
        try desk.sent.move(
          &stored, .act(.close, reason: form.reason), by: .person(unit.caller.subject, role), in: unit)
      }
      return try summary(of: alert, unit)
    }
  }

  private func list(_ call: Call) async throws -> Page<Summary> {
    let after = try call.after
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.alertsListed, of: .all)
      let alerts = try Alerts.page(after: after, limit: Self.pageSize, in: unit.db)
      let lines = try alerts.map { ($0.caseNumber, try summary(of: $0, unit)) }
      return Page(lines, of: Self.pageSize, endsAt: \.0) { $0.1 }
    }
  }

  private func one(_ call: Call) async throws -> Detail {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let alert = try find(id, unit)
      try unit.audit(.alertRead, of: .record("alert-\(id)"))
      let record = try sealing { try desk?.record(of: alert) }
      return Detail(
        summary: try summary(of: alert, unit), search: alert.search.map { "c\($0)" },
        child: record.map { Form($0, from: alert.authority) })
    }
  }

  /// - Throws: `Problem` conflict where the authority takes no part in alerts.
  private func on() throws(Problem) -> AlertDesk {
    guard let desk else { throw .conflict("alerts-off", "This authority has no keys for alerts to other authorities") }
    return desk
  }

  private func find(_ id: String, _ unit: UnitOfWork) throws -> Alerts.Row {
    guard let number = Int64(id.dropFirst()), let alert = try Alerts.find(ofCase: number, in: unit.db) else {
      throw Problem.notFound("Alert")
    }
    return alert
  }

  private func summary(of alert: Alerts.Row, _ unit: UnitOfWork) throws -> Summary {
    let id = "c\(alert.caseNumber)"
    let sent = try Cases<SentAlert>.find(id, in: unit.db)
    let received = try Cases<ReceivedAlert>.find(id, in: unit.db)
    return Summary(
      id: id, received: alert.received != nil, authority: alert.authority.text,
      state: sent?.file.state?.rawValue ?? received?.file.state?.rawValue ?? "",
      nextDue: (sent.map { SentAlert.flow.work(of: $0.file).first?.due }
        ?? received.map { ReceivedAlert.flow.work(of: $0.file).first?.due }) ?? nil)
  }

  /// What cannot be sealed or opened is the caller's to know.
  private func sealing<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch AlertError.beyondLimits {
      throw Problem.invalid([.init("", "is more than an alert has room for, or has control characters")])
    } catch let error as AlertError {
      throw Problem.conflict("alert-not-sealed", "The alert cannot be sealed: \(error)")
    }
  }
}

extension AlertRoutes.Form {
  /// - Throws: `Problem` invalid.
  fileprivate func record(_ search: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> MissingChildRecord {
    var record = MissingChildRecord(
      name: .init(given: name.given, family: name.family), dateOfBirth: dateOfBirth,
      sender: .init(name: sender.name, role: sender.role, telephone: sender.telephone))
    record.sex = try sex.map { try Self.read($0, "/sex", Sex.init) }
    record.upn = try upn.map { try Self.read($0, "/upn") { try? UPN($0) } }
    record.knownNames = (knownNames ?? []).map { .init(given: $0.given, family: $0.family) }
    record.lastSchool = lastSchool
    record.lastAttended = lastAttended
    record.ground = try Roll.registrations(of: search.pupil, in: unit.db).last?.ground
    record.lastAddress = lastAddress ?? []
    record.believedAddress = believedAddress ?? []
    record.parents = (parents ?? []).map { .init(name: $0.name, relationship: $0.relationship, contacts: $0.contacts) }
    record.siblings = (siblings ?? []).map { .init(given: $0.given, dateOfBirth: $0.dateOfBirth) }
    record.planAuthority = try planAuthority.map { try Self.read($0, "/planAuthority") { try? AuthorityCode($0) } }
    record.socialWorker = socialWorker
    record.urgentNumber = urgentNumber
    record.languages = languages ?? []
    record.enquiries = try Enquiries.checks(of: search.number, in: unit.db).filter { $0.result != nil }.suffix(20).map {
      .init(item: $0.item, on: $0.askedOn, found: $0.result == .found)
    }
    return record
  }

  private static func read<Value>(_ text: String, _ pointer: String, _ parse: (String) -> Value?) throws(Problem)
    -> Value
  {
    guard let value = parse(text) else { throw .invalid([.init(pointer, "is not of its form")]) }
    return value
  }

  fileprivate init(_ record: MissingChildRecord, from authority: AuthorityCode) {
    self.init(
      authority: authority.text, reason: "", name: .init(given: record.name.given, family: record.name.family),
      dateOfBirth: record.dateOfBirth, sex: record.sex?.rawValue, upn: record.upn?.text,
      knownNames: record.knownNames.map { .init(given: $0.given, family: $0.family) }, lastSchool: record.lastSchool,
      lastAttended: record.lastAttended, lastAddress: record.lastAddress, believedAddress: record.believedAddress,
      parents: record.parents.map { .init(name: $0.name, relationship: $0.relationship, contacts: $0.contacts) },
      siblings: record.siblings.map { .init(given: $0.given, dateOfBirth: $0.dateOfBirth) },
      planAuthority: record.planAuthority?.text, socialWorker: record.socialWorker, urgentNumber: record.urgentNumber,
      languages: record.languages,
      sender: .init(name: record.sender.name, role: record.sender.role, telephone: record.sender.telephone))
  }
}
