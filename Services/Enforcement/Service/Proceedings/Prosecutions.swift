import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Messaging
import RollCopy
import Rulebook

/// What enforcement adds to the flow of prosecutions: what the register, the notices, their money and other matters say of
/// one, what becomes of the notices, and what it publishes.
struct Prosecutions: CaseProgram {
  typealias Kind = Prosecution

  let notices: PenaltyNotices
  let noticeCases: CaseDesk<PenaltyNotices>
  let directed: Directed

  /// What a court directs the authority to do, beside a sentence.
  struct Direction: Sendable {
    /// The prosecution.
    let matter: String
    let pupil: PupilID
    let school: URN?
    let on: Day
    /// Whoever recorded it, and in which words.
    let by, reason: String
  }

  typealias Directed = @Sendable (Direction, UnitOfWork) throws -> Void

  func facts(of stored: StoredCase<Prosecution>, in unit: UnitOfWork) throws -> Facts<Prosecution.Fact> {
    guard let prosecution = try StoredProsecutions.find(subject: stored.subject, in: unit.db) else { return Facts() }
    return try matter(prosecution, in: unit).facts(id: stored.id, unit)
  }

  func calendar(of stored: StoredCase<Prosecution>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(_ entry: Entry<Prosecution>, in stored: StoredCase<Prosecution>, _ unit: UnitOfWork) throws {
    guard case .acted(let act) = entry.what,
      let prosecution = try StoredProsecutions.find(subject: stored.subject, in: unit.db)
    else { return }
    if act == .lay {
      try StoredProsecutions.setLaid(on: entry.on, prosecution.number, in: unit.db)
      try unit.publish(event(ProsecutionLaid.self, prosecution, stored, unit), subject: stored.pupil.text)
    }
    if act == .lay || prosecution.laid != nil {
      if let following = Self.following[act] { try move(following, prosecution, unit) }
      if Self.deciding.contains(act) {
        try unit.publish(event(ProsecutionDecided.self, prosecution, stored, unit), subject: stored.pupil.text)
      }
    }
    if Self.sentencing.contains(act) { try direct(entry, stored, unit) }
    try CaseHolds.follow(entry, in: stored, "prosecution", .prosecution, unit)
  }

  private static let sentencing: Set<Prosecution.Act> = [.sentence, .changeSentence]

  private func direct(_ entry: Entry<Prosecution>, _ stored: StoredCase<Prosecution>, _ unit: UnitOfWork) throws {
    guard entry.stated.flag(.supervisionDirected) == true, let day = entry.stated.day(.sentencedOn) else { return }
    try directed(
      Direction(
        matter: stored.id, pupil: stored.pupil, school: stored.school, on: day, by: entry.by.id, reason: entry.reason),
      unit)
  }

  /// What an act does to the notices for the sessions that are charged.
  private static let following: [Prosecution.Act: PenaltyNoticeCase.Act] = [
    .lay: .prosecute, .pleadGuilty: .convict, .decideOnPapers: .convict, .convict: .convict, .acquit: .acquit,
    .quash: .acquit, .discontinue: .discontinue,
  ]

  /// The acts that give a prosecution a result, or change it.
  private static let deciding: Set<Prosecution.Act> = [
    .sentence, .acquit, .discontinue, .changeSentence, .dismissAppeal, .quash,
  ]

  private func event<Fact>(
    _: ProsecutionEvent<Fact>.Type, _ prosecution: StoredProsecution, _ stored: StoredCase<Prosecution>,
    _ unit: UnitOfWork
  ) throws -> ProsecutionEvent<Fact> {
    ProsecutionEvent(
      prosecution: stored.id, pupil: prosecution.pupil, school: prosecution.school,
      person: try Roll.current(prosecution.person, in: unit.db), on: unit.today,
      concerns: try Roll.concerns(of: prosecution.pupil, on: unit.today, in: unit.db))
  }

  private func move(_ act: PenaltyNoticeCase.Act, _ prosecution: StoredProsecution, _ unit: UnitOfWork) throws {
    let from = PenaltyNoticeCase.flow.rule(of: act)?.from ?? []
    for notice in try matter(prosecution, in: unit).notices {
      guard let state = notice.state, from.contains(state),
        var stored = try Cases<PenaltyNoticeCase>.find(notice.id, in: unit.db)
      else { continue }
      try noticeCases.move(&stored, .act(act, reason: ""), by: .program, in: unit)
    }
  }

  /// Everything that is known of a prosecution.
  func matter(_ prosecution: StoredProsecution, in unit: UnitOfWork) throws -> ProsecutionMatter {
    let db = unit.db
    let sessions = try StoredProsecutions.sessions(of: prosecution.number, in: db)
    let charged = Set(sessions.filter { $0.bar == nil }.map(\.place))
    let person = try Roll.current(prosecution.person, in: db)
    let ofParent = try Notices.all(about: prosecution.pupil, in: db).filter {
      try Roll.current($0.person, in: db) == person
    }
    let touching = try ofParent.filter { notice in
      try notice.issue != nil
        && Notices.sessions(of: notice.number, in: db).contains {
          charged.contains(RegisterSession($0.date, $0.session))
        }
    }
    let tried = try StoredProsecutions.laid(
      against: person, about: prosecution.pupil, besides: prosecution.number, in: db)
    return ProsecutionMatter(
      prosecution: prosecution, person: person, sessions: sessions, ofParent: ofParent, notices: touching,
      tried: tried, program: notices)
  }
}
