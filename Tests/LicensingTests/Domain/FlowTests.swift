import CaseFlow
import CaseSimulator
import Rulebook
import Seeded
import TestKit
import Testing

@testable import LicensingDomain

/// The flows of permits, licences and approvals.
@Suite("The flows of licensing")
struct FlowTests {
  private let day = MadeUp.day(2026, 11, 30)
  /// Days to come, of which most are far: a life is to reach what happens on the way.
  private let days: [FactValue] = ["2027-05-31", "2027-11-29", "2031-01-01", "2032-01-01", "2033-01-01", "x"].map {
    .text($0)
  }
  private let mostlyYes: [FactValue] = [true, true, true, true, true, true, true, true, false].map { .flag($0) }

  @Test func theyHaveNoFaults() {
    #expect(WorkPermit.flow.faults(on: day) == [])
    #expect(PerformanceLicence.flow.faults(on: day) == [])
    #expect(ChaperoneApproval.flow.faults(on: day) == [])
    #expect(BodyApproval.flow.faults(on: day) == [])
    #expect(Inspection.flow.faults(on: day) == [])
  }

  /// Random lives keep every promise, and reach every act and clock. Half of them begin where a case is in force: few
  /// get there by chance.
  private func live<Kind: CaseKind>(
    _ kind: Kind.Type, _ values: [Kind.Fact: [FactValue]], inForce: [(Kind.Act, [Kind.Fact: FactValue])],
    facts: [Kind.Fact: FactValue] = [:], by roles: (Kind.Role, second: Kind.Role)
  ) throws {
    let beginning: [Entry<Kind>] = try history(inForce, facts, roles.0, roles.second)
    let values = values.merging(Kind.Fact.allCases.map { ($0, mostlyYes) }) { own, _ in own }
    let lives = RandomLives<Kind>(
      seed: SeededGenerator.chosenSeed, 150, moves: 120, from: day, values, beginnings: [(day, beginning)])
    #expect(lives.violation == nil && lives.never == [])
  }

  @Test func inspectionsKeepEveryPromise() throws {
    try live(
      Inspection.self,
      [.at: days, .followUp: days, .referred: days, .outcome: [.text("advice"), .text("no-action"), .text("other")]],
      inForce: [
        (.plan, [.at: .text("2027-05-31")]),
        (.visit, [.outcome: .text("advice"), .referred: .text("none"), .followUp: .text("none")]),
      ],
      facts: [.recorded: .flag(true), .told: .flag(true)],
      by: (.licensingOfficer, second: .manager))
  }

  /// The entries of some acts, each agreed to by a second person where that is asked for.
  private func history<Kind: CaseKind>(
    _ acts: [(Kind.Act, [Kind.Fact: FactValue])], _ facts: [Kind.Fact: FactValue], _ role: Kind.Role,
    _ second: Kind.Role
  ) throws -> [Entry<Kind>] {
    var file = CaseFile<Kind>()
    var entries: [Entry<Kind>] = []
    func take(_ move: Move<Kind>, by actor: Actor<Kind.Role>) throws {
      let entry = try Kind.flow.step(file, move, facts: Facts(facts), by: actor, on: day)
      file.apply(entry)
      entries.append(entry)
    }
    for (act, stating) in acts {
      try take(
        .attempt(.init(.act(act), stating: Facts(stating), reason: "A reason")), by: .person("u1", role))
      if file.proposal != nil { try take(.second(agrees: true, reason: ""), by: .person("u2", second)) }
    }
    return entries
  }

  /// Known words, and more often one that is none: a life is not to end before it has begun.
  private func texts(_ values: Set<String>) -> [FactValue] {
    (values.sorted() + [String](repeating: "?", count: 2 * values.count)).map { .text($0) }
  }

  private let yes = FactValue.flag(true)

  @Test func livesOfPermits() throws {
    try live(
      WorkPermit.self,
      [
        .ground: texts(WorkPermit.grounds), .until: days,
      ],
      inForce: [(.apply, [:]), (.complete, [:]), (.grant, [:])],
      facts: [.complete: yes, .lawful: yes, .education: yes, .until: days[3]], by: (.licensingOfficer, second: .manager)
    )
  }

  @Test func livesOfLicences() throws {
    try live(
      PerformanceLicence.self,
      [
        .ground: texts(PerformanceLicence.refusals.union(PerformanceLicence.revocations)),
        .until: days, .basis: texts(Set(LicenceNeed.Basis.allCases.map(\.rawValue))),
      ],
      inForce: [
        (.apply, [:]), (.complete, [:]), (.grant, [.fit: yes, .care: yes, .education: yes]),
      ], facts: [.complete: yes, .lawful: yes, .register: yes, .until: days[3]],
      by: (.licensingOfficer, second: .manager))
  }

  @Test func livesOfChaperones() throws {
    try live(
      ChaperoneApproval.self,
      [
        .ground: texts(ChaperoneApproval.grounds),
        .from: [.text("2026-12-01"), .text("2028-12-01")], .until: [.text("2027-11-30"), .text("2029-11-30")],
      ],
      inForce: [
        (.apply, [:]), (.vet, [:]),
        (.invite, [.references: yes, .identity: yes, .certificate: yes]),
        (.approve, [.training: yes, .from: .text("2026-11-30"), .until: .text("2027-11-29")]),
      ], by: (.licensingOfficer, second: .manager))
  }

  @Test func livesOfBodies() throws {
    try live(
      BodyApproval.self,
      [
        .ground: texts(BodyApproval.grounds), .from: [.text("2026-12-01"), .text("2028-12-01")],
        .until: [.text("2027-11-30"), .text("2029-11-30")],
      ],
      inForce: [
        (.apply, [:]), (.check, [:]),
        (
          .approve,
          [
            .unpaid: yes, .safeguarding: yes, .chaperones: yes, .from: .text("2026-11-30"),
            .until: .text("2027-11-29"),
          ]
        ),
      ], by: (.licensingOfficer, second: .manager))
  }

  private func step<Kind: CaseKind>(
    _ file: inout CaseFile<Kind>, _ act: Kind.Act, _ stating: [Kind.Fact: FactValue] = [:],
    facts: [Kind.Fact: FactValue] = [:], by role: Kind.Role
  ) throws {
    let move = Move<Kind>.attempt(.init(.act(act), stating: Facts(stating), reason: "A reason"))
    file.apply(
      try Kind.flow.step(file, move, facts: Facts(facts), by: .person("u1", role), on: day))
  }

  /// What breaks a rule is not granted, whoever wants to; what puts education in question needs two.
  @Test func aPermitIsGrantedWithinTheRules() throws {
    var file = CaseFile<WorkPermit>()
    try step(&file, .apply, by: .licensingOfficer)
    #expect(throws: Refusal<WorkPermit>.self) { try step(&file, .complete, by: .licensingOfficer) }
    var facts: [WorkPermit.Fact: FactValue] = [
      .complete: .flag(true), .lawful: .flag(false), .education: .flag(true), .until: .day(MadeUp.day(2027, 6, 25)),
    ]
    try step(&file, .complete, facts: facts, by: .licensingOfficer)
    #expect(file.clocks[.decision]?.due == MadeUp.day(2026, 12, 14))
    #expect(throws: Refusal<WorkPermit>.self) { try step(&file, .grant, facts: facts, by: .manager) }
    facts[.lawful] = .flag(true)
    try step(&file, .grant, facts: facts, by: .licensingOfficer)
    #expect(file.state == .granted)
    #expect(file.clocks[.term]?.due == MadeUp.day(2027, 6, 25))
    facts[.education] = .flag(false)
    let question = try #require(try WorkPermit.flow.reconsider(file, facts: Facts(facts), on: day))
    file.apply(question)
    #expect(file.state == .granted, "nothing is decided by the program")
    #expect(WorkPermit.flow.work(of: file).map(\.title).contains("Review the permit"))
  }

  /// An application is refused as late only when it is.
  @Test func aLicenceIsRefusedAsLateWhenItIs() throws {
    for isLate in [true, false] {
      let facts: [PerformanceLicence.Fact: FactValue] = [.complete: .flag(true), .late: .flag(isLate)]
      var file = CaseFile<PerformanceLicence>()
      try step(&file, .apply, by: .licensingOfficer)
      try step(&file, .complete, facts: facts, by: .licensingOfficer)
      if isLate {
        try step(&file, .refuse, [.ground: .text("late")], facts: facts, by: .licensingOfficer)
        try step(&file, .appeal, facts: facts, by: .licensingOfficer)
        try step(&file, .allow, facts: facts, by: .manager)
        #expect(file.state == .granted)
      } else {
        #expect(throws: Refusal<PerformanceLicence>.self) {
          try step(&file, .refuse, [.ground: .text("late")], facts: facts, by: .licensingOfficer)
        }
      }
    }
  }

  /// Reminders come 90 and 30 days before the end; an approval for longer than five years is none.
  @Test func aChaperoneIsRemindedBeforeTheEnd() throws {
    var file = CaseFile<ChaperoneApproval>()
    try step(&file, .apply, by: .licensingOfficer)
    try step(&file, .vet, by: .licensingOfficer)
    try step(
      &file, .invite, [.references: .flag(true), .identity: .flag(true), .certificate: .flag(true)],
      by: .licensingOfficer)
    let long: [ChaperoneApproval.Fact: FactValue] = [
      .training: .flag(true), .from: .day(day), .until: .day(day.adding(months: 60)),
    ]
    #expect(throws: Refusal<ChaperoneApproval>.self) { try step(&file, .approve, long, by: .licensingOfficer) }
    let until = day.adding(months: 36).adding(days: -1)
    try step(
      &file, .approve, [.training: .flag(true), .from: .day(day), .until: .day(until)], by: .licensingOfficer)
    #expect(file.clocks[.firstReminder]?.due == until.adding(days: -90))
    #expect(file.clocks[.lastReminder]?.due == until.adding(days: -30))
    #expect(file.clocks[.term]?.due == until)
  }
}
