import CaseFlow
import CaseSimulator
import Rulebook
import Testing

@Suite("A step of a flow") struct StepTests {
  @Test("A case that is opened has an owner, a clock and one line of history")
  func opening() throws {
    let life = try Life()
    #expect(life.file.state == .received && life.file.owner == Owner(.officer) && life.file.entries == 1)
    #expect(life.file.clocks[.answer]?.due == Day(iso: "2026-12-30"))
    #expect(life.flow.work(of: life.file).map(\.title) == ["Answer the request"])
  }

  @Test("What is not permitted is refused with the reason")
  func refusals() throws {
    let life = try Life()
    #expect(life.refusal(.act(.receive, reason: "Again"), by: .program) == .notFromHere(state: .received))
    #expect(life.refusal(Life.grant()) == .notFromHere(state: .received))
    #expect(life.refusal(.act(.take, reason: "Mine"), by: Life.manager) == .notPermitted)
    #expect(life.refusal(.act(.take, reason: "Mine"), by: .program) == .notPermitted)
    #expect(life.refusal(.act(.take, reason: " \n")) == .noReason)
    #expect(life.refusal(.second(agrees: true, reason: "Yes"), by: Life.manager) == .nothingToAnswer)
    #expect(life.refusal(.attempt(.init(.uphold(decision: 1), reason: "Yes"))) == .notQuestioned)
    let taken = try Life(taken: true)
    #expect(taken.refusal(.act(.grant, reason: "Due")) == .notStated([.complete]))
    let more = Intent<RequestKind>(.act(.note), stating: .init([.fee: .number(1)]), reason: "Seen")
    #expect(taken.refusal(.attempt(more)) == .notAsked([.fee]))
    #expect(taken.refusal(Life.grant(overriding: ["complete"])) == .notOverridable(["complete"]))
  }

  @Test("A guard is judged by the rule in force on the day, and names its source")
  func datedGuards() throws {
    var life = try Life(taken: true)
    life.facts[.fee] = .number(10)
    guard case .unmet(let unmet)? = life.refusal(Life.grant()) else {
      Issue.record("granted without the fee")
      return
    }
    #expect(unmet.map(\.id) == ["paid"] && unmet.map(\.source) == ["RQ-2 as amended"] && unmet[0].isOverridable)
    life.day = try #require(Day(iso: "2026-08-31"))
    #expect(try life.step(Life.grant()).decision?.guards.map(\.source) == ["RQ-1", "RQ-2"])
    var earlier = try Life(taken: true)
    earlier.day = try #require(Day(iso: "2025-12-31"))
    #expect(try earlier.step(Life.grant()).decision?.guards.map(\.id) == ["complete"])
  }

  @Test("A guard cannot see a fact that it does not name")
  func guardsSeeTheirOwn() throws {
    let peeping = Flow<RequestKind>.Guard(
      "peeping", "Looks elsewhere.", reads: [.complete], [.init({ $0.flag(.stands) != true }, source: "RQ-9")])
    let flow = RequestKind.flow.changing(.grant) { $0.changed(guards: [peeping]) }
    var life = try Life(taken: true)
    life.facts[.stands] = .flag(true)
    let entry = try flow.step(life.file, Life.grant(), facts: life.facts, by: Life.officer, on: life.day)
    #expect(entry.to == .granted)
  }

  @Test("An override waits for a second person, who is another one and of the role, and is judged anew")
  func overrides() throws {
    var life = try Life(taken: true)
    let proposed = try life.step(Life.grant(overriding: ["paid"]))
    #expect(proposed.name == "proposed grant" && proposed.to == nil && life.file.state == .checking)
    #expect(life.flow.work(of: life.file).contains { $0.name == "second" && $0.owner == Owner(.manager) })
    #expect(life.refusal(.act(.note, reason: "Meanwhile")) == .awaitingSecond)
    #expect(life.refusal(.second(agrees: true, reason: ""), by: Life.officer) == .notPermitted)
    #expect(life.refusal(.second(agrees: true, reason: ""), by: .person("u1", .manager)) == .samePerson)
    #expect(life.refusal(.second(agrees: false, reason: ""), by: Life.manager) == .noReason)
    var declined = life
    try declined.step(.second(agrees: false, reason: "The fee is owed"), by: Life.manager)
    #expect(declined.file.proposal == nil && declined.file.state == .checking)
    let agreed = try life.step(.second(agrees: true, reason: ""), by: Life.manager)
    #expect(agreed.by == Life.officer && agreed.second == Life.manager && life.file.state == .granted)
    #expect(agreed.decision?.guards.map(\.outcome) == [.held, .overridden])
    #expect(life.file.proposal == nil)
  }

  @Test("A clock runs while the case is in its states; acts restart and stop it")
  func clocks() throws {
    var life = try Life(taken: true)
    #expect(Set(life.file.clocks.keys) == [.answer, .check, .visit])
    #expect(life.file.clocks[.check]?.isProvisional == true)
    life.day = life.day.adding(days: 1)
    let noted = try life.step(.act(.note, reason: "Asked"))
    #expect(noted.stopped == [.visit] && noted.started.keys.map(\.rawValue) == ["check"])
    #expect(life.file.clocks[.answer]?.startedOn == RequestKind.day)
    try life.step(.act(.refuse, reason: "No"))
    try life.step(.second(agrees: true, reason: ""), by: Life.manager)
    #expect(life.file.clocks.isEmpty && life.flow.work(of: life.file).isEmpty)
  }

  @Test("A clock can count from the day of a fact, and in school days once the calendar is known")
  func clockDays() throws {
    var life = try Life()
    life.facts[.heardOn] = .day(try #require(Day(iso: "2026-11-20")))
    try life.step(.act(.take, reason: "Mine"))
    #expect(life.file.clocks[.visit]?.due == Day(iso: "2026-11-23"))
    #expect(life.file.clocks[.check]?.due == Day(iso: "2026-12-07"))
    let first = try #require(Day(iso: "2026-12-02"))
    let calendar = SchoolCalendar(terms: [DayRange(first: first, last: first.adding(days: 60))])
    let entry = try #require(life.flow.recount(life.file, in: calendar, on: life.day))
    life.file.apply(entry)
    #expect(life.file.clocks[.check]?.due == Day(iso: "2026-12-08"))
    #expect(life.file.clocks[.check]?.isProvisional == false)
    #expect(life.flow.recount(life.file, in: calendar, on: life.day) == nil)
  }

  @Test("A clock fires once, after its last day, and the work stays open")
  func firing() throws {
    var life = try Life()
    let due = try #require(life.file.clocks[.answer]?.due)
    #expect(throws: Refusal<RequestKind>.notDue) { try life.flow.fire(.answer, in: life.file, on: due) }
    #expect(throws: Refusal<RequestKind>.notDue) { try life.flow.fire(.check, in: life.file, on: due.adding(days: 9)) }
    life.file.apply(try life.flow.fire(.answer, in: life.file, on: due.adding(days: 1)))
    let (flow, file) = (life.flow, life.file)
    #expect(throws: Refusal<RequestKind>.notDue) { try flow.fire(.answer, in: file, on: due.adding(days: 2)) }
    #expect(file.clocks[.answer]?.firedOn == due.adding(days: 1) && flow.work(of: file).map(\.due) == [due])
  }

  @Test("A decision whose facts change goes back to a person, in a closed case too, until one upholds or ends it")
  func reconsidering() throws {
    var life = try Life(taken: true)
    life.facts = .init([.fee: .number(20), .stands: .flag(true), .heardOn: .text("2026-11-01")])
    let number = try life.step(Life.grant()).number
    #expect(try life.flow.reconsider(life.file, facts: life.facts, on: life.day) == nil)
    life.facts[.heardOn] = nil
    #expect(try life.flow.reconsider(life.file, facts: life.facts, on: life.day) == nil)
    life.facts[.stands] = .flag(false)
    let entry = try #require(try life.flow.reconsider(life.file, facts: life.facts, on: life.day))
    life.file.apply(entry)
    #expect(entry.questioned.keys.sorted() == [number] && life.file.state == .granted)
    #expect(life.flow.work(of: life.file).map(\.name) == ["decision-\(number)"])
    #expect(try life.flow.reconsider(life.file, facts: life.facts, on: life.day) == nil)
    var ended = life
    try ended.step(.act(.reopen, reason: "It lapsed"), by: Life.manager)
    #expect(ended.file.decisions.map(\.stands) == [false] && ended.flow.work(of: ended.file).count == 1)
    try life.step(.attempt(.init(.uphold(decision: number), reason: "Still needed")))
    #expect(life.file.decisions.map(\.stands) == [false, true] && life.flow.work(of: life.file).isEmpty)
    #expect(life.file.decisions.last?.grounds.flag(.stands) == false)
  }

  @Test("Upholding is judged by the guards that the decision has, as they are now")
  func upholdingIsGuarded() throws {
    var life = try Life(taken: true)
    life.facts = .init([.fee: .number(20)])
    let number = try life.step(Life.grant()).number
    life.facts[.fee] = .number(5)
    life.file.apply(try #require(try life.flow.reconsider(life.file, facts: life.facts, on: life.day)))
    let uphold = Intent<RequestKind>(.uphold(decision: number), reason: "Still needed")
    guard case .unmet(let unmet)? = life.refusal(.attempt(uphold)) else {
      Issue.record("upheld against a guard")
      return
    }
    #expect(unmet.map(\.id) == ["paid"])
    try life.step(.attempt(.init(.uphold(decision: number), overriding: ["paid"], reason: "Still needed")))
    #expect(life.flow.work(of: life.file).map(\.name).sorted() == ["decision-\(number)", "second"])
    try life.step(.second(agrees: true, reason: ""), by: Life.manager)
    #expect(life.flow.work(of: life.file).isEmpty && life.file.decisions.last?.guards.last?.outcome == .overridden)
  }

  @Test("Allocation gives an open case to somebody, by those who may")
  func allocating() throws {
    var life = try Life()
    let move = RequestMove.allocate(to: Owner(.officer, "u7"), reason: "Nearest")
    #expect(life.refusal(move) == .notPermitted)
    try life.step(move, by: Life.manager)
    #expect(life.file.owner == Owner(.officer, "u7") && life.file.state == .received)
    try life.step(.act(.lapse, reason: ""), by: .program)
    #expect(life.refusal(move, by: Life.manager) == .notFromHere(state: .refused))
  }
}
