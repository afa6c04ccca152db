import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import ServiceKit

extension AuditAction {
  fileprivate static let noticeSessionsRead = AuditAction("notice.sessions.read")
}

/// What the register says now of the sessions of a notice, and what other notices say of them.
extension NoticeRoutes {
  struct Sessions: Codable, Sendable {
    struct Line: Codable, Sendable {
      let date: Day
      let session: Session
      /// The code under which it is listed.
      let code: AttendanceCode
      /// The code that counts now; absent where the register counts it no more.
      let now: AttendanceCode?
      /// Another notice to the parent that has it, and what became of that one: a live notice takes it (PN-6), a withdrawn
      /// one bars proceedings (EN-6).
      let otherNotice: String?
      let otherStanding: NoticeStanding?
    }

    /// The time of the newest notice to improve.
    struct Improvement: Codable, Sendable {
      let firstDay, lastDay: Day
      /// What the register counts inside it: apart from the sessions before it, which were its ground and may still be
      /// used, once (EN-8).
      let sessions: [ProposalGrounds.CountedSession]
    }

    let id: String
    let sessions: [Line]
    /// Absent while there was no notice to improve.
    let improvement: Improvement?
  }

  func sessions(_ call: Call) async throws -> Sessions {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let (stored, notice) = try notice(id, unit)
      try unit.audit(.noticeSessionsRead, of: stored.pupil, ["case": stored.id])
      return try sessions(of: notice, in: unit)
    }
  }

  func sessions(of notice: StoredNotice, in unit: UnitOfWork) throws -> Sessions {
    let (notices, db) = (desk.notices, unit.db)
    let counted = try notices.judge.find(
      pupil: notice.pupil, at: notices.judge.school(notice.school, in: db), asOf: unit.today, in: db
    ).sessions
    let now = Dictionary(counted.map { (RegisterSession($0.date, $0.session), $0.code) }) { first, _ in first }
    let others = try notices.entries(
      to: Roll.current(notice.person, in: db), about: notice.pupil, in: db, besides: notice.number)
    let lines = try Notices.sessions(of: notice.number, in: db).map { listed in
      let place = RegisterSession(listed.date, listed.session)
      // A live notice says more than a withdrawn one.
      let having = others.filter { $0.sessions.contains(place) }
      let other = having.first { $0.standing != .withdrawn } ?? having.first
      return Sessions.Line(
        date: listed.date, session: listed.session, code: listed.code, now: now[place], otherNotice: other?.id,
        otherStanding: other?.standing)
    }
    let time = try notices.improvement(of: notice, in: db)
    let improvement = time.flatMap { time in
      time.firstDay.flatMap { first in
        time.lastDay.map { last in
          Sessions.Improvement(
            firstDay: first, lastDay: last,
            sessions: counted.filter { first <= $0.date && $0.date <= last })
        }
      }
    }
    return Sessions(id: notice.id, sessions: lines, improvement: improvement)
  }
}
