import CaseFlow
import CaseKit
import Contracts
import LicensingDomain
import Messaging
import RollCopy
import Rulebook

/// Work permits: what is known from the application, the rules and registers, and what is published.
struct PermitCases: ApplicationProgram {
  typealias Kind = WorkPermit

  static let party: (kind: Party.Kind, id: @Sendable (PermitApplication) -> String) = (.employer, { $0.employer })
  static let opening = WorkPermit.Act.apply

  func facts(of stored: StoredCase<WorkPermit>, in unit: UnitOfWork) throws -> Facts<WorkPermit.Fact> {
    guard let birth = try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth,
      let (_, application) = try ApplicationBook.current(PermitApplication.self, of: stored.number, in: unit.db)
    else { return Facts() }
    let check = try check(application, of: stored.pupil, at: stored.school, in: stored.number, unit)
    let review = try AttendanceFindings.review(of: stored.pupil, bornOn: birth, in: unit)
    return Facts([
      .complete: .flag(check.missing.isEmpty), .lawful: .flag(check.breaches.isEmpty),
      .education: .flag(review.state != .review), .until: .day(application.until(dateOfBirth: birth)),
    ])
  }

  func calendar(of stored: StoredCase<WorkPermit>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(_ entry: Entry<WorkPermit>, in stored: StoredCase<WorkPermit>, _ unit: UnitOfWork) throws {
    let pupil = try stored.pupil
    switch entry.what {
    case .acted(.grant), .acted(.amend):
      guard let birth = try Roll.pupil(pupil, in: unit.db)?.dateOfBirth,
        let (_, application) = try ApplicationBook.current(PermitApplication.self, of: stored.number, in: unit.db)
      else { return }
      try unit.publish(
        WorkPermitGranted(
          permit: stored.id, pupil: pupil, from: max(application.starts, entry.on),
          until: application.until(dateOfBirth: birth), school: stored.school,
          concerns: try concerns(of: pupil, unit)), subject: pupil.text)
    case .acted(.refuse): try publish(RefusedPermit.self, of: pupil, entry, stored, unit)
    case .acted(.revoke): try publish(RevokedPermit.self, of: pupil, entry, stored, unit)
    default: return
    }
  }

  private func publish<Fact: EventFact>(
    _: Fact.Type, of pupil: PupilID, _ entry: Entry<WorkPermit>, _ stored: StoredCase<WorkPermit>, _ unit: UnitOfWork
  ) throws {
    try unit.publish(
      PermitEnded<Fact>(
        permit: stored.id, pupil: pupil, on: entry.on, school: stored.school,
        concerns: try concerns(of: pupil, unit)), subject: pupil.text)
  }

  func entered(_ application: PermitApplication, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {}

  func faults(of application: PermitApplication) -> [(field: String, text: String)] { application.faults }

  func check(
    _ application: PermitApplication, of pupil: PupilID, at school: URN?, in number: Int64?, _ unit: UnitOfWork
  ) throws -> ApplicationCheck {
    let missing = application.missing(hasSchool: school != nil).map {
      ApplicationCheck.Missing(item: $0.rawValue, words: $0.words)
    }
    guard let birth = try Roll.pupil(pupil, in: unit.db)?.dateOfBirth else {
      return ApplicationCheck(
        breaches: [], missing: missing, basis: nil, late: nil, notes: ["The child’s date of birth is not known."])
    }
    let calendar = try school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
    let breaches = application.breaches(
      dateOfBirth: birth, calendar: calendar, others: try others(of: pupil, than: number, unit),
      under: try ByelawBook.law(at: application.authority, in: unit.db))
    return ApplicationCheck(
      breaches: breaches, missing: missing, basis: nil, late: nil, notes: Self.notes(application, calendar))
  }

  /// The child's applications of other permits in force.
  private func others(
    of pupil: PupilID, than number: Int64?, _ unit: UnitOfWork
  ) throws -> [PermitApplication] {
    try Cases<WorkPermit>.all(of: pupil, in: unit.db).filter { $0.number != number && $0.file.state == .granted }
      .compactMap { try ApplicationBook.current(PermitApplication.self, of: $0.number, in: unit.db)?.application }
  }

  private static func notes(_ application: PermitApplication, _ calendar: SchoolCalendar?) -> [String] {
    (calendar == nil ? ["The school’s terms are not known: every weekday counts as a school day."] : [])
      + (application.schoolHours == nil ? ["The school’s times are not known: those of LIC-6 are assumed."] : [])
      + (application.holidays.isEmpty
        ? []
        : ["\(WorkRule.rest.rawValue): the child must have two weeks running of the school holidays free of work."])
  }
}
