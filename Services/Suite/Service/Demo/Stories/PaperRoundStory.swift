import Contracts
import Foundation
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// A 14-year-old applies for a paper round of 3 hours before school: refused with the rule. With 1 hour it is granted.
/// When his attendance falls, the permit comes up for review.
actor PaperRoundStory: DemoStory {
  static let number = 11
  static let title = "A paper round"

  private let stage: Stage
  private var permit = ""

  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] {
    [
      DemoScene(stage.world.friday, "the application") {
        let employer = try await self.employer()
        try await self.threeHoursAreRefused(employer)
        try await self.oneHourIsGranted(employer)
      },
      DemoScene(stage.world.later.reviews[0], "attendance falls") { try await self.permitIsReviewed() },
    ]
  }

  private func officer() throws -> StagePerson { try stage.person(.licensing, .licensingOfficer) }

  private static let shop: JSONValue = [
    "name": "Made-up News", "address": ["1 Made-up Parade", "Anytown"], "contact": "01632 960001",
  ]

  private func employer() async throws -> String { try await officer().post("/employers", Self.shop)["id"].text }

  /// An application for five mornings a week.
  private func application(_ employer: String, _ from: String, _ to: String) -> JSONValue {
    let days = (1...5).map { day -> JSONValue in
      ["weekday": .integer(day), "span": ["from": .string(from), "to": .string(to)]]
    }
    return [
      "pupil": .string(stage.id(.paperRound)), "school": .string(stage.world.school(of: .paperRound).urn.text),
      "application": [
        "employer": .string(employer), "authority": "880", "job": "newspaper_delivery",
        "work": "Delivers newspapers", "place": "1 Made-up Parade, Anytown", "notified": .string(stage.today.iso),
        "starts": .string(stage.today.adding(days: 3).iso), "schoolHours": ["from": "08:45", "to": "15:15"],
        "termTime": .array(days), "holidays": [], "risksAssessed": true, "parentConsents": true, "isFit": true,
      ],
    ]
  }

  private func threeHoursAreRefused(_ employer: String) async throws {
    let officer = try officer()
    let form = application(employer, "05:30", "08:30")
    let check = try await officer.post("/work-permits/check", form)
    let rules = Set(check["breaches"].list.map(\.["rule"].text))
    try stage.promise(
      "three hours before school break the rules, which are named",
      rules.isSuperset(of: ["CE-BEFORE-SCHOOL", "CE-EARLY"]),
      is: true)
    for rule in rules.sorted() {
      let breach = check["breaches"].list.first { $0["rule"].text == rule } ?? .null
      stage.tell.detail("\(rule): \(breach["words"].text) \(breach["fix"].text) (\(breach["source"].text))")
    }
    let path = "/work-permits/\(try await officer.post("/work-permits", form)["id"].text)"
    try await officer.act("complete", in: path, because: "Nothing is missing")
    let problem = try await officer.refused("\(path)/acts", ["act": "grant", "reason": "The shop knows the family"])
    try stage.promise("nobody can grant it", problem.guards, is: ["lawful"])
    let refused = try await officer.act("refuse", in: path, because: "Too long before school", ["ground": "unlawful"])
    try stage.promise("it is refused", refused["summary"]["state"].text, is: "refused")
    try await letter("decision", in: path, "refused", saying: ["before school"])
  }

  private func oneHourIsGranted(_ employer: String) async throws {
    let officer = try officer()
    let form = application(employer, "07:15", "08:15")
    let check = try await officer.post("/work-permits/check", form)
    try stage.promise("one hour breaks no rule", check["breaches"].list.map(\.["rule"].text), is: [])
    permit = "/work-permits/\(try await officer.post("/work-permits", form)["id"].text)"
    try await officer.act("complete", in: permit, because: "Nothing is missing")
    let granted = try await officer.act("grant", in: permit, because: "One hour, from quarter past seven")
    try stage.promise("it is granted", granted["summary"]["state"].text, is: "granted")
    try await letter("permit", in: permit, "permit", saying: ["Made-up News"])
  }

  private func letter(_ kind: String, in path: String, _ name: String, saying words: [String]) async throws {
    let officer = try officer()
    let issued = try await officer.post(
      "\(path)/letters",
      [
        "letter": .string(kind), "child": .string(stage.name(of: .paperRound)),
        "recipients": [
          ["id": "employer", "name": "Made-up News", "address": ["1 Made-up Parade", "Anytown"]]
        ],
      ])
    for document in issued["documents"].list {
      try await stage.letters.save(
        "story-11-\(name)", from: "\(path)/letters/\(document.text)", of: officer,
        saying: words + [stage.name(of: .paperRound)])
    }
  }

  private func permitIsReviewed() async throws {
    try await stage.send(.paperRound, DayRange(first: stage.world.friday, last: stage.today.adding(days: -1)))
    let officer = try officer()
    let permit = permit
    let due = try await stage.wait(for: "the review of the permit") {
      try await officer.get(permit)["tasks"].list.first { $0["title"].text == "Review the permit" }?["due"].text
    }
    stage.tell.right("the permit comes up for review by \(due), without a figure of attendance")
    let state = try await officer.get(permit)["summary"]["state"].text
    try stage.promise("it stays in force until a person decides", state, is: "granted")
  }
}
