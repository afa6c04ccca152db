import Contracts
import Foundation
import HTTPTypes
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// First a notice to improve, then a penalty notice. A payment arrives under the right reference after 21 days for the
/// wrong amount: prosecution is blocked until a person has resolved it. Then the case goes to court with a signed pack.
actor UnpaidNoticeStory: DemoStory {
  static let number = 6
  static let title = "A notice that is not paid as it should be"

  private let stage: Stage
  private var notice: StageNotice?
  /// The numbers of the notice to improve and of the penalty notice.
  private var letters: [String] = []
  private var prosecution = ""

  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] {
    let world = stage.world
    return [
      DemoScene(world.friday, "a notice to improve") { try await self.improvementIsAsked() },
      DemoScene(world.later.reviews[0], "no improvement") { try await self.noticeIsIssued() },
      DemoScene(world.later.reviews[1], "the wrong amount") { try await self.wrongAmountComes() },
      DemoScene(world.later.reviews[1], "to court") { try await self.informationIsLaid() },
      DemoScene(world.later.last, "the hearing") { try await self.courtDecides() },
    ]
  }

  private func current() throws -> StageNotice {
    guard let notice else { throw SuiteError.unexpected("the notice to improve was not sent") }
    return notice
  }

  private func improvementIsAsked() async throws {
    let notice = try await stage.consider(.unpaid, "mother")
    self.notice = notice
    let officer = try stage.person(.enforcement, .attendanceOfficer)
    let (first, last) = (stage.world.weeks[0], stage.world.friday.adding(days: -1))
    let figures = try await stage.person(.registers, .attendanceOfficer)
      .get("/pupils/\(stage.id(.unpaid))/attendance?from=\(first)&to=\(last)")["figures"]
    let sent = try await officer.post(
      "\(notice.path)/notice-to-improve",
      [
        "recipient": notice.parent.recipient, "child": stage.child(.unpaid, notice.parent), "writer": Stage.writer,
        "figures": [
          "first": .string(first.iso), "last": .string(last.iso), "possible": figures["possible"],
          "missed": figures["absent"], "unauthorised": figures["unauthorised"],
        ],
        "support": ["Two meetings at school", "A place in the breakfast club"],
        "offer": ["A family worker who visits each week"], "howToAccept": "Ring the Attendance Service",
        "weeks": 3, "mostUnauthorised": 2, "service": ["method": "first_class", "on": .string(stage.today.iso)],
        "reason": "Support was offered and not taken up",
      ])
    try stage.promise("the notice to improve runs", sent["state"].text, is: "notice-to-improve")
    letters = [sent["document"].text]
    try await stage.letters.save(
      "story-6-notice-to-improve", from: "\(notice.path)/documents/\(letters[0])", of: officer,
      saying: [notice.parent.name, letters[0]])
    try await stage.post(notice)
  }

  private func noticeIsIssued() async throws {
    let (notice, officer) = (try current(), try stage.person(.enforcement, .attendanceOfficer))
    try await stage.send(.unpaid, DayRange(first: stage.world.friday, last: stage.today.adding(days: -1)))
    try await stage.catchUp()
    let went = try await officer.act(
      "not-improved", in: notice.path, because: "More than two sessions without leave",
      ["improvement-figures": "4 sessions without leave in the time"])
    try stage.promise(
      "its time is over, nothing has improved: it is considered again", went["summary"]["state"].text,
      is: "under-consideration")
    letters.append(try await stage.issue(notice, "story-6-penalty-notice", saying: ["£80", "£160"]))
  }

  private func wrongAmountComes() async throws {
    let (notice, number) = (try current(), letters[1])
    let finance = try stage.person(.enforcement, .finance)
    // The notice counts as received on the second working day after it was posted.
    let late = stage.world.later.reviews[0].adding(days: 4 + 23)
    let file = try await finance.client.call(
      .post, "/payment-files?source=bank", body: Array("Date,Amount,Reference\n\(late),80.00,\(number)\n".utf8),
      contentType: "text/csv")
    try stage.promise("the bank's file has £80 of \(late.inWords), booked on the notice", file.isSuccess, is: true)
    let officer = try stage.person(.enforcement, .attendanceOfficer)
    let state = try await stage.wait(for: "the end of the time to pay") {
      let state = try await officer.get(notice.path)["summary"]["state"].text
      return state == "issued" ? nil : state
    }
    try stage.promise("£160 was due by then: it pays nothing, and is held", state, is: "unpaid-queried")
    let query =
      try await finance.get("/payments/queries")["notices"].list.first { $0["notice"].text == number } ?? .null
    stage.tell.detail("the finance officer sees: \(query["outcome"].text)")

    prosecution = try await stage.refer(notice)
    try await stage.prepare(prosecution)
    let lawyer = try stage.person(.enforcement, .legalOfficer)
    let problem = try await lawyer.refused(
      "\(prosecution)/acts", ["act": "lay", "reason": "Unpaid", "facts": ["adult": true]])
    try stage.promise("nobody can lay an information meanwhile", problem.guards.contains("no-money-held"), is: true)
    stage.tell.detail(
      problem["errors"].list.first { $0["pointer"].text == "no-money-held" }?["detail"].text ?? "")
    let account = try await finance.get("/accounts/\(number)")
    let payment = account["payments"].list.first?["payment"].int ?? 0
    try await finance.post(
      "/payments/\(payment)/return",
      ["from": .string(number), "on": .string(stage.today.iso), "reason": "short"])
    let after = try await officer.get(notice.path)["summary"]["state"].text
    try stage.promise(
      "the finance officer sends it back: the notice is unpaid, and nothing is held", after, is: "unpaid")
  }

  private func informationIsLaid() async throws {
    let notice = try current()
    let pack = try await stage.pack(for: prosecution, notice, letters: letters)
    try await stage.verify(pack)
    let (lawyer, manager) = (try stage.person(.enforcement, .legalOfficer), try stage.person(.enforcement, .manager))
    try await lawyer.act("lay", in: prosecution, because: "The full code test is met", ["adult": true])
    let laid = try await manager.agree(in: prosecution)
    try stage.promise("two people lay the information", laid["summary"]["state"].text, is: "laid")
    let state = try await lawyer.get(notice.path)["summary"]["state"].text
    try stage.promise("the notice follows", state, is: "prosecution-open")
    try await lawyer.act(
      "serve-summons", in: prosecution, because: "Posted",
      ["served-on": .string(stage.today.iso), "hearing-on": .string(stage.world.later.last.iso)])
  }

  private func courtDecides() async throws {
    let lawyer = try stage.person(.enforcement, .legalOfficer)
    try await lawyer.act("plead-guilty", in: prosecution, because: "In court", ["convicted-of": "s444-1"])
    let sentenced = try await lawyer.act(
      "sentence", in: prosecution, because: "In court",
      [
        "sentence": "fine", "sentenced-on": .string(stage.today.iso), "fine-band": "band-b", "fine": 20_000,
        "surcharge": 8_000, "costs": 0, "parenting-order": false, "supervision-directed": false,
      ])
    try stage.promise(
      "the parent is sentenced; 21 days are left to appeal", sentenced["summary"]["state"].text, is: "sentenced")
    let state = try await lawyer.get(try current().path)["summary"]["state"].text
    try stage.promise("the notice says what became of it", state, is: "convicted")
  }
}
