import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  fileprivate static let mattersRead = AuditAction("matters.read")
}

/// Everything that enforcement has about one child, or against one parent about whatever children: notices, prosecutions,
/// orders and court packs, as they stand or stood.
struct MatterRoutes: Sendable {
  let transactions: Transactions

  private static let pageSize = 100
  private static let readers = Policy.roles(.attendanceOfficer, .legalOfficer, .manager, reach: .ownRecords)
  private static let asAt = QueryParameter<Timestamp>("asAt", "A past moment: what was on record then.").optional

  func add(to router: ServiceRouter) {
    router.read(
      "/pupils/{id}/matters", Self.readers, "Everything about a child, whichever parent it is against",
      query: [Self.asAt.about, .after]
    ) { call in
      let pupil = try call.pupil()
      return try await page(call) { unit in
        try MatterLines(unit.db).about(Roll.current(pupil, in: unit.db), at: try call[Self.asAt])
      }
    }
    router.read(
      "/persons/{id}/matters", Self.readers, "Everything against a parent, about whatever children",
      path: [.init("id", .string(pattern: PersonID.pattern), "The parent.")], query: [Self.asAt.about, .after]
    ) { call in
      let person = try call.path("id", "Parent") { PersonID($0) }
      return try await page(call) { unit in
        try MatterLines(unit.db).against(Roll.current(person, in: unit.db), at: try call[Self.asAt])
      }
    }
  }

  private func page(
    _ call: Call, _ find: @escaping @Sendable (UnitOfWork) throws -> [MatterLine]
  ) async throws -> Page<MatterLine> {
    let after = try call.after
    return try await transactions.write(by: call.caller) { unit in
      let found = try find(unit).filter { unit.caller.maySee($0.school) }
      guard !found.isEmpty else { throw Problem.notFound("Matter") }
      for pupil in Set(found.map(\.pupil)).sorted() { try unit.audit(.mattersRead, of: pupil) }
      let rows = Array(found.enumerated().dropFirst(Int(clamping: after)).prefix(Self.pageSize))
      return Page(rows, of: Self.pageSize, endsAt: { Int64($0.offset + 1) }) { $0.element }
    }
  }
}

/// One matter.
struct MatterLine: Listed {
  static let list = "matters"

  /// `penalty-notice`, `prosecution`, `court-pack` or the kind of order.
  let kind: String
  /// Its case, which has its history and why.
  let id: String
  let pupil: PupilID
  let school: URN?
  /// Whoever it is against; absent where it is about the child alone.
  let person: PersonID?
  let state: String
  let open: Bool
  let openedOn: Day
  /// The number of the notice, the day and the level of its issue; absent before it.
  let notice: String?
  let issued: Day?
  let level: Int?
}

/// Questions for matters.
struct MatterLines {
  let db: Database

  init(_ db: Database) { self.db = db }

  func about(_ pupil: PupilID, at moment: Timestamp?) throws -> [MatterLine] {
    try notices(Notices.all(about: pupil, in: db), moment)
      + prosecutions(StoredProsecutions.all(about: pupil, in: db), moment)
      + orders(AttendanceOrderCase.self, Cases.all(of: pupil, in: db), moment)
      + orders(SupervisionOrderCase.self, Cases.all(of: pupil, in: db), moment)
      + orders(ParentingOrderCase.self, Cases.all(of: pupil, in: db), moment)
      + Cases<CourtPackCase>.all(of: pupil, in: db).compactMap { try line($0, nil, nil, moment) }
  }

  func against(_ person: PersonID, at moment: Timestamp?) throws -> [MatterLine] {
    let identifiers =
      [person.text]
      + (try String.fetchAll(
        db, sql: "SELECT merged FROM roll_person_merged WHERE person = ? ORDER BY merged", arguments: [person]))
    let marks = identifiers.map { _ in "?" }.joined(separator: ",")
    let notices = try Notices.find(
      "n.person IN (\(marks)) ORDER BY n.number", StatementArguments(identifiers), in: db)
    let pupils = try PupilID.fetchAll(
      db, sql: "SELECT DISTINCT pupil FROM prosecution WHERE person IN (\(marks)) ORDER BY pupil",
      arguments: StatementArguments(identifiers))
    let prosecutions = try pupils.flatMap { try StoredProsecutions.all(about: $0, in: db) }
      .filter { identifiers.contains($0.person.text) }
    let cases = try StoredOrders.all(ParentingOrderCase.name, against: person, in: db).compactMap { order in
      try order.caseNumber.flatMap { try Cases<ParentingOrderCase>.find("c\($0)", in: db) }
    }
    return try self.notices(notices, moment) + self.prosecutions(prosecutions, moment)
      + orders(ParentingOrderCase.self, cases, moment)
  }

  private func notices(_ all: [StoredNotice], _ moment: Timestamp?) throws -> [MatterLine] {
    try all.compactMap { notice in
      guard let stored = try Cases<PenaltyNoticeCase>.find(notice.id, in: db) else { return nil }
      return try line(stored, notice.person, notice.issue, moment)
    }
  }

  private func prosecutions(_ all: [StoredProsecution], _ moment: Timestamp?) throws -> [MatterLine] {
    try all.compactMap { prosecution in
      guard let number = prosecution.caseNumber, let stored = try Cases<Prosecution>.find("c\(number)", in: db) else {
        return nil
      }
      return try line(stored, prosecution.person, nil, moment)
    }
  }

  private func orders<Kind: CaseKind>(
    _: Kind.Type, _ all: [StoredCase<Kind>], _ moment: Timestamp?
  ) throws -> [MatterLine] {
    try all.compactMap { stored in
      try line(stored, StoredOrders.find(subject: stored.subject, in: db)?.person, nil, moment)
    }
  }

  /// `nil` for a case that was not there at the moment.
  private func line<Kind: CaseKind>(
    _ stored: StoredCase<Kind>, _ person: PersonID?, _ issue: StoredNotice.Issue?, _ moment: Timestamp?
  ) throws -> MatterLine? {
    let file = try moment.map { try Cases<Kind>.file(of: stored, asAt: $0, in: db) } ?? stored.file
    guard let state = file.state else { return nil }
    let isIssued = issue.map { issue in file.decisions.contains { $0.act.rawValue == "issue" && $0.on == issue.on } }
    let issue = isIssued == true ? issue : nil
    return MatterLine(
      kind: Kind.name, id: stored.id, pupil: try stored.pupil, school: stored.school,
      person: try person.map { try Roll.current($0, in: db) }, state: state.rawValue,
      open: Kind.flow.isOpen(state), openedOn: file.openedOn ?? Day(ordinal: 0), notice: issue?.document.text,
      issued: issue?.on, level: issue?.level)
  }
}
