import CaseFlow
import Rulebook
import Testing

@Suite("Guards that most flows need") struct GuardTests {
  typealias Guard = Flow<AwardKind>.Guard

  private let day = AwardKind.day

  private func holds(_ guarding: Guard, _ value: FactValue?) -> Bool {
    guarding.tests.value(on: day)(Facts([.assessed: value].compactMapValues { $0 }), day)
  }

  @Test("One of some words, which the demand names in order")
  func oneOf() {
    let guarding = Guard.oneOf(["b", "a"], .assessed, "known", "It must be one of", source: "AW-5")
    #expect(guarding.demand == "It must be one of: a, b.")
    for (value, isHeld) in [(FactValue.text("a"), true), (.text("c"), false), (.text(""), false), (.flag(true), false)]
    {
      #expect(holds(guarding, value) == isHeld)
    }
    #expect(!holds(guarding, nil))
  }

  @Test("Yes and no: what is not known is neither")
  func yesAndNo() {
    let (yes, no) = (
      Guard.yes(.assessed, "yes", "It must be.", source: "AW-5"),
      Guard.no(.assessed, "no", "It must not be.", source: "AW-5", isOverridable: true)
    )
    for (value, isYes, isNo) in [
      (FactValue.flag(true), true, false), (.flag(false), false, true), (.text("yes"), false, false),
      (nil, false, false),
    ] {
      #expect(holds(yes, value) == isYes && holds(no, value) == isNo)
    }
    #expect(!yes.isOverridable && no.isOverridable)
  }

  @Test("A day that has come, and one that is not over: today is both")
  func days() {
    let (past, ahead) = (
      Guard.past(.assessed, "past", "It must have come.", source: "AW-5"),
      Guard.ahead(.assessed, "ahead", "It must not be over.", source: "AW-5")
    )
    for (days, hasCome, isAhead) in [(-1, true, false), (0, true, true), (1, false, true)] {
      let value = FactValue.day(day.adding(days: days))
      #expect(holds(past, value) == hasCome && holds(ahead, value) == isAhead)
    }
    for value in [FactValue.text("soon"), nil] { #expect(!holds(past, value) && !holds(ahead, value)) }
  }

  @Test("A rule through time with other values keeps its days and its sources")
  func mapped() throws {
    let days: Dated<Int> = [
      InForce(3, to: day.adding(days: -1), source: "AW-6"), InForce(5, from: day, source: "AW-6 as amended"),
    ]
    let spans = days.mapValues(Span.days)
    #expect(spans.map(\.value) == [.days(3), .days(5)] && spans.map(\.source) == days.map(\.source))
    #expect(spans.inForce(on: day)?.value == .days(5) && spans.inForce(on: day.adding(days: -1))?.value == .days(3))
  }
}
