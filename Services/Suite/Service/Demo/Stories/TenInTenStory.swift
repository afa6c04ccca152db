import Contracts
import Foundation
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// A pupil's tenth session without leave in ten school weeks arrives: a proposal that lists the ten marks, the window, the
/// rule and its source. The school is told; the agency that subscribed is told what its agreement allows and no more.
actor TenInTenStory: DemoStory {
  static let number = 3
  static let title = "A tenth session without leave in ten school weeks"

  private let stage: Stage
  init(_ stage: Stage) { self.stage = stage }

  nonisolated var scenes: [DemoScene] { [DemoScene(stage.world.friday) { try await self.tenthArrives() }] }

  private func tenthArrives() async throws {
    let (world, tell) = (stage.world, stage.tell)
    let sent = try await stage.sendMorning(of: world.child(.tenth).school)
    let (told, id) = try await stage.toldSchool(PenaltyNoticeProposed.type.name, .tenth)
    tell.right("a signed message at the school \(Narrator.millis(told.at - sent)) after its register was sent:")
    tell.detail(String(decoding: told.body, as: UTF8.self))
    let agency = try await stage.toldAgency("uk.everyschoolday.notifier.contact-service.v1", .tenth)
    tell.right("the partner agency, whose agreement allows the level L1, learns no more than whom to call:")
    tell.detail(String(decoding: agency.body, as: UTF8.self))

    let proposal = try await stage.proposal(id)
    let grounds = proposal.grounds
    try stage.promise(
      "proposal \(id) lists the ten marks", grounds.sessions.map { "\($0.date) \($0.session.rawValue) \($0.code)" },
      is: world.unauthorised(.tenth).map { "\($0.day) \($0.session.rawValue) \($0.code)" })
    tell.detail(grounds.sessions.map { "\($0.date) \($0.session.rawValue) \($0.code)" }.joined(separator: " · "))
    try stage.promise(
      "it says the window: ten school weeks, half term not among them",
      [grounds.windowFirstWeek, grounds.windowLastWeek], is: [world.weeks.suffix(10).first, world.weeks.last])
    tell.detail("weeks of \(grounds.windowFirstWeek) to \(grounds.windowLastWeek), met on \(grounds.metOn)")
    try stage.promise("it says the rule and its source", grounds.rule.source.isEmpty, is: false)
    tell.detail("\(grounds.rule.id): \(grounds.rule.source), from \(grounds.rule.inForceFrom?.iso ?? "the beginning")")
    try stage.promise("nothing is issued: it waits for a person", proposal.state, is: "open")
  }
}

/// A proposal as an officer reads it.
struct ProposalView: Decodable, Sendable {
  struct Judgement: Decodable, Sendable {
    let fact: String
  }
  let id, pupil, school, state: String
  let grounds: ProposalGrounds
  let history: [Judgement]
}

extension Stage {
  func proposal(_ id: String) async throws -> ProposalView {
    try await person(.enforcement, .legalOfficer).client.get(ProposalView.self, "/proposals/\(id)")
  }

  /// Waits for a message at the school, and reads which proposal it is about.
  func toldSchool(_ type: String, _ part: DemoPart) async throws -> (message: WebhookReceiver.Message, proposal: String)
  {
    let message = try await told(Receiver.school, type, part)
    guard let proposal = message.content?.data.proposal else {
      throw SuiteError.unexpected("the school's message names no proposal")
    }
    return (message, proposal)
  }

  /// Waits for a message at the agency, which may not learn of a proposal.
  func toldAgency(_ type: String, _ part: DemoPart) async throws -> WebhookReceiver.Message {
    let message = try await told(Receiver.agency, type, part)
    try check(message.content?.data.proposal == nil, "the agency was told more than its agreement allows")
    return message
  }

  private func told(_ receiver: String, _ type: String, _ part: DemoPart) async throws -> WebhookReceiver.Message {
    let pupil = id(part)
    return try await self.receiver.first(within: Self.patience, "a message \(type) at \(receiver)") { message in
      let content = message.content
      return message.receiver == receiver && content?.type == type && content?.data.pupil == pupil
    }
  }
}
