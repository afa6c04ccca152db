import CaseFlow
import CaseSimulator
import EnforcementDomain
import Rulebook
import Seeded
import TestKit
import Testing

@Suite("The flow of a penalty notice") struct PenaltyNoticeCaseTests {
  typealias Fact = PenaltyNoticeCase.Fact
  typealias Life = PenaltyNoticeLife

  @Test("Every state can be reached and left, and has a next date")
  func isWhole() throws {
    #expect(PenaltyNoticeCase.flow.faults(on: Life.today) == [])
  }

  @Test("Random lives keep the promises of every flow")
  func simulation() throws {
    var seen: [String: Int] = [:]
    let first = SeededGenerator.chosenSeed
    // The end of a long flow is reached from the beginning too seldom: a third of the lives begin in the middle, a third
    // before a court.
    let histories = try [[], Life.unpaid(isProsecuted: false), Life.unpaid(isProsecuted: true)]
    for number in 0..<1_000 {
      var life = FlowSimulation<PenaltyNoticeCase>(
        seed: first &+ UInt64(number), from: Life.today, values: Life.values,
        beginning: histories[number % histories.count])
      let violation = life.run(moves: 60)
      #expect(violation == nil, "\(violation.map(String.init(describing:)) ?? "")")
      seen.merge(life.seen, uniquingKeysWith: +)
    }
    for act in PenaltyNoticeCase.Act.allCases { #expect(seen["acted \(act.rawValue)", default: 0] > 0, "\(act)") }
    for clock in PenaltyNoticeCase.Clock.allCases {
      #expect(seen["fired \(clock.rawValue)", default: 0] > 0, "\(clock)")
    }
    print("penalty notice: 1000 lives from seed \(first), \(seen.values.reduce(0, +)) moves tried")
  }

  @Test("A notice is issued when everything holds, and no guard can be left out", arguments: Life.breaches)
  func issue(breach: Life.Breach) throws {
    var life = try Life(considering: .init())
    #expect(throws: Never.self) { try life.tries(.issue) }
    if let outside = breach.outside {
      life.outside[breach.fact] = outside
      let refused = life.refusal(.issue)
      #expect(refused == [breach.guarding])
    } else {
      var answers = Life.answers
      answers[breach.fact] = breach.stated
      life = try Life(considering: answers)
      #expect(life.refusal(.issue) == [breach.guarding])
    }
  }

  @Test("Below the threshold a reason is enough; a manager lets a fresh N pass")
  func exceptions() throws {
    var answers = Life.answers
    answers[.belowThreshold] = .text("short holidays again and again")
    var life = try Life(considering: answers)
    life.outside[.threshold] = .flag(false)
    #expect(life.refusal(.issue) == [])
    life.outside[.fresh] = .number(2)
    #expect(life.refusal(.issue) == ["reasons-had-time"])
    try life.does(.allow, stating: [.exception: .text("unresolved-within-time")])
    #expect(life.file.proposal != nil && life.refusal(.issue) == nil, "it waits for a second person")
    try life.seconds()
    #expect(life.refusal(.issue) == [])
    try life.does(.issue)
    #expect(life.file.state == .issued)
  }

  @Test(
    "Two persons let pass what stands in the way, each thing by its name; what excludes a notice gives way to nobody")
  func conflicts() throws {
    var life = try Life(considering: [:])
    life.outside[.conflict] = .text("in-care, supervision-order")
    life.outside[.fresh] = .number(1)
    #expect(life.refusal(.issue) == ["reasons-had-time", "no-conflict"])
    for (exception, refused) in [
      ("supervision-order", ["reasons-had-time", "no-conflict"]),
      ("supervision-order,in-care", ["reasons-had-time"]),
      ("unresolved-within-time, supervision-order, in-care", []),
    ] {
      try life.does(.allow, stating: [.exception: .text(exception)])
      try life.seconds()
      #expect(life.refusal(.issue) == refused, "\(exception)")
    }
    life.outside[.conflict] = .text("attendance-order, in-care, supervision-order")
    #expect(life.refusal(.issue) == ["no-conflict"], "what came since is not let pass")
    life.outside[.conflict] = .text("")
    life.outside[.excluded] = .text("authority-is-parent")
    #expect(life.refusal(.issue) == ["no-hard-conflict"])
    for name in ["", "anything", "supervision-order, anything"] {
      #expect(throws: Refusal<PenaltyNoticeCase>.self) { try life.does(.allow, stating: [.exception: .text(name)]) }
    }
  }

  @Test("A correction after the issue is put before an officer, who may withdraw; a payment returns nothing by itself")
  func corrected() throws {
    var life = try Life(considering: .init())
    try life.does(.issue)
    life.outside[.sessions] = .text("2026-09-08 am U")
    life.outside[.lost] = .number(9)
    try life.reconsiders()
    let work = PenaltyNoticeCase.flow.work(of: life.file).map(\.title)
    #expect(work.contains("Consider withdrawing a notice: what it rests on has changed"))
    #expect(life.file.state == .issued)
    try life.does(.withdraw, stating: [.ground: .text("material_error")], by: .legalOfficer)
    #expect(life.file.state == .withdrawn && life.file.decisions.filter(\.stands).map(\.act) == [.withdraw])
    #expect(PenaltyNoticeCase.flow.work(of: life.file).isEmpty)
  }

  @Test("Unpaid after its time it waits for a decision; while money is held nothing leads to prosecution")
  func unpaid() throws {
    var life = try Life(considering: .init())
    try life.does(.issue)
    life.outside[.account] = .text("unpaid")
    try life.programDoes(.expire)
    life.outside[.held] = .number(80_00)
    try life.programDoes(.query)
    #expect(life.refusal(.prosecute, by: .program) == nil && life.file.state == .queried)
    life.outside[.held] = .number(0)
    try life.programDoes(.settle)
    life.outside[.unresolved] = .number(1)
    #expect(life.refusal(.prosecute, by: .program) == ["payment-guard"])
    life.outside[.unresolved] = .number(0)
    try life.programDoes(.prosecute)
    #expect(life.file.state == .prosecuted)
    #expect(life.file.clocks.keys.contains(.proceedings))
  }

  @Test("A receipt that is shown to be later moves the last day to pay, and a notice thought unpaid runs again")
  func laterReceipt() throws {
    var life = try Life(considering: .init())
    try life.does(.issue)
    #expect(life.file.clocks[.payment]?.due == Life.today.adding(days: 29))
    life.outside[.lastDayToPay] = .day(Life.today.adding(days: 40))
    try life.reconsiders()
    #expect(life.file.clocks[.payment]?.due == Life.today.adding(days: 40))
    life.outside[.account] = .text("unpaid")
    try life.programDoes(.expire)
    life.outside[.account] = .text("open_full")
    life.outside[.lastDayToPay] = .day(Life.today.adding(days: 60))
    try life.programDoes(.reopen)
    #expect(life.file.state == .issued && life.file.clocks[.payment]?.due == Life.today.adding(days: 60))
  }
}
