import Contracts
import Foundation
import HTTPTypes
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// A school refers a boy with 76.7 %. Triage, allocation to the school's officer, early help, a contract, reviews every
/// six weeks; at closure 89.0 %: 12.3 points gained, from exact session counts.
actor FamilyStory: DemoStory {
  static let number = 7
  static let title = "From a school's worry to the gain"

  private let stage: Stage
  private var path = ""
  private var contract = ""

  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] {
    let world = stage.world
    return [
      DemoScene(world.friday, "the referral") {
        try await self.schoolRefers()
        try await self.officerTakesItOn()
        try await self.familyIsHelped()
      },
      DemoScene(world.later.reviews[0], "the first review") {
        try await self.review("Mornings are still hard", last: false)
      },
      DemoScene(world.later.reviews[1], "the second review") {
        try await self.review("I like the club", last: true)
      },
      DemoScene(world.later.last, "the closing") { try await self.caseIsClosed() },
    ]
  }

  private func officer() throws -> StagePerson { try stage.person(.casework, .attendanceOfficer) }

  private func mother() async throws -> DemoParent { try await stage.parent("mother", of: .helped) }

  private func schoolRefers() async throws {
    let (pupil, school) = (stage.id(.helped), stage.world.school(of: .helped).urn.text)
    let staff = try stage.staff(.casework, of: .helped)
    let evidence = try await staff.get("/children/\(pupil)/referral-evidence?school=\(school)")
    let before = stage.world.helped.before
    try stage.promise(
      "the form has the register's figures: \(before.present) of \(before.possible) sessions, \(before.percentage) %",
      [evidence["percentage"].text, "\(evidence["figures"]["present"].int ?? 0)"],
      is: ["76.7", "\(before.present)"])
    let mother = try await mother()
    let draft = try await staff.post(
      "/referrals", ["pupil": .string(pupil), "school": .string(school), "form": ["route": "R1"]])
    let missing = draft["missing"].list.map(\.["words"].text)
    stage.tell.say("an empty form names \(missing.count) things that are missing, the first: \(missing.first ?? "")")
    let id = draft["id"].text
    let filled = try await staff.client.send(
      JSONValue.self, .put, "/referrals/\(id)", json: FamilyForms.referral(mother, on: stage.today.adding(days: -10)))
    try stage.promise("filled in, it lacks nothing", filled["missing"].list.map(\.["id"].text), is: [])
    let sent = try await staff.post("/referrals/\(id)/send")
    try stage.promise("the authority has it", sent["state"].text, is: "received")
    path = "/cases/\(sent["case"].text)"
  }

  private func officerTakesItOn() async throws {
    let officer = try officer()
    try await officer.act("accept", in: path, because: "School has done what it can", ["safeguarding": "no"])
    let allocated = try await stage.person(.casework, .manager).post(
      "\(path)/allocation",
      [
        "owner": ["role": "attendance-officer", "person": "suite-attendance-officer"],
        "reason": "The school's officer",
      ])
    try stage.promise(
      "triaged, and given to the school's officer", allocated["summary"]["owner"]["person"].text,
      is: "suite-attendance-officer")
    let (mother, world) = (try await mother(), stage.world)
    let figures = try await stage.person(.registers, .attendanceOfficer)
      .get("/pupils/\(stage.id(.helped))/attendance?from=\(world.weeks[0])&to=\(stage.today.adding(days: -1))")[
        "figures"]
    let letter = try await officer.post(
      "\(path)/letters/first-contact",
      [
        "child": .string(stage.name(of: .helped)), "school": .string(world.school(of: .helped).name),
        "writer": Stage.writer, "reason": "We would like to help", "recipients": [mother.listed],
        "answerBy": .string(stage.today.adding(days: 7).iso),
        "figures": [
          "first": .string(world.weeks[0].iso), "last": .string(stage.today.adding(days: -1).iso),
          "possible": figures["possible"], "missed": figures["absent"], "unauthorised": figures["unauthorised"],
        ],
      ])
    try await save(letter, "first-contact", saying: [mother.name])
  }

  private func familyIsHelped() async throws {
    let (officer, today, mother) = (try officer(), stage.today, try await mother())
    try await officer.post(
      "\(path)/assessments", FamilyForms.assessment(on: today))
    try await officer.post(
      "\(path)/consents",
      ["agency": "Early help", "answer": "given", "person": .string(mother.id), "on": .string(today.iso)])
    try await officer.post(
      "\(path)/plans", FamilyForms.plan(on: today))
    let planned = try await officer.act("plan", in: path, because: "Agreed with the family")
    try stage.promise(
      "an assessment, early help and a plan with an attendance outcome", planned["summary"]["state"].text,
      is: "in-support")
    let offered = try await officer.post(
      "\(path)/contracts", FamilyForms.contract(with: mother, on: today))
    contract = "/contracts/\(offered["id"].text)"
    let letter = try await officer.post(
      "\(path)/letters/contract",
      [
        "contract": offered["id"], "child": .string(stage.name(of: .helped)), "writer": Stage.writer,
        "recipients": [mother.listed],
      ])
    try await save(letter, "contract", saying: ["85%", mother.name])
    let agreed = try await officer.act("agree", in: contract, because: "Signed at home", ["agreement": "signed"])
    try stage.promise("the mother signs a contract of twelve weeks", agreed["summary"]["state"].text, is: "agreed")
  }

  private func review(_ childView: String, last isLast: Bool) async throws {
    let (officer, mother) = (try officer(), try await mother())
    let from = stage.today == stage.world.later.reviews[0] ? stage.world.friday : stage.world.later.reviews[0]
    try await stage.send(.helped, DayRange(first: from, last: stage.today.adding(days: -1)))
    try await stage.catchUp()
    let tasks = try await officer.get(path)["tasks"].list.map { "\($0["title"].text) \($0["due"].text)" }
    try stage.promise(
      "the review is due today, six weeks on", tasks.contains("Review the plan with the family \(stage.today)"),
      is: true)
    let review = try await officer.post(
      "\(path)/reviews",
      [
        "outcome": "continue", "childView": .string(childView), "changes": "",
        "adultViews": [["adult": .string(mother.id), "view": "It is getting better"]], "reason": "Six weeks",
      ])
    let since = review["record"]["sinceLast"]
    stage.tell.say(
      "since the last look, by the register: \(since["present"].int ?? 0) of \(since["possible"].int ?? 0) sessions"
    )
    guard isLast, let number = Int(review["review"].text.dropFirst()) else { return }
    let letter = try await officer.post(
      "\(path)/letters/review",
      [
        "review": .integer(number), "changes": "None", "child": .string(stage.name(of: .helped)),
        "writer": Stage.writer, "recipients": [mother.listed],
      ])
    try await save(letter, "review", saying: [mother.name])
  }

  private func caseIsClosed() async throws {
    let (officer, manager, mother) = (try officer(), try stage.person(.casework, .manager), try await mother())
    try await stage.send(
      .helped, DayRange(first: stage.world.later.reviews[1], last: stage.today.adding(days: -1)))
    try await stage.catchUp()
    let terms = try await officer.get("\(contract)/terms")
    let found = try await officer.act("find-met", in: contract, because: "The sessions of its time say so")
    try stage.promise(
      "the contract's target of 85 % is met: \(terms["achievedPercentage"].text) %", found["summary"]["state"].text,
      is: "met")
    try await officer.act("close", in: path, because: "He is in school again", ["closing": "partial"])
    let closed = try await manager.agree(in: path)
    try stage.promise("two people close the case", closed["summary"]["state"].text, is: "closed")
    let figures = try await officer.get("\(path)/figures")
    let window = figures["windows"].list.first { $0["window"].text == "closing" }?["figures"].list.last ?? .null
    let after = stage.world.helped.after
    try stage.promise(
      "at closure \(after.present) of \(after.possible) sessions: \(after.percentage) %",
      [window["present"].int, window["possible"].int], is: [after.present, after.possible])
    try stage.promise("12.3 points gained, from exact counts", figures["gain"]["points"].text, is: "12.3")
    let letter = try await officer.post(
      "\(path)/letters/closing",
      [
        "reason": "He is in school again", "staying": "The music club", "child": .string(stage.name(of: .helped)),
        "writer": Stage.writer, "recipients": [mother.listed],
      ])
    try await save(letter, "closing", saying: [mother.name])
  }

  private func save(_ answer: JSONValue, _ name: String, saying words: [String]) async throws {
    for document in answer["documents"].list {
      try await stage.letters.save(
        "story-7-\(name)", from: "\(path)/letters/\(document.text)", of: try officer(), saying: words)
    }
  }
}
