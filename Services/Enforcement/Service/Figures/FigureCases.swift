import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Rulebook
import ServiceKit
import Store

/// What figures count: one line for each case, proposal or notice, on the day on which it is counted.
struct FigureCase: Listed {
  static let list = "cases"

  /// The case, or the proposal where there is none.
  let reference: String
  let pupil: PupilID
  let school: URN?
  let on: Day
  /// Why, as one word of the figure: `holiday`, `declined`.
  let reason: String
  /// What the officer wrote; absent where nobody did.
  let words: String?
}

/// The cases of each figure. Whoever is bound to schools counts those of their schools.
struct FigureCases {
  let db: Database
  let codes: CodeBook
  let days: DayRange
  let schools: Set<String>?

  /// - Returns: in the order of their days and references.
  func all(of figure: EnforcementFigure) throws -> [FigureCase] {
    try found(figure).filter { one in
      schools.map { schools in one.school.map { schools.contains($0.text) } ?? false } ?? true
    }.sorted { ($0.on, $0.reference) < ($1.on, $1.reference) }
  }

  private func found(_ figure: EnforcementFigure) throws -> [FigureCase] {
    switch figure {
    case .proposed: try proposed()
    case .issued: try issued { _ in true }
    case .first: try issued { $0 == 1 }
    case .second: try issued { $0 > 1 }
    case .paidReduced: try became(.payReduced)
    case .paidFull: try became(.payFull)
    case .unpaid: try became(.expire)
    case .withdrawn: try became(.withdraw) + became(.discontinue)
    case .notIssued: try notIssued()
    case .supervisionMade: try acted(SupervisionOrderCase.self, [.make: "made"])
    case .supervisionEnded:
      try acted(SupervisionOrderCase.self, [.end: "early", .expire: "time"], from: [.inForce, .extensionPending])
    case .prosecutionLaid: try acted(Prosecution.self, [.lay: "laid"])
    case .prosecutionForNotice: try acted(Prosecution.self, [.lay: "laid"], stating: "unpaid-notice")
    case .prosecutionDecided:
      try acted(
        Prosecution.self, [.sentence: "convicted", .acquit: "acquitted", .discontinue: "discontinued"],
        from: [.laid, .awaitingPlea, .listed, .sentencing])
    case .attendanceNotices: try acted(AttendanceOrderCase.self, [.notify: "to-satisfy", .nominate: "of-intention"])
    case .attendanceOrders: try acted(AttendanceOrderCase.self, [.serveOrder: "served"])
    case .parentingOrders:
      try acted(ParentingOrderCase.self, [.make: "with-programme", .makeWithoutProgramme: "without-programme"])
    }
  }

  // MARK: Penalty notices

  private func kind(_ sessions: [ProposalGrounds.CountedSession]) -> String {
    let isHoliday = sessions.allSatisfy { codes.scheme(on: $0.date).traits($0.code).contains(.holiday) }
    return isHoliday && !sessions.isEmpty ? "holiday" : "irregular"
  }

  private func proposed() throws -> [FigureCase] {
    try proposals().map { stored in
      FigureCase(
        reference: stored.id, pupil: stored.pupil, school: stored.school, on: stored.proposal.grounds.metOn,
        reason: kind(stored.proposal.grounds.sessions), words: nil)
    }
  }

  /// Those whose threshold was met in the time.
  private func proposals() throws -> [Proposals.Stored] {
    try String.fetchAll(
      db, sql: "SELECT id FROM proposal WHERE grounds ->> '$.metOn' BETWEEN ? AND ? ORDER BY number",
      arguments: [days.first.iso, days.last.iso]
    ).compactMap { try Proposals.find($0, in: db) }
  }

  private func issued(_ isMeant: (Int) -> Bool) throws -> [FigureCase] {
    try Notices.find("n.issued BETWEEN ? AND ?", [days.first, days.last], in: db).compactMap { notice in
      guard let issue = notice.issue, isMeant(issue.level) else { return nil }
      return FigureCase(
        reference: notice.id, pupil: notice.pupil, school: notice.school, on: issue.on,
        reason: kind(try Notices.sessions(of: notice.number, in: db)), words: nil)
    }
  }

  /// What became of notices in the time, and was not taken back since.
  private func became(_ act: PenaltyNoticeCase.Act) throws -> [FigureCase] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT e.case_number, e.on_day, e.json ->> '$.reason' AS words FROM case_entry e
        JOIN case_file f ON f.number = e.case_number AND f.kind = ?
        WHERE e.name = ? AND e.on_day BETWEEN ? AND ? AND NOT EXISTS (
          SELECT 1 FROM case_entry r WHERE r.case_number = e.case_number AND r.number > e.number AND r.name = ?)
        """,
      arguments: [
        PenaltyNoticeCase.name, "acted \(act.rawValue)", days.first, days.last,
        "acted \(PenaltyNoticeCase.Act.reopen.rawValue)",
      ])
    return try rows.compactMap { row in
      let number: Int64 = row["case_number"]
      guard let notice = try Notices.find("n.case_number = ?", [number], in: db).first else { return nil }
      return FigureCase(
        reference: notice.id, pupil: notice.pupil, school: notice.school, on: try row.get("on_day"),
        reason: kind(try Notices.sessions(of: notice.number, in: db)), words: Self.said(row["words"]))
    }
  }

  /// Each proposal of the time on which no notice was issued, with why.
  private func notIssued() throws -> [FigureCase] {
    try proposals().compactMap { stored in
      let notices = try Notices.find("n.proposal = ? ORDER BY n.number", [stored.id], in: db)
      guard !notices.contains(where: { $0.issue != nil }) else { return nil }
      let states = notices.compactMap(\.state)
      let reason =
        if states.contains(where: PenaltyNoticeCase.flow.isOpen) {
          "being-considered"
        } else if states.contains(.improved) {
          "improved"
        } else if states.contains(.notIssued) {
          "declined"
        } else {
          stored.proposal.state == .open ? "not-yet-considered" : "corrected"
        }
      let last = notices.last { $0.state.map { !PenaltyNoticeCase.flow.isOpen($0) } ?? false }
      return FigureCase(
        reference: last?.id ?? notices.last?.id ?? stored.id, pupil: stored.pupil, school: stored.school,
        on: stored.proposal.grounds.metOn, reason: reason, words: try last?.caseNumber.flatMap(closing))
    }
  }

  /// What was written when a case was closed.
  private func closing(_ number: Int64) throws -> String? {
    Self.said(
      try String.fetchOne(
        db, sql: "SELECT json ->> '$.reason' FROM case_entry WHERE case_number = ? ORDER BY number DESC LIMIT 1",
        arguments: [number]))
  }

  // MARK: Orders and prosecutions

  /// - Parameters:
  ///   - from: the states from which it counts; all when empty.
  ///   - route: what led to a prosecution.
  private func acted<Kind: CaseKind>(
    _: Kind.Type, _ acts: [Kind.Act: String], from states: Set<Kind.State> = [], stating route: String? = nil
  ) throws -> [FigureCase] {
    try acts.sorted { $0.value < $1.value }.flatMap { act, reason in
      try Row.fetchAll(
        db,
        sql: """
          SELECT e.case_number, e.on_day, e.json ->> '$.reason' AS words, e.json ->> '$.from' AS state, f.pupil, f.school
          FROM case_entry e JOIN case_file f ON f.number = e.case_number AND f.kind = ?
          WHERE e.name = ? AND e.on_day BETWEEN ? AND ? AND (? IS NULL OR f.json ->> '$.stated.route' = ?)
          """, arguments: [Kind.name, "acted \(act.rawValue)", days.first, days.last, route, route]
      ).compactMap { row -> FigureCase? in
        let state = (row["state"] as String?).flatMap(Kind.State.init(rawValue:))
        guard states.isEmpty || state.map(states.contains) == true else { return nil }
        guard let pupil = PupilID(row["pupil"] as String) else { return nil }
        return FigureCase(
          reference: "c\(row["case_number"] as Int64)", pupil: pupil,
          school: try (row["school"] as String?).map { try URN($0) }, on: try row.get("on_day"), reason: reason,
          words: Self.said(row["words"]))
      }
    }
  }

  private static func said(_ words: String?) -> String? { words.flatMap { $0.isEmpty ? nil : $0 } }
}
