import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import Foundation
import Messaging
import RollCopy
import Rulebook
import SealedAlerts
import ServiceKit

extension AuditAction {
  static let questionAsked = AuditAction("question.asked")
  static let questionEvaluated = AuditAction("question.evaluated")
  static let questionMatched = AuditAction("question.matched")
}

/// Blind questions: nobody knows where a child is, so every authority is asked, and none learns of a child that it does
/// not have. Nothing of a record moves: a yes, once an officer there has looked, lets an officer here raise an alert.
extension AlertDesk {
  /// Asks every authority.
  ///
  /// - Throws: `Problem` conflict when as many were asked today as are answered; ``AlertError``.
  func ask(_ identity: ChildIdentity, for search: StoredCase<MissingChild>, _ unit: UnitOfWork) throws -> AlertID {
    guard try Questions.askedLately(at: unit.at, in: unit.db) < Questions.mostOnADay else {
      throw Problem.conflict(
        "too-many-questions", "An authority asks at most \(Questions.mostOnADay) questions in 24 hours")
    }
    let own = post.keys.authority
    let end = try Alerts.broadcastEnd(own, in: unit.db)
    let (id, envelope) = try questions.ask(identity, post, after: end, at: unit.at)
    try Alerts.queue(envelope, in: unit.db)
    try Alerts.save(broadcast: ChannelEnd(after: envelope, sequence: end.sequence + 1), own, in: unit.db)
    try Questions.add(id, for: search.number, at: unit.at, in: unit.db)
    try unit.audit(.questionAsked, of: search.pupil, ["case": search.id])
    return id
  }

  /// Another authority asks. One that was lost is not missed: its sender sees who has not answered, and asks anew.
  func takeQuestion(_ envelope: Data, _ header: AlertHeader, _ unit: UnitOfWork) throws -> String? {
    let end = try Alerts.broadcastEnd(header.sender, in: unit.db)
    guard end.sequence <= header.after.sequence else { return nil }
    try Alerts.save(
      broadcast: ChannelEnd(after: envelope, sequence: header.sequence), header.sender, in: unit.db)
    return try whole(unit) {
      try post.checkAge(header, at: unit.at)
      guard case .question(let asked) = try post.content(of: envelope, header) else { throw AlertError.malformed }
      guard try Questions.answeredLately(header.sender, at: unit.at, in: unit.db) < Questions.mostOnADay else {
        throw Refused.tooManyQuestions
      }
      let elements = try post.evaluate(asked, on: unit.today)
      try Questions.addAsked(asked.id, by: header.sender, at: unit.at, in: unit.db)
      try unit.audit(.questionEvaluated, of: .record("authority-\(header.sender)"))
      try sender.send(.evaluated(elements), asked.id, to: header.sender, unit)
    }
  }

  /// An authority has answered: what comes of it goes back to it, which alone can compare it.
  func compare(_ elements: [Data], of id: AlertID, with authority: AuthorityCode, _ unit: UnitOfWork) throws {
    guard try Questions.search(of: id, in: unit.db) != nil else { throw Refused.wrongAlert }
    guard try Questions.reply(to: id, of: authority, in: unit.db) == nil,
      let tokens = try questions.compared(elements, of: id, from: authority, post.directory, on: unit.today)
    else { return }
    try Questions.save(reply: nil, to: id, of: authority, in: unit.db)
    try sender.send(.compared(tokens), id, to: authority, unit)
  }

  /// Whether a child of this authority answers to another's question. A no is said at once; before a yes an officer looks.
  func match(_ tokens: [Data], of id: AlertID, by authority: AuthorityCode, _ unit: UnitOfWork) throws {
    guard try Questions.compareOnce(id, by: authority, in: unit.db) else { throw Refused.wrongAlert }
    guard let pupil = try Questions.child(of: tokens, in: unit.db) else {
      return try sender.send(.matched(false), id, to: authority, unit)
    }
    let school = try Roll.registrations(of: pupil, in: unit.db).last?.school
    let lead = try leads.open(
      .init(.act(.find), stating: .init([.authority: .text(authority.text)]), reason: ""),
      about: "\(authority)-\(id)", pupil, at: school, by: .program, in: unit)
    try Questions.save(lead: lead.number, of: id, by: authority, in: unit.db)
    try unit.audit(.questionMatched, of: pupil, ["case": lead.id])
  }

  /// What an authority says of a question of this one. A yes is news: a search without any goes on.
  func learn(_ isHit: Bool, of id: AlertID, from authority: AuthorityCode, _ unit: UnitOfWork) throws {
    guard let number = try Questions.search(of: id, in: unit.db),
      let reply = try Questions.reply(to: id, of: authority, in: unit.db), reply == nil,
      var search = try Cases<MissingChild>.find("c\(number)", in: unit.db)
    else { throw Refused.wrongAlert }
    try Questions.save(reply: isHit, to: id, of: authority, in: unit.db)
    guard isHit else { return }
    let pupil = try search.pupil
    try Chronology.note(
      "another authority may know the child", "authority-\(authority)", of: pupil, at: search.school, on: unit.today,
      recorded: unit.at, in: unit.db)
    if search.file.state == .whereaboutsUnknown {
      try searches.move(&search, .act(.hear, reason: ""), by: .program, in: unit)
    }
  }
}
