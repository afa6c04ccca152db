import Contracts
import Foundation
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// A penalty notice of the demo: its case, the child and the parent.
struct StageNotice: Sendable {
  let id: String
  let part: DemoPart
  let parent: DemoParent

  var path: String { "/notices/\(id)" }
}

/// What several stories do with penalty notices.
extension Stage {
  /// Who writes for the authority.
  static let writer: JSONValue = [
    "name": "Pat Madeup", "role": "Attendance officer", "contact": "Attendance Service, 01632 960000",
  ]

  /// What an officer has considered, by the questions of the guidance.
  static let considerations: JSONValue = [
    "support": "offered", "likely-to-change": "yes", "best-tool": "yes", "equality-and-health": "no-bar",
    "other-proceedings": "none", "leave": "not-sought", "parent-allowed-absence": "yes",
    "code-of-conduct-met": "yes", "below-threshold-reason": "none",
  ]

  /// The child's open proposal.
  func openProposal(of part: DemoPart) async throws -> String {
    let (pupil, officer) = (id(part), try person(.enforcement, .attendanceOfficer))
    return try await wait(for: "a proposal about the child") {
      var after = ""
      while true {
        let page = try await officer.get("/proposals?status=open\(after)")
        if let found = page["proposals"].list.first(where: { $0["pupil"].text == pupil }) { return found["id"].text }
        guard let next = page["next"].int else { return nil }
        after = "&after=\(next)"
      }
    }
  }

  /// An officer begins to consider a notice to one parent on the child's open proposal.
  func consider(_ part: DemoPart, _ relation: String) async throws -> StageNotice {
    let parent = try await parent(relation, of: part)
    let officer = try person(.enforcement, .attendanceOfficer)
    let opened = try await officer.post("/notices", try await opening(part, parent))
    return StageNotice(id: opened["id"].text, part: part, parent: parent)
  }

  /// What begins to consider a notice.
  func opening(_ part: DemoPart, _ parent: DemoParent) async throws -> JSONValue {
    [
      "person": .string(parent.id), "proposal": .string(try await openProposal(of: part)),
      "considerations": Self.considerations, "reason": "The national threshold is met",
    ]
  }

  /// The child, as a notice names it.
  func child(_ part: DemoPart, _ parent: DemoParent) -> JSONValue {
    [
      "name": .string(name(of: part)), "address": .texts(parent.address),
      "school": .string(world.school(of: part).name),
    ]
  }

  /// Issues a notice by first-class post today, saves it, and records the posting.
  ///
  /// - Returns: the notice's number.
  func issue(
    _ notice: StageNotice, enquiries: String = "not-needed", _ letter: String, saying words: [String]
  ) async throws -> String {
    let officer = try person(.enforcement, .attendanceOfficer)
    let today: JSONValue = .string(today.iso)
    let issued = try await officer.post(
      "\(notice.path)/issue",
      [
        "recipient": notice.parent.recipient, "child": child(notice.part, notice.parent),
        "officer": ["name": "Pat Madeup", "particulars": "Attendance officer, Made-up Council"],
        "service": ["method": "first_class", "on": today], "identityVerified": "yes", "addressVerified": "yes",
        "enquiries": .string(enquiries), "reason": "Support did not help",
      ])
    try check(issued["state"].text == "issued", "notice \(notice.id) is \(issued["state"].text)")
    let number = issued["document"].text
    try await letters.save(letter, from: "\(notice.path)/documents/\(number)", of: officer, saying: [number] + words)
    try await post(notice)
    return number
  }

  /// The post room posts what was issued last, once it is printed, and an officer records it.
  func post(_ notice: StageNotice) async throws {
    try await letters.savePDFs(self)
    let served: JSONValue = [
      "method": "first_class", "on": .string(today.iso), "by": "Post room",
      "address": .string(notice.parent.address.joined(separator: ", ")),
      "addressReason": "The school's admission register", "proof": "Certificate of posting",
    ]
    try await person(.enforcement, .attendanceOfficer).post("\(notice.path)/service", served)
  }
}
