import CaseFlow
import CaseSimulator
import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@Suite("Flows", .timeLimit(.minutes(5))) struct FlowTests {
  static let values: [RequestKind.Fact: [FactValue]] = [
    .fee: [.number(0), .number(10), .number(20)], .heardOn: [.text("2026-11-25"), .text("never")],
  ]

  /// The first promise that lives of a flow break, and how often each thing happened.
  static func run(
    _ lives: Int, driving flow: Flow<RequestKind>? = nil, keepsHistory: Bool = true
  ) -> (FlowSimulation<RequestKind>.Violation?, seen: [String: Int]) {
    var seen: [String: Int] = [:]
    let first = SeededGenerator.chosenSeed
    for number in 0..<lives {
      var life = FlowSimulation<RequestKind>(
        seed: first &+ UInt64(number), from: RequestKind.day, values: values, driving: flow, keepsHistory: keepsHistory)
      if let violation = life.run(moves: 40) { return (violation, seen) }
      seen.merge(life.seen, uniquingKeysWith: +)
    }
    return (nil, seen)
  }

  @Test("Random lives keep every promise, and reach everything that can happen")
  func randomLives() {
    let lives = 1_000
    let (violation, seen) = Self.run(lives)
    #expect(violation == nil, "\(violation.map(String.init(describing:)) ?? "")")
    print("flows: \(lives) lives, \(seen.values.reduce(0, +)) moves tried")
    let acts = RequestKind.Act.allCases.map { "acted \($0.rawValue)" }
    let clocks = RequestKind.Clock.allCases.map { "fired \($0.rawValue)" }
    let others = ["proposed grant", "declined", "allocated", "reconsidered", "upheld ", "recounted"]
    let refusals = [
      "notFromHere", "notPermitted", "noReason", "notStated", "unmet", "notOverridable", "awaitingSecond",
      "nothingToAnswer", "samePerson", "notQuestioned",
    ].map { "refused: \($0)" }
    for name in acts + clocks + others + refusals { #expect(seen[name, default: 0] > 0, "never: \(name)") }
  }

  static let mistakes: [(promise: String, flow: Flow<RequestKind>)] = {
    let flow = RequestKind.flow
    let blind = Flow<RequestKind>.Guard(
      "complete", "Asks nothing.", reads: [.complete], [.init({ _ in true }, source: "RQ-1")])
    return [
      ("done by who may not", flow.changing(.take) { $0.changed(by: [.officer, .manager]) }),
      ("led elsewhere", flow.changing(.grant) { $0.changed(to: .refused) }),
      ("went past a guard", flow.changing(.grant) { $0.changed(guards: [blind, RequestKind.paid]) }),
      ("lacks a second person", flow.changing(.refuse) { $0.changed(second: Flow.Second?.none) }),
      ("signed by who may not", flow.changing(.refuse) { $0.changed(second: .always(.officer)) }),
      ("kept no decision", flow.changing(.grant) { $0.changed(isDecision: false) }),
      ("no owner", flow.changing(.receive) { $0.changed(owner: .unchanged) }),
      ("no next date", flow.changing(clocks: [])),
      ("no next date", flow.changing(.note) { $0.changed(stops: [.answer, .check, .visit]) }),
      (
        "another state",
        flow.changing(
          clocks: flow.clocks.map { .init($0.clock, in: Set(RequestKind.State.allCases), $0.work, $0.spans) })
      ),
    ]
  }()

  @Test("A planted mistake is found", arguments: mistakes.indices)
  func plantedMistakes(index: Int) throws {
    let (promise, flow) = Self.mistakes[index]
    let violation = try #require(Self.run(500, driving: flow).0, "not found: \(promise)")
    let found = ["closed case", promise].contains { violation.promise.contains($0) }
    #expect(found, "\(violation)")
  }

  @Test("A history that is not written down as it was is found")
  func lostHistory() { #expect(Self.run(50, keepsHistory: false).0?.promise.contains("replaying") == true) }

  @Test("A history in JSON gives the case again")
  func coding() throws {
    var life = try Life(taken: true)
    life.facts = .init([.fee: .number(5), .stands: .flag(true), .heardOn: .text("2026-11-01")])
    var history = [try life.step(Life.grant(overriding: ["paid"]))]
    history.append(try life.step(.second(agrees: true, reason: "Agreed"), by: Life.manager))
    for entry in history {
      let data = try JSONEncoder().encode(entry)
      #expect(try JSONDecoder().decode(Entry<RequestKind>.self, from: data) == entry)
    }
    let data = try JSONEncoder().encode(life.file)
    #expect(try JSONDecoder().decode(File.self, from: data) == life.file)
  }

  @Test("The example has no faults, and each kind of fault is found")
  func faults() {
    let flow = RequestKind.flow
    #expect(flow.faults(on: RequestKind.day) == [])
    let broken: [(String, Flow<RequestKind>)] = [
      ("state received may have no next date", flow.changing(clocks: Array(flow.clocks.dropFirst()))),
      ("act grant has a guard to override", flow.changing(.grant) { $0.changed(second: Flow.Second?.none) }),
      ("act take is for nobody", flow.changing(.take) { $0.changed(by: []) }),
      ("state granted cannot be reached", flow.changing(.grant) { $0.changed(to: .refused) }),
      ("clock answer has 0 rules", flow.changing(clocks: [])),
      ("act receive opens no owned case", flow.changing(.receive) { $0.changed(owner: .unchanged) }),
      ("act receive needs a person to name the owner", flow.changing(.receive) { $0.changed(owner: .named) }),
    ]
    for (fault, flow) in broken {
      #expect(flow.faults(on: RequestKind.day).contains { $0.hasPrefix(fault) }, "\(fault)")
    }
  }

  @Test("The diagram has every act from every state that it leaves")
  func diagram() {
    let lines = RequestKind.flow.diagram.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.first == "stateDiagram-v2")
    #expect(lines.contains("[*] --> received: Receive") && lines.contains("checking --> granted: Grant"))
    #expect(lines.contains("received --> received: Note") && lines.contains("refused --> [*]"))
    #expect(lines.count { $0.contains("-->") } == RequestKind.flow.acts.reduce(2) { $0 + max(1, $1.from.count) })
    #expect(RequestKind.flow.document.contains("RQ-2 as amended"))
  }
}
