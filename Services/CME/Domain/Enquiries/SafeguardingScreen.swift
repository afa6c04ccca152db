public import CaseFlow
public import Rulebook

/// What is asked of every missing child, before anything else (CME-11). Child protection procedures come before those
/// for children missing education.
public enum SafeguardingQuestion: String, Hashable, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
  /// Has the child a protection plan or a social worker?
  case socialCare = "social-care"
  case previousConcerns = "previous-concerns"
  /// Is the child under the age of the rule, and has nobody seen it?
  case youngUnseen = "young-unseen"
  /// Forced marriage, female genital mutilation, radicalisation, exploitation, trafficking or honour-based abuse?
  case harm
  /// Withdrawn suddenly after it disclosed something?
  case afterDisclosure = "after-disclosure"
  /// Missing with a parent who is under investigation?
  case parentInvestigated = "parent-investigated"
  case refuge
  /// An unaccompanied asylum seeker?
  case unaccompanied
  /// Is private fostering suspected?
  case privateFostering = "private-fostering"
  /// Passports taken, tickets bought?
  case travel
  /// Has the child baby siblings?
  case babySiblings = "baby-siblings"
}

/// The answers to the safeguarding questions, and what follows from them.
public struct SafeguardingScreen: Hashable, Sendable {
  public enum Answer: String, Hashable, Sendable, Codable, CaseIterable { case yes, no, unknown }

  /// When a person must look at once.
  public struct Rule: Hashable, Sendable {
    /// A child below this age, in years, whom nobody has seen is at risk.
    public let unseenBelow: Int
    /// From so many unknown answers a manager reviews the case.
    public let unknowns: Int

    public static let inForce: Dated<Rule> = [
      InForce(
        Rule(unseenBelow: 8, unknowns: 3),
        source: "CME-11; Keeping children safe in education; Working together to safeguard children")
    ]
  }

  /// To refer a child at risk to social care or the police: the same day.
  public static let referral: Dated<Span> = [
    InForce(.days(0), source: "CME-11; Keeping children safe in education")
  ]
  /// For a manager to review what is unknown.
  public static let review: Dated<Span> = [InForce(.workingDays(1), source: "CME-11")]

  /// What follows from the answers.
  public struct Verdict: Hashable, Sendable {
    /// The last day to refer the child to social care or the police; `nil` when no answer is yes.
    public let referBy: Day?
    /// The last day for the manager's review; `nil` when few enough answers are unknown.
    public let reviewBy: Day?
    /// The questions without an answer. Nothing is certified or closed while there are any.
    public let unanswered: [SafeguardingQuestion]
    public var isAnswered: Bool { unanswered.isEmpty }
  }

  public let answers: [SafeguardingQuestion: Answer]

  public init(_ answers: [SafeguardingQuestion: Answer]) { self.answers = answers }

  /// The questions whose answer the program knows from the roll: at or above the rule's age nobody is young and unseen,
  /// and a child who has a social worker has one. That none is recorded is no answer.
  public static func known(
    dateOfBirth: Day?, hasSocialWorker: Bool, on day: Day
  ) -> [SafeguardingQuestion: Answer] {
    let age = Rule.inForce.value(on: day).unseenBelow
    var known: [SafeguardingQuestion: Answer] = hasSocialWorker ? [.socialCare: .yes] : [:]
    if let dateOfBirth, dateOfBirth.anniversary(age) <= day { known[.youngUnseen] = .no }
    return known
  }

  /// - Parameter day: the day on which the answers were given.
  public func verdict(on day: Day) -> Verdict {
    let rule = Rule.inForce.value(on: day)
    let unknown = answers.values.count { $0 == .unknown }
    return Verdict(
      referBy: answers.values.contains(.yes) ? Self.referral.value(on: day).end(from: day, in: nil).day : nil,
      reviewBy: unknown >= rule.unknowns ? Self.review.value(on: day).end(from: day, in: nil).day : nil,
      unanswered: SafeguardingQuestion.allCases.filter { answers[$0] == nil })
  }
}
