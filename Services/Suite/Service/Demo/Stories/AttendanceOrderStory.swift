import Contracts
import Foundation
import HTTPTypes
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// A girl is taken off the roll to be taught at home, and what the authority hears of it satisfies nobody. A notice to
/// satisfy, fifteen days, a notice that names a school, fifteen days more, an order, and she is on a roll again.
actor AttendanceOrderStory: DemoStory {
  static let number = 17
  static let title = "A school attendance order"

  private let stage: Stage
  private var order = ""

  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] {
    let world = stage.world
    return [
      DemoScene(world.friday, "a notice to satisfy the authority") { try await self.authorityAsks() },
      DemoScene(world.later.reviews[0], "a school is nominated") { try await self.schoolIsNominated() },
      DemoScene(world.later.reviews[1], "the order") { try await self.orderIsServed() },
      DemoScene(world.later.last, "on a roll again") { try await self.childIsRegistered() },
    ]
  }

  private func mother() async throws -> DemoParent { try await stage.parent("mother", of: .homeEducated) }

  /// The child's line in the list that the school sends.
  private func line(_ more: [String: JSONValue]) -> JSONValue {
    let pupil = stage.world.pupil(.homeEducated)
    let line: [String: JSONValue] = [
      "upn": .string(pupil.upn.text), "givenName": .string(pupil.givenName), "familyName": .string(pupil.familyName),
      "dateOfBirth": .string(pupil.dateOfBirth.iso), "yearGroup": .string(pupil.yearGroup),
    ]
    return ["pupils": [.object(line.merging(more) { $1 })]]
  }

  private func school(sends more: [String: JSONValue]) async throws {
    let school = stage.world.school(of: .homeEducated).urn.text
    let answer = try await stage.staff(.registers, of: .homeEducated).post("/schools/\(school)/pupils", line(more))
    try stage.check(answer["refused"].int == 0, "the school's list was refused: \(answer["problems"])")
    try await stage.catchUp()
  }

  /// Issues a document of the case to the mother, saves it, and records that it was handed over today.
  private func hand(_ form: String, _ contents: JSONValue, as name: String, saying words: [String]) async throws {
    let (lawyer, mother) = (try stage.person(.enforcement, .legalOfficer), try await mother())
    let issued = try await lawyer.post(
      "\(order)/letters",
      [
        "to": [
          [
            "reader": "parent", "person": .string(mother.id), "name": .string(mother.name),
            "address": .texts(mother.address),
          ]
        ], "writer": Stage.writer, form: contents,
      ])
    guard let number = issued["documents"].list.first?.text else {
      throw SuiteError.unexpected("no document was issued")
    }
    try await stage.letters.save(
      name, from: "/documents/\(number)", of: lawyer, saying: [mother.name, number] + words)
    try await stage.letters.savePDFs(stage)
    try await lawyer.post(
      "/documents/\(number)/service",
      [
        "method": "hand", "on": .string(stage.today.iso), "by": "Pat Madeup",
        "address": .string(mother.address.joined(separator: ", ")),
        "addressReason": "The school's admission register", "proof": "Signed for at the door",
      ])
  }

  private func authorityAsks() async throws {
    let today: JSONValue = .string(stage.today.iso)
    try await school(sends: [
      "enrolledOn": .string(stage.world.pupil(.homeEducated).enrolledOn.iso), "leftOn": today, "deletedOn": today,
      "ground": "f", "destination": "Home education",
    ])
    let officer = try stage.person(.enforcement, .cmeOfficer)
    let begun = try await officer.post(
      "/attendance-orders",
      [
        "pupil": .string(stage.id(.homeEducated)), "school": .string(stage.world.school(of: .homeEducated).urn.text),
        "act": "enquire", "facts": ["resident": true], "circumstances": [],
        "reason": "Off the roll to be taught at home; two visits found no teaching",
      ])
    order = "/attendance-orders/\(begun["id"].text)"
    let last = stage.today.adding(days: 14)
    try await hand(
      "satisfy",
      [
        "child": .string(stage.name(of: .homeEducated)), "reasons": ["Nothing shows that she is taught"],
        "evidence": ["A plan of work", "Examples of her work"], "service": ["method": "hand", "on": today],
      ], as: "story-17-notice-to-satisfy", saying: [last.inWords])
    let noted = try await officer.act(
      "notify", in: order, because: "Handed to the mother",
      ["address-verified": true, "plan-names-school": false, "notice-served-on": today])
    try stage.promise("the notice to satisfy runs", noted["summary"]["state"].text, is: "notice-to-satisfy")
    let due = noted["tasks"].list.first { $0["name"].text == "satisfy" }?["due"].text
    try stage.promise("its last day is the fifteenth, the day of service being the first", due, is: last.iso)
    let early = try await stage.person(.enforcement, .legalOfficer).refused(
      "\(order)/acts",
      [
        "act": "nominate", "reason": "Now",
        "facts": ["expedient": true, "nomination-served-on": today, "consulted-on": today],
      ])
    try stage.promise("no school can be nominated before it is over", early.guards, is: ["nomination-due"])
  }

  private func schoolIsNominated() async throws {
    let (today, name) = (JSONValue.string(stage.today.iso), stage.world.school(of: .homeEducated).name)
    try await hand(
      "intention",
      [
        "child": .string(stage.name(of: .homeEducated)), "school": .string(name), "alternatives": [],
        "service": ["method": "hand", "on": today],
      ], as: "story-17-notice-of-intention", saying: [name, stage.today.adding(days: 14).inWords])
    let nominated = try await stage.person(.enforcement, .legalOfficer).act(
      "nominate", in: order, because: "She did not answer; it is expedient that the child is at school",
      ["expedient": true, "nomination-served-on": today, "consulted-on": today])
    try stage.promise("the mother has fifteen days to choose", nominated["summary"]["state"].text, is: "school-choice")
  }

  private func orderIsServed() async throws {
    let (lawyer, manager) = (try stage.person(.enforcement, .legalOfficer), try stage.person(.enforcement, .manager))
    let (school, mother) = (stage.world.school(of: .homeEducated), try await mother())
    try await lawyer.act(
      "name-by-default", in: order, because: "She did not choose", ["school": .string(school.urn.text)])
    let by = stage.today.adding(days: 10)
    try await hand(
      "order",
      [
        "parent": .string(mother.name), "child": .string(stage.name(of: .homeEducated)),
        "school": .string(school.name), "schoolAddress": ["1 School Road", "Anytown"],
        "registerBy": .string(by.iso),
      ], as: "story-17-order", saying: [school.name, by.inWords])
    let proposed = try await lawyer.act(
      "serve-order", in: order, because: "Handed to the mother",
      [
        "order-served-on": .string(stage.today.iso), "register-by": .string(by.iso), "school-can-be-named": true,
      ])
    try stage.promise("one person alone does not serve an order", proposed["summary"]["state"].text, is: "order-ready")
    let served = try await manager.agree(in: order)
    try stage.promise("two people serve it", served["summary"]["state"].text, is: "order-in-force")
  }

  private func childIsRegistered() async throws {
    let officer = try stage.person(.enforcement, .cmeOfficer)
    let refused = try await officer.refused("\(order)/acts", ["act": "comply", "reason": "Her mother says so"])
    try stage.promise("what the mother says is not enough", refused.guards, is: ["registered"])
    try await school(sends: ["enrolledOn": .string(stage.today.iso)])
    let complied = try await officer.act("comply", in: order, because: "On the roll and in school")
    try stage.promise(
      "the school enters her: the order is complied with", complied["summary"]["state"].text, is: "complied")
    let why = try await officer.get("\(order)/why")
    let comply = why["decisions"].list.first { $0["act"].text == "comply" } ?? .null
    try stage.promise(
      "and the program says by which rule and fact",
      comply["rules"].list.map { "\($0["id"].text) \($0["facts"].list.map { $0["fact"].text }.joined())" },
      is: ["registered registered"])
  }
}
