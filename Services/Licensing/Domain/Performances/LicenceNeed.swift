public import Rulebook

/// Whether a child's performance needs a licence (Children and Young Persons Act 1963 s37).
public struct LicenceNeed: Hashable, Sendable {
  /// The counts of the law and of the authority's own policy.
  public struct Rule: Hashable, Sendable {
    /// How many earlier days leave the next one free of a licence (s37(3)(a)).
    public let earlierDays: Int
    /// In how many months before.
    public let months: Int
    /// Whether the four-day rule is for days without absence from school only: the authority's policy, not the Act's.
    public let needsNoAbsence: Bool
    /// How many days before the first performance an application is in time (2014 Regulations reg 4).
    public let daysAhead: Int

    public init(earlierDays: Int, months: Int, needsNoAbsence: Bool, daysAhead: Int) {
      self.earlierDays = earlierDays
      self.months = months
      self.needsNoAbsence = needsNoAbsence
      self.daysAhead = daysAhead
    }

    /// What is in force since when (LIC-8).
    public static let england: Dated<Rule> = [
      InForce(
        Rule(earlierDays: 3, months: 6, needsNoAbsence: true, daysAhead: 21), from: Day(year: 2015, month: 2, day: 6),
        source: "Children and Young Persons Act 1963 s37(3); SI 2014/3309 reg 4; interpretation LIC-8")
    ]
  }

  /// What the child is to do.
  public enum Activity: String, Hashable, Sendable, Codable, CaseIterable {
    case performance, modelling, sport
  }

  /// Who arranges it, as far as the law asks.
  public enum Arranger: String, Hashable, Sendable, Codable, CaseIterable {
    /// A school, other than one of dance or theatre.
    case school
    /// A body of persons with approval.
    case approvedBody = "bopa"
    case other
  }

  /// The question.
  public struct Question: Hashable, Sendable {
    public let dateOfBirth: Day
    public let date: Day
    public let activity: Activity
    public var arranger = Arranger.other
    /// Beyond expenses.
    public var isPaid = false
    /// Whether a charge is made, for admission or otherwise.
    public var isCharged = false
    public var isOnLicensedPremises = false
    public var isBroadcastOrRecorded = false
    public var isAbsentFromSchool = false
    /// The days of any earlier performance of s37(2), licensed or exempt.
    public var earlierDates: Set<Day> = []

    public init(dateOfBirth: Day, date: Day, activity: Activity) {
      self.dateOfBirth = dateOfBirth
      self.date = date
      self.activity = activity
    }
  }

  /// Why a licence is needed or not.
  public enum Basis: String, Hashable, Sendable, Codable, CaseIterable {
    case overAge = "over_compulsory_school_age"
    case paidActivity = "paid_sport_or_modelling"
    case unpaidActivity = "unpaid_activity"
    /// Not charged for, not on licensed premises, neither broadcast nor recorded.
    case outside = "outside_section_37_2"
    case school = "school_arrangement"
    case approvedBody = "body_of_persons_approval"
    case fourDayRule = "four_day_rule"
    case licence
  }

  /// Why.
  public let basis: Basis
  /// The earlier days that count; `nil` where the question did not come to them.
  public let earlierDaysCounted: Int?
  /// Whether a licence is needed.
  public var isRequired: Bool { basis == .licence || basis == .paidActivity }

  public init(_ question: Question, under law: Dated<Rule> = Rule.england) {
    if let basis = Self.withoutCounting(question) {
      self.basis = basis
      earlierDaysCounted = nil
      return
    }
    let rule = law.value(on: question.date)
    let first = question.date.adding(months: -rule.months)
    let counted = question.earlierDates.count { first <= $0 && $0 < question.date }
    let isFree = !question.isPaid && !(rule.needsNoAbsence && question.isAbsentFromSchool)
    basis = isFree && counted <= rule.earlierDays ? .fourDayRule : .licence
    earlierDaysCounted = counted
  }

  private static func withoutCounting(_ question: Question) -> Basis? {
    let span = CompulsorySchoolAge.span(dateOfBirth: question.dateOfBirth)
    if span.lastDay < question.date { return .overAge }
    if question.activity != .performance { return question.isPaid ? .paidActivity : .unpaidActivity }
    guard question.isCharged || question.isOnLicensedPremises || question.isBroadcastOrRecorded else { return .outside }
    switch question.arranger {
    case .school where !question.isPaid: return .school
    case .approvedBody where !question.isPaid: return .approvedBody
    default: return nil
    }
  }
}

/// Whether an application came in time: a late one may be refused, and need not be (2014 Regulations reg 4).
public struct LicenceTiming: Hashable, Sendable {
  /// Days from receiving it to the first performance.
  public let daysBefore: Int
  /// Whether the authority may refuse it as late.
  public let mayBeRefusedAsLate: Bool

  public init(received: Day, firstPerformance: Day, under law: Dated<LicenceNeed.Rule> = LicenceNeed.Rule.england) {
    daysBefore = firstPerformance - received
    mayBeRefusedAsLate = daysBefore < law.value(on: received).daysAhead
  }
}
