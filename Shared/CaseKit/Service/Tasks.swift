import CaseFlow
public import Contracts
public import GRDB
import RollCopy
public import Rulebook
import ServiceKit

/// Something to be done that is no case's, for example money that nobody has put on a notice.
public struct OtherTask: Sendable {
  /// Tells it from the program's others, for as long as it is to be done.
  public let number: Int64
  /// For example `payment-to-match`.
  public let kind: String
  /// The work in words.
  public let title: String
  public let due: Day
  public let role: String
  /// The record that it is about, opaque: `payment-12`.
  public let record: String
  public let pupil: PupilID?
  /// `nil` for what is of no school: callers who are bound to schools do not see it.
  public let school: URN?

  public init(
    number: Int64, kind: String, title: String, due: Day, role: String, record: String, pupil: PupilID? = nil,
    school: URN? = nil
  ) {
    self.number = number
    self.kind = kind
    self.title = title
    self.due = due
    self.role = role
    self.record = record
    self.pupil = pupil
    self.school = school
  }
}

extension OtherTask {
  /// Its number among all work: behind those of the work of cases, within what a position of a list has room for.
  fileprivate var place: Int64 { 1 << 39 + number }
}

/// What is to be done in a program beside the work of its cases; as many as its tables bound.
public typealias OtherTasks = @Sendable (Database) throws -> [OtherTask]

/// Questions about what is to be done.
enum Tasks {
  /// Which work somebody asks for; `nil` for any.
  struct Wanted {
    let person: String?
    let dueBy: Day?
    let kind: String?
    let schools: Set<String>?
    /// The children of whom the reader must not know.
    let hidden: [PupilID]

    func takes(_ other: OtherTask) -> Bool {
      person == nil && dueBy.map { other.due <= $0 } ?? true && kind.map { $0 == other.kind } ?? true
        && Tasks.isOf(schools, other) && !(other.pupil.map(hidden.contains) ?? false)
    }
  }

  private static func isOf(_ schools: Set<String>?, _ other: OtherTask) -> Bool {
    schools.map { schools in other.school.map { schools.contains($0.text) } ?? false } ?? true
  }

  private static func within(_ schools: Set<String>?) -> String {
    schools.map { "AND f.school IN (\($0.map { _ in "?" }.joined(separator: ",")))" } ?? ""
  }

  /// The kind of a task by its name: `decision-12` is a decision.
  private static let kind = "rtrim(t.name, '-0123456789')"

  static func page(
    _ wanted: Wanted, others: [OtherTask], after cursor: PageCursor, limit: Int, today: Day, in db: Database
  ) throws -> [CaseAnswers.Work] {
    let day = wanted.dueBy?.ordinal
    var arguments: StatementArguments = [
      cursor.group, cursor.number, wanted.person, wanted.person, day, day, wanted.kind, wanted.kind,
      wanted.hidden.list,
    ]
    if let schools = wanted.schools { arguments += StatementArguments(schools.sorted()) }
    arguments += [limit]
    let ofCases = try Row.fetchAll(
      db,
      sql: """
        SELECT t.id, \(kind) AS kind, t.title, t.due, t.role, t.person, f.number, f.pupil FROM case_task t
        JOIN case_file f ON f.number = t.case_number
        WHERE (t.due, t.id) > (?, ?) AND (? IS NULL OR t.person = ?) AND (? IS NULL OR t.due <= ?)
          AND (? IS NULL OR \(kind) = ?) AND f.pupil NOT IN (SELECT value FROM json_each(?)) \(within(wanted.schools))
        ORDER BY t.due, t.id LIMIT ?
        """, arguments: arguments
    ).map { row in
      let due = Day(ordinal: row["due"])
      return CaseAnswers.Work(
        id: row["id"], kind: row["kind"], case: "c\(row["number"] as Int64)", record: nil,
        pupil: PupilID(row["pupil"] as String), title: row["title"], due: due, overdue: due < today,
        owner: .init(role: row["role"], person: row["person"]))
    }
    let rest = others.filter {
      wanted.takes($0) && (Int64($0.due.ordinal), $0.place) > (cursor.group, cursor.number)
    }.map { CaseAnswers.Work($0, today: today) }
    return Array((ofCases + rest).sorted { ($0.due, $0.id) < ($1.due, $1.id) }.prefix(limit))
  }

  static func figures(
    at schools: Set<String>?, others: [OtherTask], today: Day, in db: Database
  ) throws -> CaseAnswers.WorkFigures {
    let own = StatementArguments((schools ?? []).sorted())
    let open = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM case_file f WHERE f.is_open = 1 \(within(schools))", arguments: own)
    let ofCases = try Row.fetchAll(
      db,
      sql: """
        SELECT \(kind) AS kind, t.title, t.role, count(*) AS open, coalesce(sum(t.due < ?), 0) AS late,
          coalesce(sum(t.person IS NULL), 0) AS free
        FROM case_task t JOIN case_file f ON f.number = t.case_number WHERE 1 \(within(schools))
        GROUP BY kind, t.title, t.role ORDER BY t.title, t.role
        """, arguments: [today.ordinal] + own
    ).map {
      CaseAnswers.WorkFigures.Count(
        kind: $0["kind"], title: $0["title"], role: $0["role"], open: $0["open"], overdue: $0["late"],
        unallocated: $0["free"])
    }
    let rest = Dictionary(grouping: others.filter { isOf(schools, $0) }) { [$0.kind, $0.title, $0.role] }.values
      .compactMap { tasks in
        tasks.first.map { first in
          CaseAnswers.WorkFigures.Count(
            kind: first.kind, title: first.title, role: first.role, open: tasks.count,
            overdue: tasks.count { $0.due < today }, unallocated: tasks.count)
        }
      }
    let counts = (ofCases + rest).sorted { ($0.title, $0.role, $0.kind) < ($1.title, $1.role, $1.kind) }
    return CaseAnswers.WorkFigures(
      openCases: open ?? 0, openTasks: counts.reduce(0) { $0 + $1.open }, overdue: counts.reduce(0) { $0 + $1.overdue },
      tasks: counts)
  }
}

extension CaseAnswers.Work {
  fileprivate init(_ other: OtherTask, today: Day) {
    self.init(
      id: other.place, kind: other.kind, case: nil, record: other.record, pupil: other.pupil, title: other.title,
      due: other.due, overdue: other.due < today, owner: .init(role: other.role, person: nil))
  }
}
