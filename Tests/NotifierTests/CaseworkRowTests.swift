import Contracts
import NotifierDomain
import Rulebook
import Testing

/// What casework publishes, held against N04 and N05 apart from the code.
@Suite("Who is told of cases and contracts") struct CaseworkRowTests {
  private static let n04 = ["case-opened", "case-escalated", "case-stepped-down", "case-reviewed", "case-closed"]
  private static let n05 = ["contract-offered", "contract-reviewed"]

  @Test("Each event has the table's cells and no other")
  func cells() {
    #expect(Set(Report.types.filter { $0.service == .casework }.map(\.fact)) == Set(Self.n04 + Self.n05))
    let partners: [RecipientKind: DisclosureRule.Condition?] = [
      .socialCare: .openCase, .virtualSchool: .lookedAfter, .earlyHelp: nil,
    ]
    for type in Report.types where type.service == .casework {
      let isContract = Self.n05.contains(type.fact)
      for kind in RecipientKind.allCases {
        let rule = DisclosurePolicy.standard.rule(for: type, to: kind, on: Sample.today)
        if kind == .school {
          #expect(rule?.value.highest == (isContract ? .reasons : .attendance) && rule?.value.condition == nil)
        } else if let condition = partners[kind] {
          #expect(rule?.value.highest == .attendance && rule?.value.condition == condition, "\(type.fact) \(kind)")
        } else {
          #expect(rule == nil, "\(type.fact) \(kind)")
        }
        #expect(rule.map { $0.source.contains(isContract ? "N05" : "N04") } ?? true)
      }
    }
  }

  @Test("A social worker and a virtual school are told of their own children only, and a case by error is taken back")
  func conditions() throws {
    let pupil = try #require(PupilID("p7k2m9q4xt"))
    let school = try URN("900101")
    let day = try #require(Day(iso: "2026-11-30"))
    let opened = Report(CaseOpened(case: "c1", pupil: pupil, school: school, openedOn: day, concerns: [.socialCare]))
    #expect(opened.concerns == [.socialCare] && opened.course == .begins)
    let closed = Report(
      CaseClosed(case: "c1", pupil: pupil, school: school, closedOn: day, reason: .error, concerns: []))
    #expect(closed.course == .withdraws && closed.matter == opened.matter)
    let ended = Report(
      CaseClosed(case: "c1", pupil: pupil, school: school, closedOn: day, reason: .ended, concerns: []))
    #expect(ended.course == .begins && ended.matter == nil)
    for type in Report.types where type.service == .casework { #expect(Report.tellsConcerns(type.name)) }
  }
}
