import CaseFlow
import Rulebook

/// What is done in a case, in the order of its life.
extension AttendanceCase {
  private static let officers: Set<Role> = [.attendanceOfficer, .manager]
  /// Where the authority works with a family.
  private static let working: Set<State> = [.allocated, .assessing, .fastTrack, .inSupport, .enforcement, .paused]
  /// Where a referral has been accepted and the case is not closed.
  public static let accepted: Set<State> = working.union([.triaged, .transferPending, .cmeLinked])

  static let referral: [Flow<AttendanceCase>.ActRule] = [
    .init(.propose, "Propose a referral", opening: .received, byProgram: true, owner: .team(.attendanceOfficer)),
    .init(.refer, "Receive a referral", opening: .received, byProgram: true, owner: .team(.attendanceOfficer)),
    .init(
      .accept, "Accept the referral", from: [.received], to: .triaged, by: officers,
      guards: [
        .among(
          .safeguarding, Referral.Safeguarding.Answer.self, "safeguarding-answered",
          "The safeguarding question must be answered", "CW-2")
      ], asks: [.safeguarding], isDecision: true, restsOn: [.finding], owner: .team(.manager)),
    .init(
      .reject, "Reject the referral", from: [.received], to: .rejected, by: officers, isDecision: true,
      restsOn: [.finding]),
    .init(
      .redirect, "Redirect the referral", from: [.received], to: .redirected, by: officers,
      guards: [.among(.destination, Redirection.self, "destination-known", "The destination must be one of", "CW-2")],
      asks: [.destination], isDecision: true),
    .init(.lapse, "Let the referral fall away", from: [.received], to: .lapsed, byProgram: true),
  ]

  static let beginning: [Flow<AttendanceCase>.ActRule] = [
    .init(.allocate, "Give the case to an officer", from: [.triaged], to: .allocated, by: [.manager], owner: .named),
    .init(
      .contact, "Record the first contact", from: [.allocated], to: .assessing, by: [.attendanceOfficer],
      guards: [.among(.contact, Contact.self, "contact-known", "The kind of contact must be one of", "CW-11")],
      asks: [.contact]),
    .init(
      .visit, "Record the home visit", from: [.allocated, .assessing], by: officers,
      guards: [.among(.visit, Visit.self, "visit-known", "What came of the visit must be one of", "CW-11")],
      asks: [.visit], stops: [.homeVisit]),
    .init(
      .startFastTrack, "Start the fast track", from: [.allocated, .assessing], to: .fastTrack, by: officers,
      guards: [
        .yes(.hasFastTrack, "fast-track-exists", "The authority's pathway must have a fast track.", source: "CW-3"),
        .yes(.equality, "equality-checked", "The equality check must be done.", source: "Equality Act 2010 s149; CW-3"),
        .yes(.baseline, "baseline-frozen", "The attendance at referral must be frozen.", source: "CW-5"),
      ], asks: [.equality]),
    .init(
      .plan, "Agree the plan", from: [.assessing, .fastTrack], to: .inSupport, by: officers,
      guards: [
        .yes(
          .assessment, "assessment-complete", "An assessment must be complete.", source: "CW-11", isOverridable: true),
        .yes(
          .baseline, "baseline-frozen", "The attendance at referral must be frozen.", source: "CW-5",
          isOverridable: true),
        .yes(
          .attendanceOutcome, "attendance-outcome", "The plan must have an attendance outcome below 90% attendance.",
          source: "CW-15", isOverridable: true),
      ], second: .toOverride(.manager)),
  ]

  static let support: [Flow<AttendanceCase>.ActRule] = [
    .init(
      .review, "Review the plan", from: [.inSupport, .enforcement], by: officers,
      guards: [.among(.review, ReviewOutcome.self, "review-known", "The outcome must be one of", "CW-9")],
      asks: [.review], restarts: [.review]),
    .init(
      .moveStage, "Move the case to another stage", from: accepted, by: officers,
      guards: [
        .init(
          "level-known", "The level must be one at which a stage of the authority's pathway begins.",
          reads: [.level, .levels],
          [
            .init(
              { facts in
                facts.number(.level).map { "\($0)" }.map {
                  (facts.text(.levels) ?? "").split(separator: " ").contains($0[...])
                }
                  ?? false
              }, source: "CW-3")
          ])
      ], asks: [.level]),
    .init(
      .recordProtectionPlan, "Record whether the child has a protection plan", from: accepted, by: officers,
      asks: [.protectionPlan]),
    .init(
      .escalate, "Ask for enforcement", from: [.inSupport], to: .enforcement, by: [.attendanceOfficer],
      guards: escalation, asks: [.legalBasis, .consulted], isDecision: true, second: .always(.manager)),
    .init(
      .stepDown, "Step down from enforcement", from: [.enforcement], to: .inSupport, by: officers, ends: [.escalate]),
  ]

  private static let escalation: [Flow<AttendanceCase>.Guard] = [
    .init(
      "formal-stage", "The case must be at formal support or beyond.", reads: [.level],
      Pathway.formalLevel.guarding { level, facts in (facts.number(.level) ?? 0) >= level }),
    .yes(.support, "support-recorded", "Support must be on record.", source: "Working together: support first"),
    .init(
      "legal-basis", "The legal basis must be noted.", reads: [.legalBasis],
      [.init({ $0.text(.legalBasis).map { !$0.allSatisfy(\.isWhitespace) } ?? false }, source: "CW-11")]),
    .init(
      "social-worker-consulted", "A child's social worker must be consulted before enforcement.",
      reads: [.socialWorker, .consulted],
      [
        .init(
          { $0.flag(.socialWorker) != true || $0.flag(.consulted) == true },
          source: "Working together to improve school attendance")
      ]),
  ]

  static let leaving: [Flow<AttendanceCase>.ActRule] = [
    .init(
      .pause, "Pause the case", from: [.inSupport, .enforcement], to: .paused, by: [.manager],
      guards: [.among(.pause, PauseReason.self, "pause-known", "The reason must be one of", "CW-11")], asks: [.pause]),
    .init(.keepPaused, "Keep the pause", from: [.paused], by: [.manager], restarts: [.pause]),
    .init(.resume, "Go on after the pause", from: [.paused], to: .inSupport, by: officers),
    .init(
      .leave, "Note that the child has left the roll", from: working.union([.triaged, .cmeLinked]),
      to: .transferPending,
      byProgram: true),
    .init(
      .goMissing, "Note that the child has left for nobody knows where", from: working.union([.triaged]),
      to: .cmeLinked,
      byProgram: true),
    .init(
      .stay, "Go on at the child's school", from: [.transferPending, .cmeLinked], to: .assessing, by: officers,
      ends: [.escalate]),
  ]

  /// What other programs publish about the child: a notice, a search, a permit, a return.
  static let news: [Flow<AttendanceCase>.ActRule] = [
    .init(
      .hear, "Hear what was published about the child", from: accepted, byProgram: true, asks: [.newsDue],
      restarts: [.news]),
    .init(.look, "Note what was published about the child", from: accepted, by: officers, stops: [.news]),
  ]

  static let ending: [Flow<AttendanceCase>.ActRule] = [
    .init(
      .close, "Close the case", from: accepted, to: .closed, by: officers,
      guards: [
        .among(.closing, Closing.self, "closing-known", "The reason for closing must be one of", "CW-11"),
        .init(
          "closing-figures", "The closing figures must bear the reason out.", reads: [.closing, .figures, .reviews],
          [.init(bearsOut, source: "CW-16")], isOverridable: true),
      ], asks: [.closing], isDecision: true, ends: [.accept, .escalate], second: .always(.manager)),
    .init(
      .join, "Join with the case of the same child", from: accepted.union([.received]), to: .closed,
      byProgram: true, ends: [.accept, .escalate]),
  ]

  /// Whether the figures allow a closing: sustained needs two reviews and the figure; partial needs a better one.
  private static func bearsOut(_ facts: Facts<Fact>) -> Bool {
    let figures = facts.text(.figures).flatMap(Figures.init)
    return switch facts.text(.closing).flatMap(Closing.init) {
    case .sustained: figures == .sustained && facts.number(.reviews) ?? 0 >= 2
    case .partial: figures == .sustained || figures == .better
    default: true
    }
  }
}

/// The words that facts may say.
extension AttendanceCase {
  /// Where a redirected referral goes.
  public enum Redirection: String, Sendable, CaseIterable {
    case schoolAdvice = "school-advice"
    case earlyHelp = "early-help"
    case enforcement
    case missingEducation = "missing-education"
    case otherAuthority = "other-authority"
  }

  /// How a first contact can be made.
  public enum Contact: String, Sendable, CaseIterable { case letter, telephone, meeting, visit }

  /// What came of a home visit.
  public enum Visit: String, Sendable, Hashable, Codable, CaseIterable {
    case seen, refused
    case notIn = "not-in"
    /// It was not safe to go.
    case notSafe = "not-safe"
    /// The family was met elsewhere.
    case notNeeded = "not-needed"
  }

  /// What a review decides.
  public enum ReviewOutcome: String, Sendable, Hashable, Codable, CaseIterable {
    case `continue`, close
    case changePlan = "change-plan"
    case stepUp = "step-up"
    case stepDown = "step-down"
  }

  /// Why a case pauses.
  public enum PauseReason: String, Sendable, CaseIterable { case health, bereavement, protection }
}
