import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Messaging
import Rulebook
import SealedAlerts

/// What was lost between two authorities is sent again over the topic itself, for the receiver reaches no feed of the
/// sender: it asks by a signed message which stands outside the order.
extension AlertDesk {
  /// Asks an authority for what follows the last of its alerts that was read here, unless that was asked a moment ago.
  func ask(_ authority: AuthorityCode, _ unit: UnitOfWork) throws {
    let end = try Alerts.end(.in, authority, in: unit.db)
    guard try Repair.begin(.in, authority, after: end.sequence, at: unit.at, in: unit.db) else { return }
    try Alerts.queue(try post.askAgain(authority, after: end, at: unit.at), in: unit.db)
  }

  /// Once a day and at each start every authority is asked for what follows: so the loss of the last alert shows too.
  func askAll(_ unit: UnitOfWork) throws {
    guard try Repair.asksAll(on: unit.today, in: unit.db) else { return }
    for authority in post.directory.authorities where authority != post.keys.authority {
      let end = try Alerts.end(.in, authority, in: unit.db)
      try Alerts.queue(try post.askAgain(authority, after: end, at: unit.at), in: unit.db)
    }
  }

  /// Sends again what an authority lacks.
  ///
  /// - Parameter end: the last of this authority's alerts that was read there.
  /// - Returns: why it cannot be; `nil` when it can.
  func sendAgain(after end: ChannelEnd, to authority: AuthorityCode, _ unit: UnitOfWork) throws -> String? {
    guard try Repair.isOurs(end, to: authority, in: unit.db) else {
      try goOn(from: end, to: authority, unit)
      return "\(Refused.restored)"
    }
    guard try end != Alerts.end(.out, authority, in: unit.db),
      try Repair.begin(.out, authority, after: end.sequence, at: unit.at, in: unit.db)
    else { return nil }
    try Repair.queueAgain(to: authority, after: end.sequence, in: unit.db)
    return nil
  }

  /// The other authority has alerts of this one that this one does not know: its store was restored from a copy. It goes
  /// on behind them. Alerts that never arrived are for an officer to raise again; answers are given again as they stand.
  private func goOn(from end: ChannelEnd, to authority: AuthorityCode, _ unit: UnitOfWork) throws {
    try Repair.forget(authority, after: 0, in: unit.db)
    try Alerts.save(end, .out, authority, in: unit.db)
    for id in try Repair.alerts(with: authority, in: unit.db) {
      guard let alert = try Alerts.find(id, in: unit.db) else { continue }
      if alert.received == nil {
        try returned(id, unit)
      } else {
        try answerAgain(alert, unit)
      }
    }
  }

  /// The other authority cannot read something of this one. An alert that never arrived is for an officer to raise again;
  /// an answer is given again, unless it would go to the same key.
  func unread(after end: ChannelEnd, by authority: AuthorityCode, _ unit: UnitOfWork) throws {
    guard let (id, envelope) = try Repair.sent(end.sequence + 1, to: authority, in: unit.db),
      let alert = try Alerts.find(id, in: unit.db)
    else { return }
    if alert.received == nil { return try returned(id, unit) }
    let key = try? post.directory.sealingKey(of: authority, on: unit.today)
    guard try key != AlertHeader(of: envelope).sealingKey else { return }
    try answerAgain(alert, unit)
  }

  /// Says again how an alert of another authority stands here.
  func answerAgain(_ alert: Alerts.Row, _ unit: UnitOfWork) throws {
    guard let stored = try Cases<ReceivedAlert>.find("c\(alert.caseNumber)", in: unit.db) else { return }
    for step in ReceivedAlerts.answers(of: stored, on: unit.today) {
      try sender.send(step, alert.id, to: alert.authority, unit)
    }
  }

  private func returned(_ id: AlertID, _ unit: UnitOfWork) throws {
    guard let alert = try Alerts.find(id, in: unit.db), alert.received == nil,
      var stored = try Cases<SentAlert>.find("c\(alert.caseNumber)", in: unit.db), stored.file.state == .raised
    else { return }
    try sent.move(&stored, .act(.returnUnread, reason: ""), by: .program, in: unit)
  }
}
