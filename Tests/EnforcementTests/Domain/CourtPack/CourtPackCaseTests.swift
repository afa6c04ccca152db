import CaseFlow
import CaseSimulator
import Rulebook
import Testing

@testable import EnforcementDomain

/// A court pack's life.
@Suite("The court pack as a case")
struct CourtPackCaseTests {
  private static let officer = Actor<CourtPackCase.Role>.person("u-officer", .attendanceOfficer)
  private static let lawyer = Actor<CourtPackCase.Role>.person("u-lawyer", .legalOfficer)
  private static let manager = Actor<CourtPackCase.Role>.person("u-manager", .manager)
  private static let ready = Facts<CourtPackCase.Fact>([.gaps: .number(0), .amended: .number(0)])

  @Test("Its flow has no faults")
  func flow() { #expect(CourtPackCase.flow.faults(on: MadeUpPack.day) == []) }

  @Test("Random lives keep every promise and reach every act and clock")
  func randomLives() {
    let values: [CourtPackCase.Fact: [FactValue]] = [
      .gaps: [.number(0), .number(0), .number(0), .number(2)],
      .amended: [.number(0), .number(0), .number(0), .number(1)],
      .servedOn: [.day(MadeUpPack.day), .text("soon")], .proof: [.text("post-1"), .text("post-2"), .text(" ")],
      .certificate: [.text("certificate-1"), .text("certificate-2"), .text("")],
    ]
    var seen: [String: Int] = [:]
    for number in 0..<300 {
      var life = FlowSimulation<CourtPackCase>(seed: 41_000 + UInt64(number), from: MadeUpPack.day, values: values)
      let violation = life.run(moves: 200)
      #expect(violation == nil, "\(violation.map(String.init(describing:)) ?? "")")
      seen.merge(life.seen, uniquingKeysWith: +)
    }
    for act in CourtPackCase.Act.allCases { #expect(seen["acted \(act.rawValue)", default: 0] > 0, "\(act)") }
    for clock in CourtPackCase.Clock.allCases { #expect(seen["fired \(clock.rawValue)", default: 0] > 0, "\(clock)") }
    print("court pack: 300 lives, \(seen.values.reduce(0, +)) moves tried")
  }

  /// Goes through some moves from the beginning.
  private func file(
    _ moves: [(Move<CourtPackCase>, Actor<CourtPackCase.Role>)], facts: Facts<CourtPackCase.Fact> = ready
  ) throws -> CaseFile<CourtPackCase> {
    var file = CaseFile<CourtPackCase>()
    for (move, actor) in moves {
      file.apply(try CourtPackCase.flow.step(file, move, facts: facts, by: actor, on: MadeUpPack.day))
    }
    return file
  }

  private static let signed: [(Move<CourtPackCase>, Actor<CourtPackCase.Role>)] = [
    (.act(.assemble, reason: "Unpaid"), officer), (.act(.fill, reason: ""), .program),
    (.act(.review, reason: "Complete"), officer), (.second(agrees: true, reason: ""), lawyer),
    (.act(.sign, reason: "Ready for court"), lawyer),
  ]
  private static let served: (Move<CourtPackCase>, Actor<CourtPackCase.Role>) = (
    .attempt(
      .init(.act(.serve), stating: .init([.servedOn: .day(MadeUpPack.day), .proof: .text("post-1")]), reason: "Posted")),
    officer
  )
  private static let lodged: (Move<CourtPackCase>, Actor<CourtPackCase.Role>) = (
    .attempt(.init(.act(.lodge), stating: .init([.certificate: .text("cert-1")]), reason: "Sent")), officer
  )

  @Test("From the first document to the court, each step by who may do it")
  func straightThrough() throws {
    #expect(try file(Self.signed).state == .signed)
    let all = try file(Self.signed + [Self.served, Self.lodged])
    #expect(all.state == .lodged && all.clocks.isEmpty)
    let lodging = try file(Self.signed + [Self.served]).clocks[.lodging]
    #expect(lodging?.due == MadeUpPack.day.adding(days: 7))
  }

  @Test("Nobody reviews alone, an incomplete pack is not reviewed, and only a legal officer signs")
  func refused() throws {
    let before = Array(Self.signed.prefix(3))
    #expect(throws: Refusal<CourtPackCase>.samePerson) {
      let own = Actor<CourtPackCase.Role>.person("u-officer", .legalOfficer)
      _ = try file(before + [(.second(agrees: true, reason: ""), own)])
    }
    #expect(throws: Refusal<CourtPackCase>.notFromHere(state: .assembling)) {
      _ = try file(before.dropLast() + [(.act(.sign, reason: "Now"), Self.lawyer)])
    }
    for lacking in [
      Facts<CourtPackCase.Fact>([.gaps: .number(1), .amended: .number(0)]),
      .init([.gaps: .number(0), .amended: .number(1)]), .init(),
    ] {
      #expect(throws: Refusal<CourtPackCase>.self) { _ = try file(before, facts: lacking) }
    }
    #expect(throws: Refusal<CourtPackCase>.notPermitted) {
      _ = try file(Self.signed.dropLast() + [(.act(.sign, reason: "Now"), Self.officer)])
    }
    #expect(throws: Refusal<CourtPackCase>.notPermitted) {
      _ = try file(Self.signed + [(.act(.freeze, reason: "Now"), Self.manager)])
    }
  }

  @Test("An amendment freezes a signed, a served and a lodged pack, with work for tomorrow", arguments: 0...2)
  func freezing(count: Int) throws {
    let moves = Self.signed + [Self.served, Self.lodged].prefix(count) + [(.act(.freeze, reason: ""), .program)]
    let frozen = try file(moves)
    #expect(frozen.state == .frozen)
    #expect(CourtPackCase.flow.work(of: frozen).contains { $0.name == "amendment" })
    #expect(CourtPackCase.flow.acts(from: .frozen, by: .legalOfficer).map(\.act) == [.keep, .replace, .abandon])
    let kept = try file(
      moves + [
        (.act(.keep, reason: "The sessions stay absent"), Self.lawyer),
        (.second(agrees: true, reason: ""), Self.manager),
      ]
    )
    #expect(kept.state == .signed && kept.clocks[.service] != nil)
    #expect(try file(moves + [(.act(.replace, reason: "Charge less"), Self.lawyer)]).state == .replaced)
  }

  @Test("An amendment before signing puts the review back to a person")
  func reviewAgain() throws {
    let reviewed = try file(Array(Self.signed.dropLast()))
    let changed = Facts<CourtPackCase.Fact>([.gaps: .number(0), .amended: .number(1)])
    let entry = try #require(try CourtPackCase.flow.reconsider(reviewed, facts: changed, on: MadeUpPack.day))
    #expect(entry.questioned.count == 1)
    #expect(throws: Refusal<CourtPackCase>.self) {
      _ = try CourtPackCase.flow.step(
        reviewed, .act(.sign, reason: "Now"), facts: changed, by: Self.lawyer, on: MadeUpPack.day)
    }
  }
}
