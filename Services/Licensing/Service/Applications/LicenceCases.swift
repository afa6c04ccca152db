import CaseFlow
import CaseKit
import Contracts
import LicensingDomain
import Messaging
import RollCopy
import Rulebook

/// Performance licences: what is known from the application, the rules and registers, and what is published.
struct LicenceCases: ApplicationProgram {
  typealias Kind = PerformanceLicence

  static let party: (kind: Party.Kind, id: @Sendable (LicenceApplication) -> String) = (.holder, { $0.holder })
  static let opening = PerformanceLicence.Act.apply

  func facts(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> Facts<Kind.Fact> {
    guard let (_, application) = try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db)
    else { return Facts() }
    let pupil = try stored.pupil
    let check = try check(application, of: pupil, at: stored.school, in: stored.number, unit)
    let match = try LeaveMarks.match(pupil, on: Set(application.dates), in: unit.db)
    var facts = Facts<Kind.Fact>([
      .complete: .flag(check.missing.isEmpty), .lawful: .flag(check.breaches.isEmpty),
      .late: .flag(check.late ?? false), .register: .flag(match.matches),
    ])
    facts[.basis] = check.basis.map { .text($0) }
    facts[.until] = application.dates.last.map { .day($0) }
    return facts
  }

  func calendar(of stored: StoredCase<Kind>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(_ entry: Entry<Kind>, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {
    let pupil = try stored.pupil
    guard case .acted(let act) = entry.what else { return }
    let current = try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db)
    switch act {
    case .grant, .vary, .allow:
      let dates = current?.application.dates ?? []
      try LicensedDays.replace(dates, of: pupil, in: stored.number, unit.db)
      try unit.publish(
        PerformanceLicenceGranted(
          licence: stored.id, pupil: pupil, dates: dates, school: stored.school,
          concerns: try concerns(of: pupil, unit)), subject: pupil.text)
    case .exempt: try LicensedDays.replace(current?.application.dates ?? [], of: pupil, in: stored.number, unit.db)
    case .revoke:
      // Days that have been stay licensed: the child took part on them.
      try LicensedDays.replace(
        (current?.application.dates ?? []).filter { $0 < entry.on }, of: pupil, in: stored.number, unit.db)
      try unit.publish(
        PerformanceLicenceRevoked(
          licence: stored.id, pupil: pupil, on: entry.on, school: stored.school,
          concerns: try concerns(of: pupil, unit)), subject: pupil.text)
    case .refuse, .withdraw: try LicensedDays.replace([], of: pupil, in: stored.number, unit.db)
    default: return
    }
    try LeaveDifferences.look(at: pupil, in: unit)
  }

  /// Until the licence is granted its days are applied for.
  func entered(_ application: LicenceApplication, in stored: StoredCase<Kind>, _ unit: UnitOfWork) throws {
    guard [.applied, .incomplete, .checking].contains(stored.file.state) else { return }
    try LicensedDays.replace(
      application.dates, of: stored.pupil, in: stored.number, counts: false, unit.db)
  }

  func faults(of application: LicenceApplication) -> [(field: String, text: String)] { application.faults }

  func check(
    _ application: LicenceApplication, of pupil: PupilID, at school: URN?, in number: Int64?, _ unit: UnitOfWork
  ) throws -> ApplicationCheck {
    var missing = application.missing.map { ApplicationCheck.Missing(item: $0.rawValue, words: $0.words) }
    if !application.saysEducation {
      missing.append(.init(item: "education", words: "who teaches the child meanwhile, where and when"))
    }
    let late = application.timing?.mayBeRefusedAsLate
    guard let birth = try Roll.pupil(pupil, in: unit.db)?.dateOfBirth else {
      return ApplicationCheck(
        breaches: [], missing: missing, basis: nil, late: late, notes: ["The child’s date of birth is not known."])
    }
    let ids = Set(application.days.flatMap { $0.chaperones.map(\.chaperone) })
    let approvals = try ids.reduce(into: [String: DayRange]()) {
      $0[$1] = try Parties.approval(ofChaperone: $1, in: unit.db)
    }
    return ApplicationCheck(
      breaches: application.breaches(dateOfBirth: birth, approvals: approvals), missing: missing,
      basis: application.need(dateOfBirth: birth)?.basis.rawValue, late: late, notes: [])
  }
}
