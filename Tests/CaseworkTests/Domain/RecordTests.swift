import Contracts
import Foundation
import Rulebook
import Seeded
import Testing

@testable import CaseworkDomain

@Suite("Records of a case")
struct RecordTests {
  private static let parent: PersonID = {
    var generator = SeededGenerator(seed: 2)
    return PersonID.random(using: &generator)
  }()
  private let day = Day(iso: "2026-11-30") ?? Day(ordinal: 0)

  private func pointers(_ record: some CaseRecord) -> [String] { record.faults.all.map(\.pointer) }

  @Test("A visit made alone needs a risk assessment and no high risk; nobody goes where contact is not safe")
  func visits() {
    func visit(_ risk: PlannedVisit.Risk, _ assessment: String, alone: Bool, safe: Bool = true) -> PlannedVisit {
      PlannedVisit(
        on: day, purpose: "First visit", risk: risk, assessment: assessment, isAlone: alone, isSafeToContact: safe)
    }
    #expect(pointers(visit(.low, "Known family", alone: true)) == [])
    #expect(pointers(visit(.low, " ", alone: true)) == ["/assessment"])
    #expect(pointers(visit(.high, "Dog", alone: true)) == ["/isAlone"])
    #expect(pointers(visit(.high, "", alone: false)) == [])
    #expect(pointers(visit(.low, "", alone: false, safe: false)) == ["/isSafeToContact"])
    let outcome = VisitOutcome(visit: 1, on: day, outcome: .notIn, childSeen: true, next: "Call again")
    #expect(pointers(outcome) == ["/childSeen"] && outcome.about == 1)
  }

  @Test("Minutes are decisions with owners and dates, and none of a meeting that was not held")
  func minutes() {
    let task = ActionPoint(what: "Call the school", owner: "attendance officer", due: day)
    #expect(pointers(Minutes(meeting: 1, on: day, present: [], decisions: [task])) == ["/decisions"])
    #expect(pointers(Minutes(meeting: 1, on: day, present: ["Parent"], decisions: [task])) == [])
    let blank = ActionPoint(what: " ", owner: "", due: day)
    #expect(
      pointers(Minutes(meeting: 1, on: day, present: ["Parent"], decisions: [blank]))
        == ["/decisions/0/what", "/decisions/0/owner"])
  }

  @Test("The latest answer of each agency counts")
  func consent() {
    func consent(_ agency: String, _ answer: AgencyConsent.Answer) -> AgencyConsent {
      AgencyConsent(agency: agency, answer: answer, person: Self.parent, on: day)
    }
    #expect(
      AgencyConsent.agencies([
        consent("Health", .given), consent("Housing", .refused), consent("Housing", .given),
        consent("Health", .withdrawn), consent("Youth work", .given),
      ]) == ["Housing", "Youth work"])
  }

  @Test("A plan has an outcome and steps for every need; what is done is no longer open")
  func plans() {
    let steps = [
      ActionPoint(what: "Breakfast club", owner: "school", due: day),
      ActionPoint(what: "See the doctor", owner: "parent", due: day.adding(days: 7)),
    ]
    let plan = FamilyPlan(
      from: day, lead: "family practitioner", team: ["school nurse"],
      needs: [
        .init(need: "Sleep", outcome: "Up by seven", isAttendance: false, steps: steps),
        .init(need: "Attendance", outcome: "92% by Easter", isAttendance: true, steps: [steps[0]]),
      ])
    #expect(pointers(plan) == [] && plan.hasAttendanceOutcome)
    let done = [StepDone(plan: 1, need: 1, step: 2, on: day, evidence: "Letter seen")]
    #expect(plan.open(done: done) == [steps[0], steps[0]])
    let bare = FamilyPlan(
      from: day, lead: "family practitioner", team: [],
      needs: [.init(need: "Sleep", outcome: " ", isAttendance: false, steps: [])])
    #expect(pointers(bare) == ["/needs/0/outcome", "/needs/0/steps"])
  }

  @Test("An assessment that is complete leaves nothing blank, unless it is another agency's")
  func assessments() throws {
    func assessment(_ author: String, completed: String?) throws -> Assessment {
      let completed = completed.map { ",\"completed\":\"\($0)\"" } ?? ""
      let json = """
        {"author":"\(author)","lead":"family practitioner","opened":"2026-11-30","guidance":"Working together, 18 March 2026",
        "health":"","parenting":"","home":"","education":"","strengths":"","worries":"","needs":[],"analysis":""\(completed)}
        """
      return try JSONDecoder().decode(Assessment.self, from: Data(json.utf8))
    }
    #expect(pointers(try assessment("casework", completed: nil)) == [])
    #expect(pointers(try assessment("casework", completed: "2026-12-10")).count == 7)
    #expect(pointers(try assessment("other-agency", completed: "2026-12-10")) == [])
    #expect(pointers(try assessment("other-agency", completed: "2026-11-29")) == ["/completed"])
    #expect(try assessment("casework", completed: nil).due == Day(iso: "2026-12-30"))
  }

  @Test("Two reviews running without improvement bring the case before a manager, one does not")
  func reviews() throws {
    func review(_ last: (Int, Int), _ start: (Int, Int)) throws -> ReviewRecord {
      ReviewRecord(
        on: day, outcome: .continue, childView: "Better", adultViews: [], changes: "",
        sinceLast: (day, try #require(Attended(present: last.0, possible: last.1))),
        sinceStart: (day, try #require(Attended(present: start.0, possible: start.1))), stepsDone: 0, stepsOpen: 1)
    }
    let (worse, better) = (try review((70, 100), (75, 100)), try review((80, 100), (75, 100)))
    #expect(!ReviewRecord.needsManager([worse]))
    #expect(ReviewRecord.needsManager([better, worse, worse]))
    #expect(!ReviewRecord.needsManager([worse, worse, better]))
    #expect(!ReviewRecord.needsManager([worse, try review((0, 0), (75, 100))]))
  }
}
