import Contracts
import Foundation
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// A theatre needs four children for 12 performances, two chaperones: hours, breaks, consecutive days, chaperone numbers
/// and approvals are checked against the schedule. The school's C1 marks match the licence.
actor TheatreStory: DemoStory {
  static let number = 12
  static let title = "Four children in a play"

  private let stage: Stage
  private var holder = ""
  private var chaperones: [(id: String, path: String)] = []

  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] {
    [
      DemoScene(stage.world.friday, "the licences") {
        try await self.theatreApplies()
        try await self.scheduleIsChecked()
        try await self.chaperoneIsApproved()
        try await self.licencesAreGranted()
      },
      DemoScene(stage.world.later.reviews[0], "the school's marks") { try await self.marksAreCompared() },
    ]
  }

  private func officer() throws -> StagePerson { try stage.person(.licensing, .licensingOfficer) }

  private func theatreApplies() async throws {
    let officer = try officer()
    let address: JSONValue = ["1 Made-up Square", "Anytown"]
    holder = try await officer.post(
      "/licence-holders", ["name": "Made-up Theatre", "address": address, "contact": "01632 960002"])["id"].text
    for name in ["Ines Madeup", "Jo Madeup"] {
      let entered = try await officer.post(
        "/chaperones", ["name": .string(name), "address": address, "contact": "01632 960003"])
      chaperones.append((entered["id"].text, "/chaperone-approvals/\(entered["case"].text)"))
    }
    try await approve(chaperones[0].path)
    stage.tell.say("a theatre and two chaperones are in the register; one of the two is approved")
  }

  private func approve(_ path: String) async throws {
    let (officer, today) = (try officer(), stage.today)
    try await officer.act("vet", in: path, because: "The form is complete")
    try await officer.act(
      "invite", in: path, because: "All papers were seen", ["references": true, "identity": true, "certificate": true])
    let approved = try await officer.act(
      "approve", in: path, because: "Interviewed",
      [
        "training": true, "from": .string(today.iso), "until": .string(today.adding(months: 36).adding(days: -1).iso),
      ])
    try stage.promise("a chaperone is approved for three years", approved["summary"]["state"].text, is: "approved")
  }

  /// An application for one child.
  private func application(
    _ part: DemoPart, _ days: [Day], from: String = "13:00", to: String = "17:30", breaks: [(String, String)]
  ) -> JSONValue {
    func span(_ day: Day, _ from: String, _ to: String) -> JSONValue {
      ["start": .string("\(day)T\(from)"), "end": .string("\(day)T\(to)")]
    }
    return [
      "pupil": .string(stage.id(part)), "school": .string(stage.world.school(of: part).urn.text),
      "application": [
        "holder": .string(holder), "production": "The Made-up Play", "part": "A child of the village",
        "place": "Made-up Theatre, Anytown", "activity": "performance", "isPaid": true, "isCharged": true,
        "isAbsentFromSchool": true, "education": "The school sends work and a teacher looks at it each week",
        "earnings": "£60 a performance, paid into the child's account",
        "received": .string(stage.today.adding(days: -7).iso),
        "documents": [
          "proof-of-age", "photographs", "contract", "head-teacher", "parent-statement", "parent-signature", "earnings",
          "care", "earlier-licences",
        ],
        "days": .array(
          days.map { day in
            [
              "atPlace": span(day, from, to), "children": 4,
              "breaks": .array(breaks.map { span(day, $0.0, $0.1) }),
              "parts": [["kind": "performance", "span": span(day, "14:30", "16:00")]],
              "chaperones": .array(chaperones.map { ["chaperone": .string($0.id)] }),
            ]
          }),
      ],
    ]
  }

  private static let breaks = [("13:15", "14:00"), ("16:10", "16:30")]

  private func scheduleIsChecked() async throws {
    let first = DemoWorld.performances[0]
    let seven = (0..<7).map { first.adding(days: $0) }
    let check = try await officer().post(
      "/performance-licences/check", application(.actor1, seven, to: "23:30", breaks: []))
    let rules = Set(check["breaches"].list.map(\.["rule"].text))
    try stage.promise(
      "a plan of seven late days running, without breaks and with a chaperone who is not approved, breaks the rules",
      ["PF-LATE", "PF-PRESENT", "PF-BREAKS", "PF-CONSECUTIVE", "CH-NOT-APPROVED"].filter { !rules.contains($0) }, is: []
    )
    for rule in rules.sorted() {
      let breach = check["breaches"].list.first { $0["rule"].text == rule } ?? .null
      stage.tell.detail("\(rule): \(breach["words"].text) \(breach["fix"].text)")
    }
  }

  private func chaperoneIsApproved() async throws { try await approve(chaperones[1].path) }

  private func licencesAreGranted() async throws {
    let officer = try officer()
    for part in DemoPart.actors {
      let form = application(part, DemoWorld.performances, breaks: Self.breaks)
      if part == .actor1 {
        let check = try await officer.post("/performance-licences/check", form)
        try stage.promise(
          "12 afternoons with breaks and two approved chaperones break none, and nothing is missing",
          (check["breaches"].list + check["missing"].list).map(\.["words"].text), is: [])
      }
      let path = "/performance-licences/\(try await officer.post("/performance-licences", form)["id"].text)"
      try await officer.act("complete", in: path, because: "Nothing is missing")
      let granted = try await officer.act(
        "grant", in: path, because: "All conditions hold", ["fit": true, "care": true, "education": true])
      try stage.promise("a licence for \(stage.name(of: part))", granted["summary"]["state"].text, is: "granted")
      guard part == .actor1 else { continue }
      let letter = try await officer.post(
        "\(path)/letters",
        [
          "letter": "licence", "child": .string(stage.name(of: part)),
          "recipients": [
            ["id": .string(holder), "name": "Made-up Theatre", "address": ["1 Made-up Square", "Anytown"]]
          ],
        ])
      for document in letter["documents"].list {
        try await stage.letters.save(
          "story-12-licence", from: "\(path)/letters/\(document.text)", of: officer,
          saying: [stage.name(of: part), "The Made-up Play"])
      }
    }
  }

  private func marksAreCompared() async throws {
    let range = DayRange(first: stage.world.friday, last: stage.today.adding(days: -1))
    for part in DemoPart.actors { try await stage.send(part, range) }
    try await stage.catchUp()
    let found = try await officer().get("/leave-matches?from=\(range.first)&to=\(range.last)")["differences"].list
    let children = Set(DemoPart.actors.map(stage.id))
    let differences = found.filter { children.contains($0["pupil"].text) }.map {
      "\($0["pupil"].text) \($0["date"].text) \($0["difference"].text)"
    }
    let leave = DemoPart.actors.count * DemoWorld.performances.count
    try stage.promise(
      "\(leave) marks of leave match the licences; one day of one child is in none", differences,
      is: ["\(stage.id(.actor1)) \(DemoWorld.unlicensed) leave-without-licence"])
  }
}
