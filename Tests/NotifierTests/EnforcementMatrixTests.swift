import Contracts
import NotifierDomain
import Rulebook
import Testing

/// Rows N06 to N10 of the matrix, written out again apart from the code: every event, every recipient, every level.
@Suite("The disclosure table for enforcement") struct EnforcementMatrixTests {
  typealias Limit = (level: DisclosureLevel, condition: DisclosureRule.Condition?)

  static let issued: [RecipientKind: Limit] = [
    .school: (.attendance, nil), .socialCare: (.identity, .openCase), .virtualSchool: (.attendance, .lookedAfter),
  ]
  static let table: [(row: String, facts: [String], cells: [RecipientKind: Limit])] = [
    (
      "N06",
      ["penalty-notice-proposed", "penalty-notice-proposal-revised", "penalty-notice-proposal-lapsed"],
      issued.merging([.earlyHelp: (.attendance, nil)]) { $1 }
    ),
    ("N06", ["notice-to-improve-issued", "penalty-notice-issued", "penalty-notice-withdrawn"], issued),
    ("N07", ["penalty-notice-paid", "penalty-notice-unpaid", "penalty-notice-reopened"], [.school: (.identity, nil)]),
    (
      "N08", ["prosecution-laid", "prosecution-decided"],
      [
        .school: (.attendance, nil), .socialCare: (.attendance, nil), .youthJustice: (.attendance, .youthJusticeWorker),
        .virtualSchool: (.attendance, .lookedAfter),
      ]
    ),
    (
      "N09", ["supervision-order-applied", "supervision-order-made", "supervision-order-ended"],
      [
        .school: (.reasons, nil), .socialCare: (.reasons, nil), .health: (.identity, nil),
        .youthJustice: (.attendance, .youthJusticeWorker), .virtualSchool: (.reasons, .lookedAfter),
        .earlyHelp: (.reasons, nil),
      ]
    ),
    (
      "N10", ["attendance-notice-served", "attendance-order-served", "attendance-order-ended"],
      [
        .school: (.reasons, nil), .socialCare: (.attendance, nil), .health: (.identity, nil),
        .virtualSchool: (.attendance, .lookedAfter), .earlyHelp: (.attendance, nil),
        .otherAuthority: (.reasons, .movedThere),
      ]
    ),
  ]

  static func reports(_ concerns: [Concern]?) -> [Report] {
    let (pupil, school, on) = (Sample.pupil, Sample.school, Sample.today)
    let person = PersonID("c4k8m2x7rt")!
    func notice<Fact: EventFact>(_: Fact.Type) -> Report {
      Report(
        PenaltyNoticeEvent<Fact>(notice: "c7", pupil: pupil, school: school, person: person, on: on, concerns: concerns)
      )
    }
    func prosecution<Fact: EventFact>(_: Fact.Type) -> Report {
      Report(
        ProsecutionEvent<Fact>(
          prosecution: "c8", pupil: pupil, school: school, person: person, on: on, concerns: concerns))
    }
    func order<Fact: EventFact>(_: Fact.Type) -> Report {
      Report(OrderEvent<Fact>(order: "c9", pupil: pupil, school: school, on: on, concerns: concerns))
    }
    return [
      Report(
        PenaltyNoticeProposed(
          proposal: "pn-1", pupil: pupil, school: school, grounds: Sample.grounds, concerns: concerns)),
      Report(
        NoticeToImproveIssued(
          notice: "c7", pupil: pupil, school: school, person: person, on: on, lastDay: on, concerns: concerns)),
      Report(
        PenaltyNoticeIssued(
          notice: "c7", pupil: pupil, school: school, person: person, on: on, level: 1, sessions: 10, lastDayToPay: on,
          concerns: concerns)),
      notice(NoticePaid.self), notice(NoticeUnpaid.self), notice(NoticeReopened.self),
      prosecution(LaidProsecution.self), prosecution(DecidedProsecution.self), order(AppliedSupervisionOrder.self),
      order(MadeSupervisionOrder.self), order(EndedSupervisionOrder.self), order(ServedAttendanceNotice.self),
      order(ServedAttendanceOrder.self), order(EndedAttendanceOrder.self),
    ]
  }

  static func isMet(_ condition: DisclosureRule.Condition?, _ concerns: [Concern]?) -> Bool {
    switch condition {
    case nil: true
    case .openCase: concerns?.contains(.socialCare) ?? false
    case .youthJusticeWorker: concerns?.contains(.youthJustice) ?? false
    case .lookedAfter: concerns?.contains(.virtualSchool) ?? false
    case .medicalPlan, .movedThere, .placeThere: false
    }
  }

  @Test("The policy is the table and nothing else")
  func policy() throws {
    let types = Report.types.filter { $0.service == .enforcement }
    #expect(Set(types.map(\.fact)) == Set(Self.table.flatMap(\.facts)))
    for type in types {
      let row = try #require(Self.table.first { $0.facts.contains(type.fact) })
      for kind in RecipientKind.allCases {
        let rule = DisclosurePolicy.standard.rule(for: type, to: kind, on: Sample.today)
        #expect(rule?.value.highest == row.cells[kind]?.level, "\(type.fact) \(kind)")
        #expect(rule?.value.condition == row.cells[kind]?.condition, "\(type.fact) \(kind)")
        #expect(rule.map { $0.source.contains(row.row) || kind == .earlyHelp } ?? true)
      }
    }
  }

  static let concernSets: [[Concern]?] = [nil, [], Concern.allCases] + Concern.allCases.map { [$0] }

  @Test("Every event, recipient and level is told as the table says, and nobody where a condition is not established")
  func told() {
    for concerns in Self.concernSets {
      for report in Self.reports(concerns) {
        let cells = Self.table.first { $0.facts.contains(report.type.fact) }?.cells ?? [:]
        for kind in RecipientKind.allCases {
          for level in DisclosureLevel.allCases {
            let decision = Decision.make(
              report, Sample.context(), for: Sample.standing(kind, level, to: report.type), policy: .standard,
              on: Sample.today)
            let name = "\(report.type.fact) \(kind) \(level) \(String(describing: concerns))"
            guard let limit = cells[kind] else {
              #expect(decision == .withhold(.notAllowed), "\(name)")
              continue
            }
            guard Self.isMet(limit.condition, concerns) else {
              #expect(decision == .withhold(.conditionNotEstablished), "\(name)")
              continue
            }
            #expect(DecisionTests.level(decision) == min(level, limit.level), "\(name)")
          }
        }
      }
    }
  }

  /// What a message of each level has beside the link to the child.
  private static let told: [DisclosureLevel: Set<String>] = [
    .identity: [], .attendance: ["notice", "on"], .reasons: ["notice", "on"],
  ]

  @Test(
    "N07: schools are asked to get in touch when a notice is paid, unpaid or open again, and never told which",
    arguments: ["penalty-notice-paid", "penalty-notice-unpaid", "penalty-notice-reopened"])
  func moneyOfNotices(fact: String) throws {
    let report = try #require(Self.reports([]).first { $0.type.fact == fact })
    for level in [DisclosureLevel.identity, .attendance, .reasons, .restricted] {
      let decision = Decision.make(
        report, Sample.context(), for: Sample.standing(.school, level, to: report.type), policy: .standard,
        on: Sample.today)
      guard case .send(let message) = decision else {
        Issue.record("\(fact) is not told at \(level)")
        continue
      }
      #expect(message.level == .identity && message.type == Message.contactType)
      let text = String(decoding: try message.body(), as: UTF8.self)
      #expect(text.contains(Sample.pupil.text) && text.contains("attendance service of authority"))
      for word in ["paid", "notice", "reopened", "c7", Sample.today.iso + "\""] {
        #expect(!text.contains(word), "\(word)")
      }
    }
    for level in [DisclosureLevel.identity, .attendance, .reasons] {
      let cut = Message.cut(report, Sample.context(), to: level)
      #expect(
        Set(cut.data.keys).subtracting([
          "authority", "contact", "dateOfBirth", "familyName", "givenName", "pupil", "school",
        ]) == Self.told[level])
    }
  }

  @Test("Health services, who may know no more than that there is an order, are asked to get in touch at each step")
  func stepsOfOrders() {
    for report in Self.reports([])
    where report.type.fact.hasSuffix("-order-made") || report.type.fact.hasSuffix("-order-served") {
      let decision = Decision.make(
        report, Sample.context(), for: Sample.standing(.health, .restricted, to: report.type), policy: .standard,
        on: Sample.today)
      #expect(DecisionTests.level(decision) == .identity, "\(report.type.fact)")
    }
  }

  @Test("A message tells neither the offence, the result nor the parent")
  func opaque() throws {
    for report in Self.reports(Concern.allCases) where report.type.fact.hasPrefix("prosecution") {
      let decision = Decision.make(
        report, Sample.context(), for: Sample.standing(.school, .restricted, to: report.type), policy: .standard,
        on: Sample.today)
      guard case .send(let message) = decision else {
        Issue.record("\(report.type.fact) is not told")
        continue
      }
      let text = String(decoding: try message.body(), as: UTF8.self)
      for word in ["c4k8m2x7rt", "s444", "fine", "convict", "guilty"] { #expect(!text.contains(word), "\(word)") }
    }
  }
}
