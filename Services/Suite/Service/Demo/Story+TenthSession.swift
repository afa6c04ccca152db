import Contracts
import Foundation
import Rulebook
import ServiceKit
import SuiteDomain

/// The tenth session, the proposal, who is told what, and the correction.
extension Story {
  /// A proposal as an officer reads it.
  struct ProposalView: Decodable, Sendable {
    struct Judgement: Decodable, Sendable {
      let fact: String
    }
    let id, pupil, school, state: String
    let grounds: ProposalGrounds
    let history: [Judgement]
  }

  private struct Why: Decodable {
    struct Mark: Decodable {
      struct Rule: Decodable {
        let meaning, source: String
        let countsTowardPenaltyNotice: Bool
      }
      struct Amendment: Decodable {
        let from: String?
        let to, reason: String
        let at: Timestamp
      }
      let code: String
      let amendments: [Amendment]
      let rule: Rule?
    }
    let marks: [Mark]
  }

  /// - Returns: the proposal's number.
  func tenthSession(_ pupil: String, sentAt: ContinuousClock.Instant) async throws -> String {
    tell.chapter("In that file is one child's tenth session of unauthorised absence within ten school weeks")
    let (told, proposal) = try await toldSchool(PenaltyNoticeProposed.type.name, pupil)
    tell.say("signed message at the school \(Narrator.millis(told.at - sentAt)) after the file was sent:")
    tell.detail(String(decoding: told.body, as: UTF8.self))
    let agency = try await toldAgency("uk.everyschoolday.notifier.contact-service.v1", pupil)
    tell.say("the partner agency, whose agreement allows the level L1, learns no more than whom to call:")
    tell.detail(String(decoding: agency.body, as: UTF8.self))

    let view = try await legalOfficer().get(ProposalView.self, "/proposals/\(proposal)")
    try check(view.state == "open" && view.pupil == pupil, "proposal \(proposal) is not the child's, or not open")
    try check(
      view.grounds.sessions.map(\.date) == world.sessions.map(\.day), "the proposal rests on other sessions than sent")
    let grounds = view.grounds
    tell.say("proposal \(proposal): a penalty notice must be considered; a person decides")
    tell.detail("met on \(grounds.metOn); window: weeks of \(grounds.windowFirstWeek) to \(grounds.windowLastWeek)")
    tell.detail(grounds.sessions.map { "\($0.date) \($0.session.rawValue) \($0.code)" }.joined(separator: " · "))
    let rule = grounds.rule
    tell.detail("rule: \(rule.id), \(rule.source), from \(rule.inForceFrom?.iso ?? "the beginning")")
    return proposal
  }

  /// The last mark was wrong: the child was ill.
  func correct(_ pupil: String, _ proposal: String) async throws {
    tell.chapter("The head corrects the mark: the child was ill")
    let school = world.childsSchool
    let sent = ContinuousClock.now
    try await system(of: school, world.first.code).amend(
      pupil, world.lastDay, .am, to: "I", reason: "A parent rang; the message had not been passed on", at: school.urn)
    let (told, lapsed) = try await toldSchool(PenaltyNoticeProposalLapsed.type.name, pupil)
    try check(lapsed == proposal, "another proposal lapsed: \(lapsed)")
    tell.say("signed message at the school \(Narrator.millis(told.at - sent)) after the correction:")
    tell.detail(String(decoding: told.body, as: UTF8.self))
    _ = try await toldAgency("uk.everyschoolday.notifier.contact-withdrawn.v1", pupil)
    tell.say("the partner agency's message is taken back too")
    let view = try await legalOfficer().get(ProposalView.self, "/proposals/\(proposal)")
    try check(
      view.state == "lapsed" && view.history.map(\.fact).last == "lapsed", "proposal \(proposal) is \(view.state)")
    tell.say("proposal \(proposal) has lapsed; its judgements: \(view.history.map(\.fact).joined(separator: ", "))")
    try await why(pupil)
  }

  private func why(_ pupil: String) async throws {
    let manager = try suite.client(.registers, of: world.first.code, as: .manager)
    let why = try await manager.get(Why.self, "/pupils/\(pupil)/marks/\(world.lastDay)/AM/why")
    guard let mark = why.marks.first, let amendment = mark.amendments.last, let rule = mark.rule else {
      throw SuiteError.unexpected("the corrected mark does not say why")
    }
    try check(
      mark.code == "I" && amendment.from == "O" && amendment.to == "I" && !rule.countsTowardPenaltyNotice,
      "the corrected mark is \(mark.code)")
    tell.say("why? the register keeps the original \(amendment.from ?? "none"), the amendment to \(amendment.to),")
    tell.detail("its reason, its time and its author; \(mark.code) is: \(rule.meaning) (\(rule.source))")
    let before = Timestamp(millis: amendment.at.millis - 1)
    let then = try await manager.get(Why.self, "/pupils/\(pupil)/marks/\(world.lastDay)/AM/why?asOf=\(before)")
    try check(
      then.marks.first?.code == "O" && then.marks.first?.amendments.isEmpty == true, "the past was not told as it was")
    tell.say("as known at \(before): \(then.marks.first?.code ?? "none"), not amended")
  }

  func sumUp(_ pupil: String) async throws {
    tell.chapter("Afterwards")
    try await CatchUp(suite).wait(within: Self.patience)
    try check(receiver.forged == 0, "\(receiver.forged) webhooks had no valid signature")
    for authority in world.authorities {
      struct Page: Decodable {
        struct Proposal: Decodable {}
        let proposals: [Proposal]
      }
      let officer = try suite.client(.enforcement, of: authority.code, as: .legalOfficer)
      let open = try await officer.get(Page.self, "/proposals?status=open").proposals.count
      tell.say("\(authority.code): \(open)\(open == 100 ? " or more" : "") proposals wait for an officer")
    }
    let messages = receiver.messages
    for name in [Self.schoolReceiver, Self.agencyReceiver, Self.otherReceiver] {
      tell.say("\(name) received \(messages.count { $0.receiver == name }) messages, every signature verified")
    }
    tell.say("nothing is on its way any more; the story took \(tell.elapsed)")
  }

  private func legalOfficer() throws -> ServiceClient {
    try suite.client(.enforcement, of: world.first.code, as: .legalOfficer)
  }

  private func toldSchool(_ type: String, _ pupil: String) async throws -> (WebhookReceiver.Message, String) {
    let message = try await told(Self.schoolReceiver, type, pupil)
    guard let proposal = message.content?.data.proposal else {
      throw SuiteError.unexpected("the school's message names no proposal")
    }
    return (message, proposal)
  }

  private func toldAgency(_ type: String, _ pupil: String) async throws -> WebhookReceiver.Message {
    let message = try await told(Self.agencyReceiver, type, pupil)
    try check(message.content?.data.proposal == nil, "the agency was told more than its agreement allows")
    return message
  }

  private func told(_ receiver: String, _ type: String, _ pupil: String) async throws -> WebhookReceiver.Message {
    try await self.receiver.first(within: Self.patience, "a message \(type) at \(receiver)") { message in
      let content = message.content
      return message.receiver == receiver && content?.type == type && content?.data.pupil == pupil
    }
  }
}
