public import CaseFlow
public import Contracts
public import Rulebook

/// What the register says of the sessions that a notice lists.
public struct ListedSessions: Sendable {
  public let listed: [ProposalGrounds.CountedSession]
  /// Those that the register counts now, under the code that each has now.
  public let standing: [ProposalGrounds.CountedSession]
  /// Whether the scheme applies to the school.
  public let isInScope: Bool
  private let calendar: SchoolCalendar?
  private let threshold: PenaltyNoticeThreshold?
  private let codes: CodeBook

  /// - Parameters:
  ///   - counted: all that the register counts of the child at the school now.
  ///   - calendar: the school's, as is the threshold; `nil` while none is known.
  public init(
    listed: [ProposalGrounds.CountedSession], counted: [ProposalGrounds.CountedSession], isInScope: Bool,
    calendar: SchoolCalendar?, threshold: PenaltyNoticeThreshold?, codes: CodeBook
  ) {
    let places = Set(listed.map { RegisterSession($0.date, $0.session) })
    self.listed = listed
    standing = counted.filter { places.contains(RegisterSession($0.date, $0.session)) }
    self.isInScope = isInScope
    self.calendar = calendar
    self.threshold = threshold
    self.codes = codes
  }

  /// Whether those that no live notice has meet the threshold.
  func meets(without used: Set<RegisterSession>, asOf day: Day) -> Bool {
    let unused = standing.filter { !used.contains(RegisterSession($0.date, $0.session)) }
    return threshold?.judge(unused, dateOfBirth: nil, asOf: day).met != nil
  }

  /// How many have a reason that is not yet established and may still be (PN-4).
  func fresh(on day: Day) -> Int {
    standing.count { session in
      codes.scheme(on: session.date).traits(session.code).contains(.reasonNotEstablished)
        && calendar.flatMap { ReturnClocks.amendReasonBy(session: session.date, calendar: $0) }.map { day <= $0 }
          ?? true
    }
  }
}

/// What is known of a penalty notice from outside its case, and what of it the guards of the flow rest on.
public struct NoticeMatter: Sendable {
  /// The day as of which it is judged: of an issued notice that of its issue, so that time alone puts no decision in
  /// question. What the register says is always what it says now.
  public let day: Day
  public let register: ListedSessions
  public let ledger: NoticeLedger.Judgement
  /// The identifier that stands for the parent now.
  public let person: PersonID
  /// Whether the person stands as a parent in the registers.
  public let isParent: Bool
  /// Whether a prosecution of the parent for one of the sessions is open or past.
  public let isProsecuted: Bool
  /// Whether the notice, and its withdrawal, were made.
  public let isMade, isWithdrawalMade: Bool
  public var improvementEnds: Day?
  public var lastDayToPay: Day?
  public var account: NoticeAccount.Standing?
  /// How much about money a person has to settle first; `nil` before the issue.
  public var unresolved: Int?

  public init(
    on day: Day, _ register: ListedSessions, _ ledger: NoticeLedger.Judgement, person: PersonID, isParent: Bool,
    isProsecuted: Bool, isMade: Bool, isWithdrawalMade: Bool
  ) {
    self.day = day
    self.register = register
    self.ledger = ledger
    self.person = person
    self.isParent = isParent
    self.isProsecuted = isProsecuted
    self.isMade = isMade
    self.isWithdrawalMade = isWithdrawalMade
  }

  /// Everything that the guards of a notice rest on.
  public var facts: Facts<PenaltyNoticeCase.Fact> {
    var facts = Facts<PenaltyNoticeCase.Fact>([
      .sessions: .text(register.standing.map(\.words).joined(separator: ", ")),
      .lost: .number(register.listed.count - register.standing.count),
      .threshold: .flag(register.meets(without: Set(ledger.used), asOf: day)),
      .fresh: .number(register.fresh(on: day)),
      .limit: .flag(ledger.blocks.contains(.limit)), .used: .flag(ledger.blocks.contains(.sessionUsed)),
      .level: .number(ledger.level ?? 0), .inScope: .flag(register.isInScope), .person: .text(person.text),
      .parent: .flag(isParent), .prosecution: .flag(isProsecuted), .document: .flag(isMade),
      .withdrawal: .flag(isWithdrawalMade),
    ])
    if let last = register.listed.last?.date, let first = register.listed.first?.date {
      facts[.lastDayToLay] = .day(Limitation.lastDay(for: last))
      facts[.warnOn] = .day(Limitation.warningDay(for: first))
    }
    facts[.improvementEnds] = improvementEnds.map(FactValue.day)
    facts[.lastDayToPay] = lastDayToPay.map(FactValue.day)
    if let account {
      facts[.account] = .text(account.state.rawValue)
      facts[.held] = .number(account.unallocated.pence)
    }
    facts[.unresolved] = unresolved.map(FactValue.number)
    return facts
  }
}

extension ProposalGrounds.CountedSession {
  /// For example `2026-09-08 am U`.
  fileprivate var words: String { "\(date.iso) \(session.rawValue) \(code)" }
}
