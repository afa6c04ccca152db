public import Contracts
import Rulebook
import Schemas

/// An event that receivers can be told of. What it reports is written out beside it, so that a new one is one conformance
/// and one line of ``Report/reportable``.
public protocol Reportable: EventData {
  /// Whether its events say whose concern the child is, so that a rule's condition can be established.
  static var tellsConcerns: Bool { get }
  /// Whether it is published again under the same matter when the child becomes somebody's concern: then those who were
  /// told of the matter are not told again.
  static var isToldAgain: Bool { get }
  /// What it reports.
  var report: Report { get }
}

extension Reportable {
  public static var tellsConcerns: Bool { false }
  public static var isToldAgain: Bool { false }

  fileprivate static func read(_ event: Event) throws(ContractError) -> Report { try decode(event).report }
}

extension Report {
  /// Every event that can be reported, in the order in which subscriptions list them.
  private static let reportable: [any Reportable.Type] =
    [
      PenaltyNoticeProposed.self, PenaltyNoticeProposalRevised.self, PenaltyNoticeProposalLapsed.self,
      NoticeToImproveIssued.self, PenaltyNoticeIssued.self, PenaltyNoticePaid.self, PenaltyNoticeUnpaid.self,
      PenaltyNoticeReopened.self, PenaltyNoticeWithdrawn.self, ProsecutionLaid.self, ProsecutionDecided.self,
      SupervisionOrderApplied.self, SupervisionOrderMade.self, SupervisionOrderEnded.self,
      AttendanceNoticeServed.self, AttendanceOrderServed.self, AttendanceOrderEnded.self,
    ]
    + FindingKind.allCases.flatMap { finding($0.topic) }
    + [
      ReturnFiled.self, PupilLeft.self, RegisterMissing.self, RegisterReceived.self, RegisterMissingLapsed.self,
      CompulsorySchoolAgeReached.self, CompulsorySchoolAgeEnded.self, CaseOpened.self, CaseEscalated.self,
      CaseSteppedDown.self, CaseReviewed.self, CaseClosed.self, ContractOffered.self, ContractReviewed.self,
    ]

  private static let byName = Dictionary(uniqueKeysWithValues: reportable.map { ($0.type.name, $0) })

  private static func finding<Topic: FindingTopic>(_: Topic.Type) -> [any Reportable.Type] {
    [Found<Topic>.self, Lapsed<Topic>.self]
  }

  /// The types that ``init(_:)-(Event)`` reads.
  public static let types: [EventType] = reportable.map { $0.type }

  /// The names of the types that one service publishes.
  public static func typeNames(of service: ServiceName) -> Set<String> {
    Set(types.filter { $0.service == service }.map(\.name))
  }

  /// Whether events of a type say whose concern the child is.
  static func tellsConcerns(_ type: EventType) -> Bool { tellsConcerns(type.name) }

  /// Whether events of a type, by its full name, say whose concern the child is.
  public static func tellsConcerns(_ type: String) -> Bool { byName[type]?.tellsConcerns ?? false }

  /// Whether events of a type, by its full name, come again when the child becomes somebody's concern.
  public static func isToldAgain(_ type: String) -> Bool { byName[type]?.isToldAgain ?? false }

  /// Reads an event's data; `nil` for a type that is not reported to anyone.
  ///
  /// - Throws: `ContractError.invalidData` when the data is not of the type's shape.
  public init?(_ event: Event) throws(ContractError) {
    guard let type = Self.byName[event.type] else { return nil }
    self = try type.read(event)
  }
}

// MARK: - Enforcement

extension ProposalEvent: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school,
      course: Self.type == PenaltyNoticeProposed.type ? .begins : .changes, matter: matter(proposal),
      concerns: concerns, facts: facts(proposal, grounds))
  }
}

extension PenaltyNoticeProposalLapsed: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: .withdraws, matter: matter(proposal), concerns: concerns,
      facts: [.proposal: .string(proposal), .mostSessions: .integer(mostSessions)])
  }
}

extension NoticeToImproveIssued: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, matter: "enforcement/improvement/\(notice)", concerns: concerns,
      facts: [.notice: .string(notice), .on: .string(on.iso)])
  }
}

extension PenaltyNoticeIssued: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, matter: "enforcement/notice/\(notice)", concerns: concerns,
      facts: [.notice: .string(notice), .on: .string(on.iso)])
  }
}

/// A withdrawal takes back that a notice was issued; a payment, or that none came, only adds to it.
extension PenaltyNoticeEvent: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school,
      course: Self.type == PenaltyNoticeWithdrawn.type ? .withdraws : .changes, matter: "enforcement/notice/\(notice)",
      concerns: concerns, facts: [.notice: .string(notice), .on: .string(on.iso)])
  }
}

/// Neither the offence nor the result is told: whoever may know asks enforcement.
extension ProsecutionEvent: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: Self.type == ProsecutionLaid.type ? .begins : .changes,
      matter: "enforcement/prosecution/\(prosecution)", concerns: concerns,
      facts: [.prosecution: .string(prosecution), .on: .string(on.iso)])
  }
}

/// That an order ended takes nothing back: it was in force.
extension OrderEvent: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    let begins = [SupervisionOrderApplied.type, AttendanceNoticeServed.type].contains(Self.type)
    return Report(
      type: Self.type, pupil: pupil, school: school, course: begins ? .begins : .changes,
      matter: "enforcement/order/\(order)", concerns: concerns,
      facts: [.order: .string(order), .on: .string(on.iso)])
  }
}

private func matter(_ proposal: String) -> String { "enforcement/\(proposal)" }

private func facts(_ proposal: String, _ grounds: ProposalGrounds) -> [DisclosedField: JSONValue] {
  [
    .proposal: .string(proposal),
    .metOn: .string(grounds.metOn.iso),
    .windowFirstWeek: .string(grounds.windowFirstWeek.iso),
    .windowLastWeek: .string(grounds.windowLastWeek.iso),
    .sessions: .array(
      grounds.sessions.map {
        ["date": .string($0.date.iso), "session": .string($0.session.rawValue), "code": .string($0.code.text)]
      }),
    .unresolved: .integer(grounds.unresolved),
    .rule: ruleValue(grounds.rule.id, grounds.rule.source, grounds.rule.inForceFrom),
  ]
}

private func ruleValue(_ id: String, _ source: String, _ inForceFrom: Day?) -> JSONValue {
  var rule: [String: JSONValue] = ["id": .string(id), "source": .string(source)]
  rule["inForceFrom"] = inForceFrom.map { .string($0.iso) }
  return .object(rule)
}

// MARK: - Findings of the registers

extension Found: Reportable {
  public static var tellsConcerns: Bool { true }
  public static var isToldAgain: Bool { true }

  public var report: Report {
    var facts: [DisclosedField: JSONValue] = [
      .finding: .string(finding), .since: .string(since.iso), .on: .string(on.iso), .count: .integer(count),
      .rule: ruleValue(rule.id, rule.source, rule.inForceFrom),
    ]
    facts[.session] = session.map { .string($0.rawValue) }
    facts[.outOf] = outOf.map { .integer($0) }
    return Report(
      type: Self.type, pupil: pupil, school: school, matter: "registers/\(finding)", concerns: concerns, facts: facts)
  }
}

extension Lapsed: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: .withdraws, matter: "registers/\(finding)",
      concerns: concerns, facts: [.finding: .string(finding), .on: .string(on.iso)])
  }
}

// MARK: - Returns, leaving and school age

extension ReturnFiled: Reportable {
  public var report: Report {
    var facts: [DisclosedField: JSONValue] = [
      .returnKind: .string(kind.rawValue), .filedOn: .string(filedOn.iso),
    ]
    facts[.dueOn] = dueOn.map { .string($0.iso) }
    facts[.finding] = finding.map { .string($0) }
    return Report(type: Self.type, pupil: pupil, school: school, facts: facts)
  }
}

extension PupilLeft: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    var facts: [DisclosedField: JSONValue] = [.leftOn: .string(leftOn.iso)]
    facts[.ground] = ground.map { .string($0.rawValue) }
    facts[.destinationKnown] = destinationKnown.map { .bool($0) }
    return Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: facts)
  }
}

extension SchoolAgeEvent: Reportable {
  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, facts: [.on: .string(on.iso)])
  }
}

// MARK: - Casework

/// What happens in a case is told each time and takes nothing back; only a case that was opened by error is withdrawn.
extension CaseOpened: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, matter: "casework/case/\(self.case)", concerns: concerns,
      facts: [.on: .string(openedOn.iso)])
  }
}

extension CaseStep: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: [.on: .string(on.iso)])
  }
}

extension CaseClosed: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: reason == .error ? .withdraws : .begins,
      matter: reason == .error ? "casework/case/\(self.case)" : nil, concerns: concerns,
      facts: [.on: .string(closedOn.iso)])
  }
}

extension ContractOffered: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: [.on: .string(offeredOn.iso)])
  }
}

extension ContractReviewed: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: [.on: .string(reviewedOn.iso)])
  }
}

// MARK: - Registers, without a child

extension RegisterEvent: Reportable {
  public var report: Report {
    Report(
      type: Self.type, pupil: nil, school: school, course: Self.type == RegisterMissing.type ? .begins : .withdraws,
      matter: "registers/register/\(school.text)/\(date.iso)/\(session.rawValue)",
      facts: [.date: .string(date.iso), .session: .string(session.rawValue)])
  }
}
