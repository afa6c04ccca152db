import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Messaging
import Rulebook

/// Puts messages to other authorities on the way, each in the transaction of what it tells.
struct AlertSender: Sendable {
  let post: AlertPost

  /// - Throws: ``AlertError`` when the authority has no key, or the message does not fit.
  func send(_ step: AlertMessage.Step, _ id: AlertID, to authority: AuthorityCode, _ unit: UnitOfWork) throws {
    let end = try Alerts.end(.out, authority, in: unit.db)
    let envelope = try post.seal(AlertMessage(id, step), to: authority, after: end, at: unit.at)
    try Alerts.queue(envelope, in: unit.db)
    try Alerts.save(ChannelEnd(after: envelope, sequence: end.sequence + 1), .out, authority, in: unit.db)
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
    let step: AlertMessage.Step
    switch act {
    case .acknowledge:
      step = .acknowledged(
        .init(
          officer: entry.stated.text(.officer) ?? "", on: entry.on, reference: stored.id,
          isKnown: entry.stated.flag(.known) ?? false))
    case .sight: step = .sighted(provision: entry.stated.text(.provision) ?? "")
    case .notHere: step = .notHere
    case .receive, .heedReminder, .close: return
    }
    try sender.send(step, alert.id, to: alert.authority, unit)
  }
}
