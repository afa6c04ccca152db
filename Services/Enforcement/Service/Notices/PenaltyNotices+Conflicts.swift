import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import RollCopy
import Rulebook

extension PenaltyNotices {
  /// What stands in the way of a notice: other matters of the same parent and child, and what is known of both (EN-20).
  func conflicts(of notice: StoredNotice, in unit: UnitOfWork) throws -> Conflicts.Judgement {
    let db = unit.db
    let day = notice.issue?.on ?? unit.today
    let person = try Roll.current(notice.person, in: db)
    let own = Set(try Notices.sessions(of: notice.number, in: db).map { RegisterSession($0.date, $0.session) })
    let others = try Notices.all(about: notice.pupil, in: db).filter {
      try $0.number != notice.number && Roll.current($0.person, in: db) == person
    }
    let touching = try others.filter { other in
      try Notices.sessions(of: other.number, in: db).contains { own.contains(RegisterSession($0.date, $0.session)) }
    }
    let apart = Set(touching.map(\.number))
    var same = try OtherMatters.ofNotices(touching, on: day, of: self, in: db)
    var other = try OtherMatters.ofNotices(others.filter { !apart.contains($0.number) }, on: day, of: self, in: db)
    other.formUnion(try OtherMatters.ofOrders(about: notice.pupil, in: db))
    let laid = try StoredProsecutions.laid(against: person, about: notice.pupil, in: db)
    if !laid.isDisjoint(with: own) { same.insert(.prosecution) }
    if !laid.isSubset(of: own) { other.insert(.prosecution) }
    return Conflicts.judge(.noticeSameSessions, beside: same, notice.circumstances, on: day)
      .joined(with: Conflicts.judge(.noticeOtherSessions, beside: other, on: day))
  }

  /// What of it the guards rest on. The other matters that there were when a notice was issued are those of its decision:
  /// what came later was no obstacle then. What is known of child and parent is always as it is now (EN-28).
  ///
  /// - Parameter decision: that of the issue; `nil` before it.
  func conflictFacts(
    of notice: StoredNotice, _ decision: Decision<PenaltyNoticeCase>?, in unit: UnitOfWork
  ) throws -> Facts<PenaltyNoticeCase.Fact> {
    guard let grounds = decision?.grounds else { return Self.facts(try conflicts(of: notice, in: unit)) }
    // A decision from before other matters were asked for rests on none.
    guard grounds[.conflict] != nil, let issued = notice.issue?.on else { return Facts() }
    let known = Conflicts.judge(.noticeOtherSessions, beside: [], notice.circumstances, on: issued)
    let then = { (fact: PenaltyNoticeCase.Fact) in
      (grounds.text(fact) ?? "").split(separator: ", ").map(String.init).filter {
        Conflicts.Matter(rawValue: $0) != nil
      }
    }
    return Self.facts(then(.conflict) + known.names(.block), then(.excluded) + known.names(.hardBlock))
  }

  private static func facts(_ judgement: Conflicts.Judgement) -> Facts<PenaltyNoticeCase.Fact> {
    facts(judgement.names(.block), judgement.names(.hardBlock))
  }

  private static func facts(_ conflict: [String], _ excluded: [String]) -> Facts<PenaltyNoticeCase.Fact> {
    Facts([
      .conflict: .text(conflict.sorted().joined(separator: ", ")),
      .excluded: .text(excluded.sorted().joined(separator: ", ")),
    ])
  }
}
