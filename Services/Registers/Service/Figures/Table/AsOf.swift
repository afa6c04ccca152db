import Contracts
import GRDB
import RegistersDomain
import Rulebook
import Store

/// The registers as they were known at a past moment: marks, the days on roll and the calendars. Everything else that an
/// answer rests on, like names, areas and the rules, has dates of its own or is told as it is known now.
struct AsOf: Hashable, Sendable {
  let moment: Timestamp
  let marks: Knowledge
  /// Up to and with which statement of the admission register.
  let statement: Int64
  /// Up to and with which calendar.
  let calendar: Int64

  /// - Parameter moment: before the present; then the answer never changes, whatever is recorded later.
  init(_ moment: Timestamp, in db: Database) throws {
    self.moment = moment
    marks = try .at(moment, in: db)
    statement = try Knowledge.last(of: "admission_log", at: moment, in: db)
    calendar = try Knowledge.last(of: "calendar_log", at: moment, in: db)
  }

  /// A time on a roll as it was known; `nil` when it was not entered yet, or was taken back as made by mistake.
  func registration(_ now: Registration, in db: Database) throws -> Registration? {
    guard let days = try days(ofRegistration: now.number, in: db) else { return nil }
    var then = now
    if case .stated(let enrolledOn, let leftOn) = days { (then.enrolledOn, then.leftOn) = (enrolledOn, leftOn) }
    return then
  }

  /// What was known of a time on a roll.
  enum Days {
    case stated(enrolledOn: Day, leftOn: Day?)
    /// It is older than the log of statements.
    case asNow
  }

  /// - Returns: `nil` when the registration was not entered yet, or was taken back.
  func days(ofRegistration number: Int64, in db: Database) throws -> Days? {
    let row = try db.row(
      """
      SELECT statement ->> 'enrolledOn', statement ->> 'leftOn', kind FROM admission_log
      WHERE registration = ? AND kind IN (?, ?) AND number <= ? ORDER BY number DESC LIMIT 1
      """, [number, AdmissionLog.Kind.entry.rawValue, AdmissionLog.Kind.withdrawn.rawValue, statement])
    if let row {
      if row[2] == AdmissionLog.Kind.withdrawn.rawValue { return nil }
      guard let enrolledOn = (row[0] as String?).flatMap({ Day(iso: $0) }) else {
        throw DatabaseError.damaged
      }
      return .stated(enrolledOn: enrolledOn, leftOn: (row[1] as String?).flatMap { Day(iso: $0) })
    }
    let isLogged = try db.has(
      "SELECT 1 FROM admission_log WHERE registration = ? AND kind = ?", [number, AdmissionLog.Kind.entry.rawValue])
    return isLogged ? nil : .asNow
  }
}

extension Pupils {
  /// A child's registrations at all schools as they were known, oldest first.
  static func registrations(of pupil: Int64, asOf: AsOf?, in db: Database) throws -> [Registration] {
    guard let asOf else { return try registrations(of: pupil, in: db) }
    return try registrationsEver(of: pupil, in: db).compactMap { try asOf.registration($0, in: db) }
  }
}
