import Contracts
import Foundation
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// The head corrects one mark: the child was ill. The proposal falls below the threshold and says so. Where the notice is
/// out, its withdrawal is put before an officer the same second.
actor CorrectionStory: DemoStory {
  static let number = 4
  static let title = "The head corrects a mark"

  private let stage: Stage
  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] {
    [
      DemoScene(stage.world.friday, "before a notice went out") { try await self.proposalLapses() },
      DemoScene(stage.world.friday, "after a notice went out") { try await self.noticeIsQuestioned() },
    ]
  }

  private func proposalLapses() async throws {
    let (world, tell) = (stage.world, stage.tell)
    try await stage.sendMorning(of: world.child(.tenth).school)
    let (_, proposal) = try await stage.toldSchool(PenaltyNoticeProposed.type.name, .tenth)
    let sent = ContinuousClock.now
    try await amend(.tenth, world.friday, .am)
    let (told, lapsed) = try await stage.toldSchool(PenaltyNoticeProposalLapsed.type.name, .tenth)
    try stage.promise(
      "the school is told \(Narrator.millis(told.at - sent)) later that proposal \(proposal) has lapsed", lapsed,
      is: proposal)
    tell.detail(String(decoding: told.body, as: UTF8.self))
    _ = try await stage.toldAgency("uk.everyschoolday.notifier.contact-withdrawn.v1", .tenth)
    tell.right("the partner agency's message is taken back too")
    let view = try await stage.proposal(proposal)
    try stage.promise(
      "the proposal says what became of it", [view.state, view.history.last?.fact], is: ["lapsed", "lapsed"])
    try await why()
  }

  /// The register keeps the original.
  private func why() async throws {
    let path = "/pupils/\(stage.id(.tenth))/marks/\(stage.world.friday)/AM/why"
    let manager = try stage.person(.registers, .manager)
    let mark = try await manager.get(path)["marks"].list.first ?? .null
    let amendment = mark["amendments"].list.last ?? .null
    try stage.promise(
      "the register keeps the original mark, the amendment, its reason, its time and its author",
      [amendment["from"].text, amendment["to"].text, amendment["reason"].text],
      is: ["O", "I", Self.reason])
    stage.tell.detail("\(mark["code"].text) is: \(mark["rule"]["meaning"].text) (\(mark["rule"]["source"].text))")
    guard let at = Timestamp(amendment["at"].text) else { throw SuiteError.unexpected("the amendment has no time") }
    let then = try await manager.get("\(path)?asOf=\(Timestamp(millis: at.millis - 1))")["marks"].list.first ?? .null
    try stage.promise("asked as it was known a moment before, it tells the original", then["code"].text, is: "O")
  }

  private func noticeIsQuestioned() async throws {
    let notice = try await stage.consider(.corrected, "mother")
    _ = try await stage.issue(notice, "story-4-penalty-notice", saying: ["£80", "£160"])
    let first = stage.world.unauthorised(.corrected)[0]
    let sent = ContinuousClock.now
    try await amend(.corrected, first.day, first.session)
    let officer = try stage.person(.enforcement, .attendanceOfficer)
    let title = try await stage.wait(for: "the question whether to withdraw the notice") {
      try await officer.get("/notices/\(notice.id)")["tasks"].list.map(\.["title"].text).first {
        $0.contains("withdraw")
      }
    }
    stage.tell.right("\(Narrator.millis(ContinuousClock.now - sent)) later an officer has it on the desk: \(title)")
    let lawyer = try stage.person(.enforcement, .legalOfficer)
    let parent = try await stage.parent("mother", of: .corrected)
    let withdrawn = try await lawyer.post(
      "/notices/\(notice.id)/withdrawal",
      [
        "recipient": parent.recipient, "child": .string(stage.name(of: .corrected)), "writer": Stage.writer,
        "ground": "material_error", "reason": "The child was ill on one of the ten sessions",
      ])
    try stage.promise("a legal officer withdraws it in writing", withdrawn["state"].text, is: "withdrawn")
    try await stage.letters.save(
      "story-4-withdrawal", from: "/notices/\(notice.id)/documents/\(withdrawn["document"].text)", of: lawyer,
      saying: ["withdrawn"])
  }

  private static let reason = "A parent rang; the message had not been passed on"

  private func amend(_ part: DemoPart, _ day: Day, _ session: Session) async throws {
    let school = stage.world.school(of: part)
    try await stage.system(of: school, stage.world.first.code).amend(
      stage.id(part), day, session, to: "I", reason: Self.reason, at: school.urn)
  }
}
