import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import SealedAlerts
import ServiceKit

/// Where alerts are raised, received and answered, each time in one transaction: the flow's step, the message to the
/// other authority, and how far the two have got.
struct AlertDesk: Sendable {
  let searches: CaseDesk<MissingChildren>
  let sent: CaseDesk<SentAlerts>
  let received: CaseDesk<ReceivedAlerts>
  let leads: CaseDesk<MatchLeads>
  let sender: AlertSender
  let questions = OpenQuestions()

  init(_ post: AlertPost, searches: CaseDesk<MissingChildren>, timetable: Timetable) {
    sender = AlertSender(post: post)
    self.searches = searches
    sent = CaseDesk(SentAlerts(sender: sender), timetable: timetable)
    received = CaseDesk(ReceivedAlerts(sender: sender), timetable: timetable)
    leads = CaseDesk(MatchLeads(sender: sender), timetable: timetable)
  }

  var post: AlertPost { sender.post }

  /// Why a message that was proven has no effect.
  enum Refused: Error, Hashable {
    /// There is no such alert of the sender, or it is known already.
    case wrongAlert
    /// The alert is not at the step that the message follows.
    case notFromHere
    /// The sender has asked as many questions today as are answered.
    case tooManyQuestions
    /// Another authority has alerts of this one that this one does not know: its store was restored from a copy.
    case restored
  }

  /// Alerts another authority about the child of a search.
  ///
  /// - Throws: ``CaseFlow/Refusal``, ``AlertError``.
  func raise(
    _ record: MissingChildRecord, to authority: AuthorityCode, for search: inout StoredCase<MissingChild>,
    reason: String, by caller: Caller, _ unit: UnitOfWork
  ) throws -> StoredCase<SentAlert> {
    let id = AlertID()
    try searches.move(
      &search, .attempt(.init(.act(.alert), stating: .init([.authority: .text(authority.text)]), reason: reason)),
      by: .person(caller.subject, .cmeOfficer), in: unit)
    let stored = try sent.open(
      .init(.act(.raise), stating: .init([.authority: .text(authority.text)]), reason: reason), about: id.text,
      search.pupil, at: search.school, by: .person(caller.subject, .cmeOfficer), in: unit)
    try Alerts.add(
      .init(id: id, authority: authority, caseNumber: stored.number, search: search.number, received: nil), in: unit.db)
    try sender.send(.raised(record), id, to: authority, unit)
    return stored
  }

  /// Takes what lies on the shared topic. What is not for this authority, and what was read before, is passed over; what
  /// is missing before it is asked for; what is refused is on record with its reason and has no effect. Once an alert is
  /// proven, those behind it are read whatever it says.
  ///
  /// - Returns: why it was refused; `nil` when it was not.
  @discardableResult
  func take(_ envelope: Data, _ unit: UnitOfWork) throws -> String? {
    var sender: AuthorityCode?
    var refusal: String?
    do {
      let glance = try AlertHeader(of: envelope)
      guard post.isForUs(glance) else { return nil }
      sender = glance.sender
      let header = try post.prove(envelope, at: unit.at)
      switch header.alertClass {
      case .again: refusal = try sendAgain(after: header.after, to: header.sender, unit)
      case .unread: try unread(after: header.after, by: header.sender, unit)
      case .blind: refusal = try takeQuestion(envelope, header, unit)
      case .sealed: refusal = try takeSealed(envelope, header, unit)
      }
    } catch let error as AlertError { refusal = "\(error)" }
    if let refusal { try Alerts.refuse(refusal, from: sender, at: unit.at, in: unit.db) }
    return refusal
  }

  private func takeSealed(_ envelope: Data, _ header: AlertHeader, _ unit: UnitOfWork) throws -> String? {
    switch try Alerts.end(.in, header.sender, in: unit.db).reception(after: header.after) {
    case .known: return nil
    case .gap, .branched:
      try ask(header.sender, unit)
      return nil
    case .next: break
    }
    try Alerts.save(ChannelEnd(after: envelope, sequence: header.sequence), .in, header.sender, in: unit.db)
    try Repair.end(header.sender, in: unit.db)
    let message: AlertMessage
    do {
      try post.checkAge(header, at: unit.at)
      guard case .message(let read) = try post.content(of: envelope, header) else { throw AlertError.malformed }
      message = read
    } catch let error as AlertError {
      try Alerts.queue(try post.returnUnread(header, at: unit.at), in: unit.db)
      return "\(error)"
    }
    let refusal = try whole(unit) { try apply(message, from: header.sender, envelope, unit) }
    // The alert that is asked about never arrived, or could not be read.
    if case .reminded = message.step, refusal == "\(Refused.wrongAlert)" {
      try Alerts.queue(try post.returnUnread(header, at: unit.at), in: unit.db)
    }
    return refusal
  }

  /// Does all of something or, when it is refused, nothing of it.
  ///
  /// - Returns: why it was refused; `nil` when it was done.
  func whole(_ unit: UnitOfWork, _ body: () throws -> Void) throws -> String? {
    var refusal: String?
    try unit.db.inSavepoint {
      do {
        try body()
        return .commit
      } catch let error as AlertError { refusal = "\(error)" } catch let error as Refused {
        refusal = "\(error)"
      } catch is Refusal<SentAlert> { refusal = "\(Refused.notFromHere)" } catch is Refusal<ReceivedAlert> {
        refusal = "\(Refused.notFromHere)"
      }
      return .rollback
    }
    return refusal
  }

  private func apply(
    _ message: AlertMessage, from authority: AuthorityCode, _ envelope: Data, _ unit: UnitOfWork
  ) throws {
    switch message.step {
    case .raised: return try begin(message.alert, from: authority, envelope, unit)
    case .evaluated(let elements): return try compare(elements, of: message.alert, with: authority, unit)
    case .compared(let tokens): return try match(tokens, of: message.alert, by: authority, unit)
    case .matched(let isHit): return try learn(isHit, of: message.alert, from: authority, unit)
    default: break
    }
    guard let alert = try Alerts.find(message.alert, in: unit.db), alert.authority == authority else {
      throw Refused.wrongAlert
    }
    if alert.received == nil {
      try answer(message.step, of: alert, unit)
    } else {
      try follow(message.step, of: alert, unit)
    }
  }

  /// Another authority's alert begins here. It is about no child that registers need to know.
  private func begin(_ id: AlertID, from authority: AuthorityCode, _ envelope: Data, _ unit: UnitOfWork) throws {
    guard try Alerts.find(id, in: unit.db) == nil else { throw Refused.wrongAlert }
    let stored = try received.open(
      .init(.act(.receive), reason: ""), about: id.text, nil, at: nil, by: .program, in: unit)
    try Alerts.add(
      .init(id: id, authority: authority, caseNumber: stored.number, search: nil, received: envelope), in: unit.db)
    try sender.send(.received, id, to: authority, unit)
  }

  /// What the authority that received an alert says of it.
  private func answer(_ step: AlertMessage.Step, of alert: Alerts.Row, _ unit: UnitOfWork) throws {
    guard var stored = try Cases<SentAlert>.find("c\(alert.caseNumber)", in: unit.db) else { throw Refused.wrongAlert }
    let act: SentAlert.Act
    var stating: [SentAlert.Fact: FactValue] = [:]
    // An authority that was restored from a copy says again what it said.
    let isKnown: Set<SentAlert.State>
    switch step {
    case .received:
      act = .receive
      isKnown = [.received, .acknowledged, .sighted, .notHere, .closed]
    case .acknowledged(let receipt):
      act = .acknowledge
      stating = [.reference: .text(receipt.reference), .known: .flag(receipt.isKnown)]
      isKnown = [.acknowledged, .sighted, .notHere]
    case .sighted(let provision):
      act = .sight
      stating = [.provision: .text(provision)]
      isKnown = [.sighted]
    case .notHere:
      act = .notHere
      isKnown = [.notHere]
    case .raised, .reminded, .closed, .evaluated, .compared, .matched: throw Refused.wrongAlert
    }
    if let state = stored.file.state, isKnown.contains(state) { return }
    try sent.move(&stored, .attempt(.init(.act(act), stating: .init(stating), reason: "")), by: .program, in: unit)
    try searches.factsChanged(of: stored.pupil, in: unit)
  }

  /// What the authority that sent an alert says of it.
  private func follow(_ step: AlertMessage.Step, of alert: Alerts.Row, _ unit: UnitOfWork) throws {
    guard var stored = try Cases<ReceivedAlert>.find("c\(alert.caseNumber)", in: unit.db) else {
      throw Refused.wrongAlert
    }
    let act: ReceivedAlert.Act
    switch step {
    case .reminded:
      // Its sender does not know how it stands.
      try answerAgain(alert, unit)
      guard stored.file.state == .received else { return }
      act = .heedReminder
    case .closed: act = .close
    case .raised, .received, .acknowledged, .sighted, .notHere, .evaluated, .compared, .matched:
      throw Refused.wrongAlert
    }
    try received.move(&stored, .act(act, reason: ""), by: .program, in: unit)
  }

  /// What a received alert says, opened to be read.
  ///
  /// - Returns: `nil` for one that was sent from here: its content is sealed to the other authority.
  /// - Throws: ``AlertError``.
  func record(of alert: Alerts.Row) throws -> MissingChildRecord? {
    guard let envelope = alert.received else { return nil }
    guard case .message(let message) = try post.content(of: envelope, try AlertHeader(of: envelope)),
      case .raised(let record) = message.step
    else { throw AlertError.malformed }
    return record
  }

  /// Runs a row of the timetable.
  ///
  /// - Returns: whether it is one of an alert's.
  func fire(_ name: String, in unit: UnitOfWork) throws -> Bool {
    try sent.fire(name, in: unit) || received.fire(name, in: unit) || leads.fire(name, in: unit)
  }
}
