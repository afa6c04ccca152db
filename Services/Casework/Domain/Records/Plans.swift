public import Rulebook

/// An assessment of a family's strengths and needs: early help, or family help. Where another agency has one open,
/// casework joins it and opens none of its own.
public struct Assessment: CaseRecord {
  /// Whose it is.
  public enum Author: String, Codable, Hashable, Sendable, CaseIterable {
    case casework
    case otherAgency = "other-agency"
  }

  public static let kind = RecordKind.assessment
  public let author: Author
  /// The lead practitioner, by role or an opaque identifier.
  public let lead: String
  public let opened: Day
  /// `nil` while it is not complete.
  public let completed: Day?
  /// The name and date of the edition of the guidance that it follows.
  public let guidance: String
  public let health: String
  public let parenting: String
  public let home: String
  public let education: String
  public let strengths: String
  public let worries: String
  public let needs: [String]
  public let analysis: String

  /// How long an assessment may take.
  public static let days: Dated<Int> = [InForce(20, source: "CW-11")]

  /// The last day.
  public var due: Day { WorkingDays.add(Self.days.value(on: opened), to: opened) }

  public var faults: Faults {
    var faults = Faults()
    faults.words(lead, "/lead")
    faults.words(guidance, "/guidance")
    let isBlankAllowed = completed == nil || author == .otherAgency
    for (text, pointer) in [
      (health, "/health"), (parenting, "/parenting"), (home, "/home"), (education, "/education"),
      (strengths, "/strengths"), (worries, "/worries"), (analysis, "/analysis"),
    ] { faults.words(text, pointer, mayBeBlank: isBlankAllowed) }
    faults.list(needs, "/needs")
    faults.require(completed.map { opened <= $0 } ?? true, "/completed", "must not be before the day it was opened")
    return faults
  }
}

/// A plan with a family: every need has one outcome, and steps with owners and dates.
public struct FamilyPlan: CaseRecord {
  /// One need with its one outcome and the steps to it.
  public struct Need: Codable, Hashable, Sendable {
    public let need: String
    public let outcome: String
    /// Whether the outcome is about attendance.
    public let isAttendance: Bool
    public let steps: [ActionPoint]

    public init(need: String, outcome: String, isAttendance: Bool, steps: [ActionPoint]) {
      self.need = need
      self.outcome = outcome
      self.isAttendance = isAttendance
      self.steps = steps
    }
  }

  public static let kind = RecordKind.plan
  public let from: Day
  /// The lead practitioner, by role or an opaque identifier.
  public let lead: String
  /// Who is in the team around the family, by role.
  public let team: [String]
  public let needs: [Need]

  public init(from day: Day, lead: String, team: [String], needs: [Need]) {
    from = day
    self.lead = lead
    self.team = team
    self.needs = needs
  }

  /// Whether some outcome is about attendance (CW-15).
  public var hasAttendanceOutcome: Bool { needs.contains(where: \.isAttendance) }

  public var faults: Faults {
    var faults = Faults()
    faults.words(lead, "/lead")
    faults.list(team, "/team")
    faults.require(1...20 ~= needs.count, "/needs", "must have 1 to 20 rows")
    for (place, need) in needs.prefix(20).enumerated() {
      faults.words(need.need, "/needs/\(place)/need")
      faults.words(need.outcome, "/needs/\(place)/outcome")
      faults.require(1...20 ~= need.steps.count, "/needs/\(place)/steps", "must have 1 to 20 rows")
      for (row, step) in need.steps.prefix(20).enumerated() { step.check(&faults, at: "/needs/\(place)/steps/\(row)") }
    }
    return faults
  }

  /// The steps that nobody has said to be done, in order.
  public func open(done: [StepDone]) -> [ActionPoint] {
    let finished = Set(done.map { [$0.need, $0.step] })
    return needs.enumerated().flatMap { need, row in
      row.steps.enumerated().filter { !finished.contains([need + 1, $0.offset + 1]) }.map(\.element)
    }
  }
}

/// That a step of a plan is done, with the evidence.
public struct StepDone: CaseRecord {
  public static let kind = RecordKind.stepDone
  /// The plan's number.
  public let plan: Int64
  /// The need and the step, from 1.
  public let need: Int
  public let step: Int
  public let on: Day
  public let evidence: String

  public init(plan: Int64, need: Int, step: Int, on day: Day, evidence: String) {
    self.plan = plan
    self.need = need
    self.step = step
    on = day
    self.evidence = evidence
  }

  public var about: Int64? { plan }
  public var faults: Faults {
    var faults = Faults()
    faults.words(evidence, "/evidence")
    faults.require(1...20 ~= need && 1...20 ~= step, "/step", "must be a step of the plan")
    return faults
  }
}

/// A review with the figures that were shown at it, as counts.
public struct ReviewRecord: CaseRecord {
  public static let kind = RecordKind.review
  public let on: Day
  public let outcome: AttendanceCase.ReviewOutcome
  public let childView: String
  public let adultViews: [Referral.Voice.View]
  public let changes: String
  /// Since the last review, or since the plan.
  public let sinceLast: Attended
  /// Since the case was referred.
  public let sinceStart: Attended
  /// The first day of each.
  public let lastFirst: Day
  public let startFirst: Day
  public let stepsDone: Int
  public let stepsOpen: Int
  /// Whether the family took part in the plan; `nil` where nobody said.
  public let engaged: Bool?

  public init(
    on day: Day, outcome: AttendanceCase.ReviewOutcome, childView: String, adultViews: [Referral.Voice.View],
    changes: String, sinceLast: (Day, Attended), sinceStart: (Day, Attended), stepsDone: Int, stepsOpen: Int,
    engaged: Bool? = nil
  ) {
    on = day
    self.outcome = outcome
    self.childView = childView
    self.adultViews = adultViews
    self.changes = changes
    (lastFirst, self.sinceLast) = sinceLast
    (startFirst, self.sinceStart) = sinceStart
    self.stepsDone = stepsDone
    self.stepsOpen = stepsOpen
    self.engaged = engaged
  }

  public var faults: Faults {
    var faults = Faults()
    faults.words(childView, "/childView")
    faults.list(adultViews.map(\.view), "/adultViews")
    faults.words(changes, "/changes", mayBeBlank: true)
    return faults
  }

  /// Whether reviews have shown no improvement, or no engagement of the family, so often that a manager decides on escalation (`casework.md` 17).
  ///
  /// - Parameter reviews: in order.
  public static func needsManager(_ reviews: [ReviewRecord]) -> Bool {
    let last = reviews.suffix(withoutImprovement.value(on: reviews.last?.on ?? Day(ordinal: 0)))
    guard last.count == withoutImprovement.value(on: reviews.last?.on ?? Day(ordinal: 0)) else { return false }
    return last.allSatisfy { review in
      if review.engaged == false { return true }
      guard let now = review.sinceLast.percentage, let start = review.sinceStart.percentage else { return false }
      return now <= start
    }
  }

  /// How many reviews without improvement bring a case before a manager.
  public static let withoutImprovement: Dated<Int> = [InForce(2, source: "CW-9")]
}
