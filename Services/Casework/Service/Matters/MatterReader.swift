import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store

/// What enforcement, cme, licensing and registers publish about a child stands in the child's chronology and among the
/// matters that triage looks at; the officer of an open case is asked to look at it.
struct MatterReader: EventHandler {
  let desk: CaseDesk<AttendanceCases>
  private let types: [String: any MatterNews.Type]

  /// Registers' unexplained absences are too many to be shown, and persistent absence is a referral of its own.
  private static let all: [any MatterNews.Type] = [
    PenaltyNoticeProposed.self, PenaltyNoticeProposalRevised.self, PenaltyNoticeProposalLapsed.self,
    NoticeToImproveIssued.self, PenaltyNoticeIssued.self, PenaltyNoticePaid.self, PenaltyNoticeUnpaid.self,
    PenaltyNoticeWithdrawn.self, PenaltyNoticeReopened.self, ProsecutionLaid.self, ProsecutionDecided.self,
    SearchOpened.self, WhereaboutsUnknown.self, SearchClosed.self, WorkPermitGranted.self, WorkPermitRevoked.self,
    PerformanceLicenceGranted.self, ReturnFiled.self, Found<TenDayAbsence>.self, Lapsed<TenDayAbsence>.self,
    Found<TwentyDayAbsence>.self, Lapsed<TwentyDayAbsence>.self, Found<FifteenDaySickness>.self,
    Lapsed<FifteenDaySickness>.self, Found<SevereAbsence>.self, Lapsed<SevereAbsence>.self,
    Found<PartTimeSixWeeks>.self, Lapsed<PartTimeSixWeeks>.self, Found<PartTimeTwelveWeeks>.self,
    Lapsed<PartTimeTwelveWeeks>.self,
  ]

  init(of service: ServiceName, desk: CaseDesk<AttendanceCases>) {
    self.desk = desk
    types = Dictionary(
      uniqueKeysWithValues: Self.all.filter { $0.type.service == service }.map { ($0.type.name, $0) })
  }

  var handledTypes: Set<String> { Set(types.keys) }

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    guard let type = types[event.type] else { throw PermanentFailure("unhandled-type") }
    try take(type, from: event, unit)
  }

  private func take<News: MatterNews>(_ type: News.Type, from event: Event, _ unit: UnitOfWork) throws {
    let news = try News.decode(event)
    let pupil = try Roll.current(news.pupil, in: unit.db)
    let matter = news.matter(heardOn: CivilTime.day(at: event.time.date))
    let open = try Cases<AttendanceCase>.open(about: pupil.text, in: unit.db)
    let standing = try Roll.registrations(of: pupil, in: unit.db).last { $0.stands(on: unit.today) }
    let school = news.placed ?? open?.school ?? standing?.school
    guard try MatterBook.save(matter, of: pupil, at: school, in: unit.db) else { return }
    try Chronology.note(
      matter.state, matter.reference, of: pupil, at: school, on: matter.on, recorded: unit.at, in: unit.db)
    guard var stored = open, let state = stored.file.state, AttendanceCase.accepted.contains(state) else { return }
    let due = CaseClocks.lastDay(CaseClocks.news, from: unit.today)
    try desk.move(
      &stored,
      .attempt(.init(.act(.hear), stating: .init([.newsDue: .day(due)]), reason: "", evidence: [matter.reference])),
      by: .program, in: unit)
  }
}

/// What is open about children in other programs, as they published it last.
enum MatterBook {
  /// - Returns: whether it is other than before.
  static func save(_ matter: Matter, of pupil: PupilID, at school: URN?, in db: Database) throws -> Bool {
    try db.cachedStatement(
      sql: """
        INSERT INTO matter (kind, reference, pupil, school, state, is_open, on_day) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (kind, reference) DO UPDATE SET pupil = excluded.pupil, school = excluded.school,
          state = excluded.state, is_open = excluded.is_open, on_day = excluded.on_day
        WHERE (state, is_open, on_day) <> (excluded.state, excluded.is_open, excluded.on_day)
        """
    ).execute(arguments: [
      matter.kind.rawValue, matter.reference, pupil, school, matter.state, matter.isOpen, matter.on,
    ])
    return db.changesCount > 0
  }

  /// The matters of a child that a caller may know of, the open ones first. Who is bound to schools learns of what is of
  /// theirs.
  static func all(of pupil: PupilID, for caller: Caller, in db: Database) throws -> [Matter] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT * FROM matter WHERE pupil = ? ORDER BY is_open DESC, on_day DESC, reference LIMIT 200"),
      arguments: [pupil]
    ).compactMap { row in
      let school: URN? = try (row["school"] as String?).map { try URN($0) }
      guard caller.maySee(school), let kind = Matter.Kind(rawValue: row["kind"]) else { return nil }
      return Matter(
        kind: kind, reference: row["reference"], state: row["state"], isOpen: row["is_open"],
        on: try row.get("on_day"))
    }
  }

  /// The children of schools about whom a finding of a kind stands, in order.
  static func standing(_ fact: String, at school: URN, in db: Database) throws -> [PupilID] {
    try PupilID.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT DISTINCT pupil FROM matter WHERE kind = ? AND school = ? AND state = ? AND is_open = 1 ORDER BY pupil
          """), arguments: [Matter.Kind.finding.rawValue, school, fact])
  }
}
