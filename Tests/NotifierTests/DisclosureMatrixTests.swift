import Contracts
import NotifierDomain
import Rulebook
import Testing

/// The matrix (NT-4, NT-5) for what the registers publish, written out again apart from the code: every event, every
/// recipient, every level.
@Suite struct DisclosureMatrixTests {
  typealias Limit = (level: DisclosureLevel, condition: DisclosureRule.Condition?)
  typealias Cells = [RecipientKind: Limit]

  static let returnDue: Cells = [
    .school: (.reasons, nil), .socialCare: (.attendance, .openCase), .youthJustice: (.attendance, .youthJusticeWorker),
    .virtualSchool: (.reasons, .lookedAfter), .earlyHelp: (.attendance, nil),
  ]
  static let partTime: Cells = [
    .school: (.reasons, nil), .socialCare: (.reasons, .openCase), .health: (.identity, nil),
    .youthJustice: (.attendance, .youthJusticeWorker), .virtualSchool: (.reasons, .lookedAfter),
    .earlyHelp: (.attendance, nil),
  ]
  static let age: Cells = [
    .school: (.attendance, nil), .socialCare: (.attendance, .openCase),
    .youthJustice: (.attendance, .youthJusticeWorker), .virtualSchool: (.reasons, .lookedAfter),
    .earlyHelp: (.attendance, nil),
  ]
  static let table: [(row: String, facts: [String], cells: Cells)] = [
    (
      "N01", ["unexplained-absence-found", "unexplained-absence-lapsed"],
      [
        .socialCare: (.attendance, .openCase), .youthJustice: (.attendance, .youthJusticeWorker),
        .virtualSchool: (.attendance, .lookedAfter),
      ]
    ),
    (
      "N02",
      ["ten-day-absence-found", "ten-day-absence-lapsed", "twenty-day-absence-found", "twenty-day-absence-lapsed"],
      returnDue
    ),
    (
      "N03", ["fifteen-day-sickness-found", "fifteen-day-sickness-lapsed"],
      [
        .school: (.reasons, nil), .health: (.identity, .medicalPlan), .virtualSchool: (.reasons, .lookedAfter),
      ]
    ),
    ("N02", ["return-filed"], [.school: (.reasons, nil)]),
    (
      "N13", ["pupil-left"],
      [
        .school: (.reasons, nil), .socialCare: (.attendance, .openCase), .virtualSchool: (.reasons, .lookedAfter),
        .otherAuthority: (.reasons, .movedThere),
      ]
    ),
    (
      "N14",
      [
        "part-time-over-six-weeks-found", "part-time-over-six-weeks-lapsed", "part-time-over-twelve-weeks-found",
        "part-time-over-twelve-weeks-lapsed",
      ], partTime
    ),
    (
      "N15", ["severe-absence-found", "severe-absence-lapsed"],
      [
        .school: (.attendance, nil), .socialCare: (.attendance, nil),
        .youthJustice: (.attendance, .youthJusticeWorker), .virtualSchool: (.reasons, .lookedAfter),
        .earlyHelp: (.attendance, nil),
      ]
    ),
    ("no row", ["persistent-absence-found", "persistent-absence-lapsed"], [.school: (.attendance, nil)]),
    ("N21", ["compulsory-school-age-reached", "compulsory-school-age-ended"], age),
    ("no row", ["register-missing", "register-received", "register-missing-lapsed"], [.school: (.attendance, nil)]),
  ]

  static func limit(_ type: EventType, _ kind: RecipientKind) -> Limit? {
    table.first { $0.facts.contains(type.fact) }?.cells[kind]
  }

  @Test func thePolicyIsTheTableAndNothingElse() throws {
    let types = Report.types.filter { $0.service == .registers }
    #expect(Set(types.map(\.fact)) == Set(Self.table.flatMap(\.facts)))
    for type in types {
      let row = try #require(Self.table.first { $0.facts.contains(type.fact) }).row
      for kind in RecipientKind.allCases {
        let rule = DisclosurePolicy.standard.rule(for: type, to: kind, on: Sample.today)
        let limit = Self.limit(type, kind)
        #expect(rule?.value.highest == limit?.level, "\(type.fact) \(kind)")
        #expect(rule?.value.condition == limit?.condition, "\(type.fact) \(kind)")
        #expect(rule.map { $0.source.contains(row) && $0.value.bases.contains(.educationDuty) } ?? true)
      }
    }
  }

  @Test func everyRuleHasItsSourceAndBeginsWithTheFramework() {
    let dayBefore = Day(year: 2024, month: 8, day: 18)!
    for rule in DisclosurePolicy.standard.rules {
      #expect(!rule.source.isEmpty && !rule.value.bases.isEmpty && Report.types.contains(rule.value.event))
      #expect(!rule.applies(on: dayBefore) && rule.applies(on: dayBefore.adding(days: 1)))
    }
  }

  /// The type of a sickness finding tells a reason, so nobody is allowed it at the level without reasons.
  @Test func noRuleTellsOfIllnessAtTheLevelWithoutReasons() {
    for rule in DisclosurePolicy.standard.rules where rule.value.event.fact.hasPrefix("fifteen-day-sickness") {
      #expect(rule.value.highest != .attendance)
    }
  }

  static let concernSets: [[Concern]] = [[], Concern.allCases] + Concern.allCases.map { [$0] }

  /// Whether the report says what the condition asks for: written out apart from the code.
  static func isMet(_ condition: DisclosureRule.Condition?, _ report: Report, _ concerns: [Concern]) -> Bool {
    let says = report.type.fact.hasSuffix("-found") || report.type.fact == "pupil-left"
    return switch condition {
    case nil: true
    case .openCase: says && concerns.contains(.socialCare)
    case .youthJusticeWorker: says && concerns.contains(.youthJustice)
    case .lookedAfter: says && concerns.contains(.virtualSchool)
    case .medicalPlan, .movedThere, .placeThere: false
    }
  }

  @Test(arguments: concernSets)
  func everyEventRecipientAndLevelIsToldAsTheTableSays(concerns: [Concern]) {
    var told = 0
    for report in Sample.registersReports(concerns: concerns) {
      for kind in RecipientKind.allCases {
        for level in DisclosureLevel.allCases {
          let decision = Decision.make(
            report, Sample.context(for: report), for: Sample.standing(kind, level, to: report.type), policy: .standard,
            on: Sample.today)
          let name = "\(report.type.fact) \(kind) \(level)"
          guard let limit = Self.limit(report.type, kind) else {
            #expect(decision == .withhold(.notAllowed), "\(name)")
            continue
          }
          guard report.course == .withdraws || Self.isMet(limit.condition, report, concerns) else {
            #expect(decision == .withhold(.conditionNotEstablished), "\(name)")
            continue
          }
          #expect(DecisionTests.level(decision) == min(level, limit.level), "\(name)")
          told += 1
        }
      }
    }
    #expect(told > 0)
  }

  @Test func aProtectedChildIsNeverToldOfAboveTheIdentityLink() throws {
    for report in Sample.registersReports(concerns: Concern.allCases) where report.pupil != nil {
      for kind in RecipientKind.allCases {
        let decision = Decision.make(
          report, Sample.context(for: report, addressProtected: true),
          for: Sample.standing(kind, .reasons, to: report.type), policy: .standard, on: Sample.today)
        guard case .send(let message) = decision else { continue }
        #expect(message.level == .identity)
        let text = String(decoding: try message.body(), as: UTF8.self)
        #expect(!text.contains("100001") && !text.contains("Larkspur"))
      }
    }
  }

  @Test func aPartnerOfSomeSchoolsIsNotToldOfAProtectedChild() {
    let report = Report(Sample.found(UnexplainedAbsence.self))
    let subscription = Sample.subscription {
      ($0.recipientKind, $0.eventTypes) = ("social-care", [report.type.name])
    }
    func decide(protected: Bool) -> Decision {
      Decision.make(
        report, Sample.context(addressProtected: protected), for: subscription, policy: .standard, on: Sample.today)
    }
    #expect(DecisionTests.level(decide(protected: false)) == .attendance)
    #expect(decide(protected: true) == .withhold(.placeProtected))
  }

  @Test func aRequestMayAskForUpToTheLimitAndNoMore() {
    for type in Report.types where type.service == .registers {
      for kind in RecipientKind.allCases {
        for level in DisclosureLevel.allCases {
          let faults = SubscriptionTests.faults {
            ($0.recipientKind, $0.eventTypes, $0.level) = (kind.rawValue, [type.name], level.rawValue)
          }
          let says =
            type.fact.hasSuffix("-found") || type.fact.hasSuffix("-lapsed") || type.fact == "pupil-left"
          let limit = Self.limit(type, kind)
          let canBeMet =
            limit.map { limit in
              switch limit.condition {
              case nil: true
              case .medicalPlan, .movedThere, .placeThere: false
              case .openCase, .youthJusticeWorker, .lookedAfter: says
              }
            } ?? false
          var expected: Set<String> = canBeMet ? [] : ["recipientKind"]
          if let limit, level > limit.level { expected.insert("level") }
          #expect(Set(faults) == expected, "\(type.fact) \(kind) \(level)")
        }
      }
    }
  }
}
