import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import RollCopy
import Rulebook

/// What other matters of a child, and of a parent, there are: what ``Conflicts`` is asked about.
enum OtherMatters {
  /// What notices make of it on a day.
  static func ofNotices(
    _ notices: [StoredNotice], on day: Day, of program: PenaltyNotices, in db: Database
  ) throws -> Set<Conflicts.Matter> {
    try Set(notices.compactMap { try matter($0, on: day, of: program, in: db) })
  }

  private static func matter(
    _ notice: StoredNotice, on day: Day, of program: PenaltyNotices, in db: Database
  ) throws -> Conflicts.Matter? {
    if notice.state == .improving { return .noticeToImprove }
    switch notice.state?.standing {
    case .paid: return .paidNotice
    case .open:
      guard let first = try program.period(of: notice, in: db)?.firstDayOfProceedings, day < first else { return nil }
      return .openNotice
    default: return nil
    }
  }

  /// What orders about a child, and the steps to them, make of it.
  ///
  /// - Parameter number: the order that is asked about.
  static func ofOrders(
    about pupil: PupilID, besides number: Int64? = nil, in db: Database
  ) throws -> Set<Conflicts.Matter> {
    var matters: Set<Conflicts.Matter> = []
    let inForce = [SupervisionOrderCase.State.inForce, .extensionPending].map(\.rawValue)
    if try isThere(SupervisionOrderCase.self, pupil, number, "state IN (?, ?)", StatementArguments(inForce), db) {
      matters.insert(.supervisionOrder)
    }
    if try isThere(AttendanceOrderCase.self, pupil, number, "is_open = 1", [], db) { matters.insert(.attendanceOrder) }
    return matters
  }

  /// Whether a case of a kind fits a condition. One that is being opened has no state yet, and fits none.
  private static func isThere<Kind: CaseKind>(
    _: Kind.Type, _ pupil: PupilID, _ number: Int64?, _ condition: String, _ arguments: StatementArguments,
    _ db: Database
  ) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM case_file WHERE pupil = ? AND kind = ? AND number IS NOT ? AND \(condition))
          """), arguments: [pupil.text, Kind.name, number] + arguments) ?? false
  }

  /// Everything about a child, whichever parent it is against.
  static func all(
    about pupil: PupilID, besides number: Int64? = nil, on day: Day, of program: PenaltyNotices, in db: Database
  ) throws -> Set<Conflicts.Matter> {
    let laid = try StoredProsecutions.all(about: pupil, in: db).contains { $0.laid != nil }
    return try ofNotices(Notices.all(about: pupil, in: db), on: day, of: program, in: db)
      .union(ofOrders(about: pupil, besides: number, in: db)).union(laid ? [.prosecution] : [])
  }
}

/// What stands in the way of a step, as routes answer it.
struct ConflictAnswer: Codable, Sendable {
  struct Reason: Codable, Sendable {
    /// The matter or the circumstance.
    let name, answer, reason: String
  }

  let id: String
  /// The worst of the answers.
  let answer: String
  let reasons: [Reason]
  /// The rule; absent on a day without one.
  let source: String?
  /// What an officer has put on record about child and parent.
  let circumstances: [String]

  init(id: String, _ judgement: Conflicts.Judgement, _ circumstances: Set<Conflicts.Circumstance>) {
    self.id = id
    answer = judgement.answer.rawValue
    reasons = judgement.found.filter { $0.value.answer > .allow }
      .sorted { ($1.value.answer, $0.key) < ($0.value.answer, $1.key) }
      .map { Reason(name: $0.key, answer: $0.value.answer.rawValue, reason: $0.value.reason) }
    source = judgement.source
    self.circumstances = circumstances.names
  }
}

/// What an officer puts on record about child and parent.
struct CircumstancesForm: Codable, Sendable { let circumstances: [String] }
