import Contracts
import Foundation
import Rulebook
import Seeded
import Testing

@testable import CaseworkDomain

@Suite("Referrals")
struct ReferralTests {
  private static let parent: PersonID = {
    var generator = SeededGenerator(seed: 1)
    return PersonID.random(using: &generator)
  }()
  private let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)
  private let figures = Attended(present: 92, possible: 120)

  /// A referral with every block.
  private func whole(_ route: ReferralRoute) -> Referral {
    var referral = Referral(route: route)
    referral.home = .init(
      adults: [.init(id: Self.parent, hasResponsibility: true, canBeReached: true)], others: "A brother",
      language: "en",
      format: "letter")
    referral.steps = [
      .init(kind: .letter, on: day.adding(days: -30), who: "Head of year", agreed: "To meet"),
      .init(kind: .meeting, on: day.adding(days: -20), who: "Parent", agreed: "A morning club"),
    ]
    referral.leadView = "Support is needed"
    referral.barriers = Referral.Barrier.allCases.map { .init($0, .none) }
    referral.safeguarding = .init(answer: .no, by: "Designated lead", sent: [])
    referral.voice = .init(
      child: "Mornings are hard", adults: [.init(adult: Self.parent, view: "We try")], help: "A later start")
    referral.consent = .init(answer: .given, why: "")
    referral.ask = .support
    referral.assessment = "Made in October"
    referral.return = "return-1"
    referral.sessions = [.init(date: day.adding(days: -5), session: .am)]
    referral.concern = "Not seen at school"
    referral.basis = "LB2"
    referral.contact = "By telephone"
    referral.finding = "f1"
    return referral
  }

  @Test("A whole referral of every route is complete, and an empty one lacks exactly the route's blocks, with words")
  func everyRoute() {
    for route in ReferralRoute.allCases {
      #expect(whole(route).gaps(figures: figures, on: day) == [], "\(route)")
      let gaps = Referral(route: route).gaps(figures: nil, on: day)
      #expect(Set(gaps.map(\.id)) == route.blocks(on: day), "\(route)")
      #expect(gaps.allSatisfy { $0.words.hasSuffix(".") }, "\(route)")
    }
  }

  @Test("Every block is asked for by some route, and taking it away is named")
  func everyBlock() {
    let changes: [(ReferralBlock, (inout Referral) -> Void)] = [
      (.child, { $0.home = nil }),
      (.child, { $0.home = .init(adults: [], others: "", language: "en", format: "letter") }),
      (
        .child,
        {
          $0.home = .init(
            adults: [.init(id: Self.parent, hasResponsibility: true, canBeReached: false)], others: "", language: "en",
            format: "letter")
        }
      ), (.steps, { $0.steps?.removeLast() }), (.leadView, { $0.leadView = " " }),
      (.barriers, { $0.barriers?.removeLast() }), (.safeguarding, { $0.safeguarding = nil }),
      (.safeguarding, { $0.safeguarding = .init(answer: .no, by: "", sent: []) }), (.voice, { $0.voice = nil }),
      (.voice, { $0.voice = .init(child: "Hard", adults: [], help: "") }), (.consent, { $0.consent = nil }),
      (.consent, { $0.consent = .init(answer: .notAsked, why: "") }), (.ask, { $0.ask = nil }),
      (.sessions, { $0.sessions = [] }),
    ]
    for (block, change) in changes {
      var referral = whole(.penaltyNotice)
      change(&referral)
      #expect(referral.gaps(figures: figures, on: day).map(\.id) == [block])
    }
    let asked = ReferralRoute.allCases.reduce(into: Set<ReferralBlock>()) { $0.formUnion($1.blocks(on: day)) }
    #expect(asked == Set(ReferralBlock.allCases))
  }

  @Test("One step is enough where the school says why, a step to come is none, and no marks are no figures")
  func stepsAndFigures() {
    var referral = whole(.school)
    referral.steps = [.init(kind: .meeting, on: day.adding(days: 1), who: "Parent", agreed: "To meet")]
    #expect(referral.gaps(figures: figures, on: day).map(\.id) == [.steps])
    referral.noSteps = "The child came last week"
    #expect(referral.gaps(figures: figures, on: day) == [])
    #expect(referral.gaps(figures: Attended(present: 0, possible: 0), on: day).map(\.id) == [.figures])
  }

  @Test("The safeguarding question is never left blank; every other gap may be sent and is named")
  func sending() throws {
    var referral = Referral(route: .school)
    #expect(!referral.canBeSent(on: day))
    #expect(throws: ReferralState.Refusal.safeguardingBlank) {
      try ReferralState.draft.sent(canBeSent: referral.canBeSent(on: day))
    }
    referral.safeguarding = .init(answer: .unknown, by: "Head teacher", sent: [])
    #expect(try ReferralState.draft.sent(canBeSent: referral.canBeSent(on: day)) == .received)
    #expect(Referral(route: .family).canBeSent(on: day))
  }

  @Test("Triage returns a referral once; a received one is changed by nobody")
  func states() throws {
    #expect(try ReferralState.draft.saved(isComplete: true) == .complete)
    #expect(try ReferralState.complete.saved(isComplete: false) == .draft)
    #expect(try ReferralState.received.returned(before: false) == .returned)
    #expect(try ReferralState.returned.saved(isComplete: true) == .returned)
    #expect(try ReferralState.returned.sent(canBeSent: true) == .received)
    #expect(throws: ReferralState.Refusal.returnedBefore) { try ReferralState.received.returned(before: true) }
    #expect(throws: ReferralState.Refusal.notFromHere) { try ReferralState.draft.returned(before: false) }
    #expect(throws: ReferralState.Refusal.notFromHere) { try ReferralState.received.saved(isComplete: true) }
    #expect(throws: ReferralState.Refusal.notFromHere) { try ReferralState.received.sent(canBeSent: true) }
  }

  @Test("What is too long is refused by its pointer")
  func limits() {
    var referral = whole(.school)
    #expect(referral.faults.all.isEmpty)
    referral.leadView = String(repeating: "a", count: 4_001)
    referral.sessions = [Referral.Missed](repeating: .init(date: day, session: .pm), count: 101)
    referral.voice = .init(
      child: "", adults: [.init(adult: Self.parent, view: String(repeating: "a", count: 4_001))], help: "")
    #expect(referral.faults.all.map(\.pointer) == ["/leadView", "/voice/adults", "/sessions"])
  }

  @Test("Requests for notices and children missing education are proposed to others")
  func destinations() {
    #expect(ReferralRoute.allCases.filter { $0.destination != .casework } == [.penaltyNotice, .missingEducation])
  }
}

@Suite("Pathways")
struct PathwayTests {
  private let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  @Test("The examples cover every level once, and a level has its stage in each")
  func examples() {
    let (six, three) = (Pathways.sixStages.pathway(on: day), Pathways.threeStages.pathway(on: day))
    #expect(Pathway.levels.map { six.stage(ofLevel: $0).number } == [1, 2, 3, 4, 5, 6])
    #expect(Pathway.levels.map { three.stage(ofLevel: $0).number } == [1, 1, 2, 2, 3, 3])
    #expect(six.entries == [1, 2, 3, 4, 5, 6] && three.entries == [1, 3, 5])
    #expect(six.hasFastTrack && !three.hasFastTrack)
  }

  private func json(_ stages: String, to: String? = nil, from: String? = nil) -> String {
    let days = [from.map { "\"from\":\"\($0)\"," }, to.map { "\"to\":\"\($0)\"," }].compactMap { $0 }.joined()
    return
      "{\(days)\"source\":\"Cabinet, 1 June 2026\",\"pathway\":{\"name\":\"Ours\",\"hasFastTrack\":false,\"stages\":[\(stages)]}}"
  }

  private func stage(_ first: Int, _ last: Int, _ title: String = "Stage") -> String {
    "{\"title\":\"\(title)\",\"owner\":\"school\",\"content\":\"\",\"exit\":\"\",\"first\":\(first),\"last\":\(last)}"
  }

  @Test("An authority changes its stages by date")
  func byDate() throws {
    let text =
      "[\(json(stage(1, 3) + "," + stage(4, 6), to: "2026-12-31")),\(json(stage(1, 6), from: "2027-01-01"))]"
    let pathways = try Pathways(json: Data(text.utf8))
    #expect(pathways.pathway(on: day).stages.count == 2)
    #expect(pathways.pathway(on: try #require(Day(iso: "2027-01-01"))).stages.count == 1)
  }

  @Test("Stages that leave out, repeat or do not name what they are, and days that do not meet, are refused")
  func faults() {
    func fault(_ text: String) -> Pathway.Fault? {
      do {
        _ = try Pathways(json: Data(text.utf8))
        return nil
      } catch { return error as? Pathway.Fault }
    }
    #expect(fault("[\(json(stage(1, 3)))]") == .levels(pathway: "Ours"))
    #expect(fault("[\(json(stage(1, 3) + "," + stage(3, 6)))]") == .levels(pathway: "Ours"))
    #expect(fault("[\(json(stage(1, 7)))]") == .levels(pathway: "Ours"))
    #expect(fault("[\(json(stage(1, 3) + "," + stage(4, 6, "")))]") == .unnamed(pathway: "Ours", stage: 2))
    #expect(fault("[]") == .days)
    #expect(fault("[\(json(stage(1, 6), from: "2027-01-01"))]") == .days)
    let gap = "[\(json(stage(1, 6), to: "2026-12-31")),\(json(stage(1, 6), from: "2027-01-02"))]"
    #expect(fault(gap) == .days)
  }

  @Test("The team around a family meets within six weeks of the first meeting, then within three months")
  func meetings() throws {
    let first = try #require(Day(iso: "2026-01-31"))
    #expect(TeamMeetings.nextBy(after: []) == nil)
    #expect(TeamMeetings.nextBy(after: [first]) == Day(iso: "2026-03-14"))
    #expect(TeamMeetings.nextBy(after: [first, first.adding(days: 30)]) == Day(iso: "2026-06-02"))
  }

  @Test("Below 90% a plan needs an attendance outcome; at it, none; closing figures are judged exactly")
  func planRule() throws {
    func attended(_ present: Int, _ possible: Int) throws -> Attended {
      try #require(Attended(present: present, possible: possible))
    }
    #expect(PlanRule.needsAttendanceOutcome(try attended(899, 1000), on: day))
    #expect(!PlanRule.needsAttendanceOutcome(try attended(90, 100), on: day))
    #expect(!PlanRule.needsAttendanceOutcome(try attended(0, 0), on: day))
    let rule = Gain.Rule.standard[0].value
    func figures(_ before: Int, _ after: Int, target: Fraction? = nil) throws -> AttendanceCase.Figures {
      let gain = Gain(referral: try attended(before, 100), closure: try attended(after, 100), rule: rule)
      return PlanRule.figures(gain, target: target, on: day)
    }
    #expect(try figures(70, 90) == .sustained && figures(70, 89) == .better && figures(70, 70) == .notBetter)
    #expect(try figures(70, 89, target: Fraction(88)) == .sustained)
    #expect(PlanRule.figures(nil, target: nil, on: day) == .notMeasurable)
  }
}
