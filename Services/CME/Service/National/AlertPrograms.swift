import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Messaging
import Rulebook
import SealedAlerts

/// Puts messages to other authorities on the way, each in the transaction of what it tells.
struct AlertSender: Sendable {
  let post: AlertPost

  /// - Throws: ``AlertError`` when the authority has no key, or the message does not fit.
  func send(_ step: AlertMessage.Step, _ id: AlertID, to authority: AuthorityCode, _ unit: UnitOfWork) throws {
    let end = try Alerts.end(.out, authority, in: unit.db)
    let envelope = try post.seal(AlertMessage(id, step), to: authority, after: end, at: unit.at)
    let sequence = end.sequence + 1
    try Alerts.queue(envelope, numbered: (authority, sequence), about: id, in: unit.db)
    try Alerts.save(ChannelEnd(after: envelope, sequence: sequence), .out, authority, in: unit.db)
  }
}

/// What cme adds to an alert that it sent: the reminders and the closing are told to the other authority.
struct SentAlerts: CaseProgram {
  typealias Kind = SentAlert

  let sender: AlertSender

  func facts(of stored: StoredCase<SentAlert>, in unit: UnitOfWork) throws -> Facts<SentAlert.Fact> { .init() }
  func calendar(of stored: StoredCase<SentAlert>, in unit: UnitOfWork) throws -> SchoolCalendar? { nil }

  func happened(_ entry: Entry<SentAlert>, in stored: StoredCase<SentAlert>, _ unit: UnitOfWork) throws {
    let step: AlertMessage.Step
    switch entry.what {
    case .acted(.remind), .acted(.remindAgain): step = .reminded
    case .acted(.close): step = .closed
    default: return
    }
    guard let alert = try Alerts.find(ofCase: stored.number, in: unit.db) else { return }
    try sender.send(step, alert.id, to: alert.authority, unit)
  }
}

/// What cme adds to an alert that it received: each step is told to the authority that sent it.
struct ReceivedAlerts: CaseProgram {
  typealias Kind = ReceivedAlert

  let sender: AlertSender

  func facts(of stored: StoredCase<ReceivedAlert>, in unit: UnitOfWork) throws -> Facts<ReceivedAlert.Fact> { .init() }
  func calendar(of stored: StoredCase<ReceivedAlert>, in unit: UnitOfWork) throws -> SchoolCalendar? { nil }

  func happened(_ entry: Entry<ReceivedAlert>, in stored: StoredCase<ReceivedAlert>, _ unit: UnitOfWork) throws {
    guard case .acted(let act) = entry.what, let alert = try Alerts.find(ofCase: stored.number, in: unit.db) else {
      return
    }
    switch act {
    case .acknowledge, .sight, .notHere:
      guard let step = Self.answers(of: stored, on: entry.on).last else { return }
      try sender.send(step, alert.id, to: alert.authority, unit)
    case .receive, .heedReminder, .close: return
    }
  }

  /// What the sender of an alert is told of it, from the first step to where it stands.
  static func answers(of stored: StoredCase<ReceivedAlert>, on day: Day) -> [AlertMessage.Step] {
    let stated = stored.file.stated
    let receipt = AlertMessage.Step.acknowledged(
      .init(
        officer: stated.text(.officer) ?? "", on: day, reference: stored.id, isKnown: stated.flag(.known) ?? false))
    return switch stored.file.state {
    case .received: [.received]
    case .acknowledged: [.received, receipt]
    case .sighted: [.received, receipt, .sighted(provision: stated.text(.provision) ?? "")]
    case .notHere: [.received, receipt, .notHere]
    case .closed, nil: []
    }
  }
}

/// What cme adds to a lead: the authority that asks is told what an officer found.
struct MatchLeads: CaseProgram {
  typealias Kind = MatchLead

  let sender: AlertSender

  func facts(of stored: StoredCase<MatchLead>, in unit: UnitOfWork) throws -> Facts<MatchLead.Fact> { .init() }
  func calendar(of stored: StoredCase<MatchLead>, in unit: UnitOfWork) throws -> SchoolCalendar? { nil }

  func happened(_ entry: Entry<MatchLead>, in stored: StoredCase<MatchLead>, _ unit: UnitOfWork) throws {
    guard case .acted(let act) = entry.what, act != .find,
      let asked = try Questions.asked(ofLead: stored.number, in: unit.db)
    else { return }
    try sender.send(.matched(act == .confirm), asked.id, to: asked.authority, unit)
  }
}
