import Contracts
import NotifierDomain
import Rulebook
import Testing

/// Rows N11, N12, N19 (as far as the police go) and N20 of the matrix, written out again apart from the code: every
/// event, every recipient, every level.
@Suite("The disclosure table for missing children") struct CMERowTests {
  typealias Limit = EnforcementMatrixTests.Limit

  static let table: [(row: String, facts: [String], cells: [RecipientKind: Limit])] = [
    (
      "N11", ["search-opened", "whereabouts-unknown"],
      [
        .school: (.reasons, nil), .socialCare: (.reasons, nil), .health: (.identity, nil),
        .youthJustice: (.attendance, .youthJusticeWorker), .virtualSchool: (.reasons, .lookedAfter),
        .earlyHelp: (.attendance, nil), .otherAuthority: (.reasons, .movedThere),
      ]
    ),
    (
      "N11 and N19", ["risk-found"],
      [
        .school: (.reasons, nil), .socialCare: (.reasons, nil), .health: (.identity, nil),
        .youthJustice: (.attendance, .youthJusticeWorker), .police: (.attendance, nil),
        .virtualSchool: (.reasons, .lookedAfter),
      ]
    ),
    (
      "N12", ["search-closed"],
      [
        .school: (.attendance, nil), .socialCare: (.attendance, nil), .health: (.identity, nil),
        .youthJustice: (.identity, .youthJusticeWorker), .police: (.identity, nil),
        .virtualSchool: (.attendance, .lookedAfter), .earlyHelp: (.attendance, nil),
        .otherAuthority: (.attendance, .movedThere),
      ]
    ),
    (
      "N20", ["home-education-started", "home-education-unsuitable"],
      [
        .school: (.identity, nil), .socialCare: (.attendance, .openCase), .health: (.identity, nil),
        .virtualSchool: (.reasons, .lookedAfter), .otherAuthority: (.reasons, .movedThere),
      ]
    ),
  ]

  static func reports(_ concerns: [Concern]?, school: URN? = Sample.school) -> [Report] {
    let (pupil, on) = (Sample.pupil, Sample.today)
    func fact<Fact: EventFact>(_: Fact.Type) -> Report {
      Report(ChildFact<Fact>(case: "c7", pupil: pupil, school: school, on: on, concerns: concerns))
    }
    return [
      Report(SearchOpened(case: "c7", pupil: pupil, school: school, trigger: "T1", openedOn: on, concerns: concerns)),
      fact(UnknownWhereabouts.self), fact(FoundRisk.self), fact(StartedHomeEducation.self),
      fact(UnsuitableHomeEducation.self),
      Report(
        SearchClosed(
          case: "c7", pupil: pupil, outcome: "abroad", located: true, closedOn: on, school: school, concerns: concerns)),
    ]
  }

  @Test("The policy is the table and nothing else")
  func policy() throws {
    let types = Report.types.filter { $0.service == .cme }
    #expect(Set(types.map(\.fact)) == Set(Self.table.flatMap(\.facts)))
    for type in types {
      let row = try #require(Self.table.first { $0.facts.contains(type.fact) })
      for kind in RecipientKind.allCases {
        let rule = DisclosurePolicy.standard.rule(for: type, to: kind, on: Sample.today)
        #expect(rule?.value.highest == row.cells[kind]?.level, "\(type.fact) \(kind)")
        #expect(rule?.value.condition == row.cells[kind]?.condition, "\(type.fact) \(kind)")
        #expect(rule.map { $0.source.contains(row.row) } ?? true, "\(type.fact) \(kind)")
      }
    }
  }

  private static func decide(
    _ report: Report, _ kind: RecipientKind, _ level: DisclosureLevel, protected: Bool = false,
    told: DisclosureLevel? = .restricted
  ) -> Decision {
    let basis: LawfulBasis = report.type == RiskFound.type ? .safeguarding : .educationDuty
    return Decision.make(
      report, Sample.context(addressProtected: protected, told: told),
      for: Sample.standing(kind, level, to: report.type, basis: basis), policy: .standard, on: Sample.today)
  }

  @Test("Every event, recipient and level is told as the table says, and nobody where a condition is not established")
  func told() {
    for concerns in EnforcementMatrixTests.concernSets {
      for report in Self.reports(concerns) {
        let cells = Self.table.first { $0.facts.contains(report.type.fact) }?.cells ?? [:]
        for kind in RecipientKind.allCases {
          for level in DisclosureLevel.allCases {
            let decision = Self.decide(report, kind, level)
            let name = "\(report.type.fact) \(kind) \(level) \(String(describing: concerns))"
            guard let limit = cells[kind] else {
              #expect(decision == .withhold(.notAllowed), "\(name)")
              continue
            }
            guard report.course == .withdraws || EnforcementMatrixTests.isMet(limit.condition, concerns) else {
              #expect(decision == .withhold(.conditionNotEstablished), "\(name)")
              continue
            }
            #expect(DecisionTests.level(decision) == min(level, limit.level), "\(name)")
          }
        }
      }
    }
  }

  @Test("That a search ended goes to those who were told of it and to nobody else, at no more than they were told")
  func ended() throws {
    let closed = try #require(Self.reports([]).last)
    let opened = try #require(Self.reports([]).first)
    #expect(closed.matter == opened.matter && closed.course == .withdraws)
    #expect(Self.decide(closed, .police, .attendance, told: nil) == .withhold(.notTold))
    #expect(DecisionTests.level(Self.decide(closed, .socialCare, .reasons, told: .identity)) == .identity)
    guard case .send(let message) = Self.decide(closed, .socialCare, .reasons) else {
      Issue.record("it is not told")
      return
    }
    let text = String(decoding: try message.body(), as: UTF8.self)
    #expect(text.contains(#""located":true"#) && !text.contains("abroad"), "\(text)")
  }

  @Test("A child whose address is protected is told of at the link alone, without a school and without why")
  func protected() throws {
    for report in Self.reports(Concern.allCases) {
      for kind in RecipientKind.allCases {
        guard case .send(let message) = Self.decide(report, kind, .restricted, protected: true) else { continue }
        let text = String(decoding: try message.body(), as: UTF8.self)
        #expect(message.level <= .identity && !text.contains("100001") && !text.contains("Larkspur"), "\(text)")
        #expect(!text.contains(report.type.fact) && !text.contains("T1\""), "\(text)")
      }
    }
  }

  @Test("A child without a known school is told of without one, and to nobody who is bound to a school")
  func withoutSchool() throws {
    for report in Self.reports(Concern.allCases, school: nil) {
      guard case .send(let message) = Self.decide(report, .socialCare, .restricted) else {
        Issue.record("\(report.type.fact) is not told")
        continue
      }
      #expect(!message.fields.contains(.school) && message.data["school"] == nil)
    }
  }
}
