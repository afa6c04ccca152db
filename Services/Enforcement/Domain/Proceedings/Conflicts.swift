public import Rulebook

/// What stands in the way of a step because of another matter of the same parent and child (EN-20).
///
/// ```swift
/// let judgement = Conflicts.judge(.prosecutionSameSessions, beside: [.openNotice], on: today)
/// judgement.answer   // .hardBlock
/// ```
public enum Conflicts {
  /// What somebody means to do.
  public enum Step: String, Hashable, Sendable, CaseIterable {
    /// A penalty notice for sessions of the other matter.
    case noticeSameSessions = "notice-same-sessions"
    case noticeOtherSessions = "notice-other-sessions"
    case prosecutionSameSessions = "prosecution-same-sessions"
    /// An application for an education supervision order.
    case supervisionOrder = "supervision-order"
    /// Serving a school attendance order.
    case attendanceOrder = "attendance-order"
    /// Asking a court for a parenting order.
    case parentingOrder = "parenting-order"
  }

  /// What there is already.
  public enum Matter: String, Hashable, Sendable, CaseIterable {
    /// The period of a notice to improve runs.
    case noticeToImprove = "notice-to-improve"
    /// A penalty notice in its 28 days.
    case openNotice = "open-notice"
    case paidNotice = "paid-notice"
    /// An education supervision order is in force.
    case supervisionOrder = "supervision-order"
    /// A prosecution is laid.
    case prosecution
    /// The steps to a school attendance order have begun, or one is in force.
    case attendanceOrder = "attendance-order"
  }

  /// What else is known of the child or the parent.
  public enum Circumstance: String, Hashable, Sendable, CaseIterable {
    /// A child protection enquiry advises otherwise.
    case protectionAdvice = "protection-advice"
    /// The child is in care.
    case inCare = "in-care"
    /// The child is in care and the parent meant is the authority.
    case authorityIsParent = "authority-is-parent"
    /// A plan for a disability or for school avoidance that rests on emotions is not assessed.
    case planUnassessed = "plan-unassessed"
    /// The parent did not have control of the absence.
    case noControl = "no-control"
  }

  /// From the mildest.
  public enum Answer: String, Hashable, Comparable, Sendable, CaseIterable {
    case allow, warn
    /// Two persons may go on, with a reason.
    case block
    /// Nobody may go on.
    case hardBlock = "hard-block"

    public static func < (a: Answer, b: Answer) -> Bool { a.rank < b.rank }

    private var rank: Int { Answer.allCases.firstIndex(of: self) ?? 0 }
  }

  /// One answer of the table, with why.
  public struct Cell: Hashable, Sendable {
    public let answer: Answer
    public let reason: String

    init(_ answer: Answer, _ reason: String) {
      self.answer = answer
      self.reason = reason
    }
  }

  /// The answers of one time: by step, and then by what there is.
  public struct Table: Sendable {
    public let matters: [Step: [Matter: Cell]]
    public let circumstances: [Step: [Circumstance: Cell]]
  }

  /// Everything that was found for a step.
  public struct Judgement: Hashable, Sendable {
    /// The worst of the answers.
    public let answer: Answer
    /// What does more than allow, the worst first.
    public let reasons: [Cell]
    /// The rule, where one is in force.
    public let source: String?
    /// What was found, by the names of matters and circumstances.
    public let found: [String: Cell]

    /// The names of what gives an answer, in order.
    public func names(_ answer: Answer) -> [String] { found.filter { $0.value.answer == answer }.keys.sorted() }
  }

  /// Judges a step by all that there is.
  public static func judge(
    _ step: Step, beside matters: Set<Matter>, _ circumstances: Set<Circumstance> = [], on day: Day
  ) -> Judgement {
    guard let rule = table.inForce(on: day) else {
      return Judgement(answer: .allow, reasons: [], source: nil, found: [:])
    }
    var found: [String: Cell] = [:]
    for matter in matters { found[matter.rawValue] = rule.value.matters[step]?[matter] }
    for circumstance in circumstances {
      found[circumstance.rawValue] = rule.value.circumstances[step]?[circumstance]
    }
    return Judgement(found, source: rule.source)
  }
}

extension Conflicts.Judgement {
  init(_ found: [String: Conflicts.Cell], source: String?) {
    let reasons = found.values.filter { $0.answer > .allow }
      .sorted { ($1.answer, $0.reason) < ($0.answer, $1.reason) }
    self.init(answer: reasons.first?.answer ?? .allow, reasons: reasons, source: source, found: found)
  }

  /// This and another judgement of the same step: of each name the worse answer.
  public func joined(with other: Conflicts.Judgement) -> Conflicts.Judgement {
    Conflicts.Judgement(
      found.merging(other.found) { $0.answer < $1.answer ? $1 : $0 }, source: source ?? other.source)
  }
}
