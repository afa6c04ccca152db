import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import SealedAlerts
import ServiceKit

/// Turns what registers publishes into reports of missing children: deletions whose destination is not known, and long
/// absence. The program reports; a person triages.
struct RegistersReader: RollReader {
  let desk: CaseDesk<MissingChildren>
  /// Under whose secret children are kept for blind questions; `nil` where the authority takes no part.
  var matching: AlertKeyRing?
  /// Where children who are educated at home go on; `nil` where only searches are looked at.
  var homeEducation: CaseDesk<HomeEducations>?

  let handledTypes: Set<String> = [
    Found<TenDayAbsence>.type.name, Lapsed<TenDayAbsence>.type.name, Found<TwentyDayAbsence>.type.name,
    Lapsed<TwentyDayAbsence>.type.name, Found<PartTimeTwelveWeeks>.type.name, Lapsed<PartTimeTwelveWeeks>.type.name,
    CompulsorySchoolAgeEnded.type.name, PupilEnrolled.type.name,
  ]

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    switch event.type {
    case Found<TenDayAbsence>.type.name: try found(Found<TenDayAbsence>.decode(event), .continuousAbsence, unit)
    case Found<TwentyDayAbsence>.type.name: try found(Found<TwentyDayAbsence>.decode(event), .extendedAbsence, unit)
    case Lapsed<TenDayAbsence>.type.name: try lapsed(Lapsed<TenDayAbsence>.decode(event), unit)
    case Lapsed<TwentyDayAbsence>.type.name: try lapsed(Lapsed<TwentyDayAbsence>.decode(event), unit)
    case Found<PartTimeTwelveWeeks>.type.name:
      try MissingOut.found(Found<PartTimeTwelveWeeks>.decode(event), in: unit.db)
    case Lapsed<PartTimeTwelveWeeks>.type.name:
      try MissingOut.lapsed(Lapsed<PartTimeTwelveWeeks>.decode(event), in: unit.db)
    case CompulsorySchoolAgeEnded.type.name: try ended(CompulsorySchoolAgeEnded.decode(event), unit)
    case PupilEnrolled.type.name: try keep(PupilEnrolled.decode(event), unit)
    default: throw PermanentFailure("unhandled-type")
    }
  }

  /// Keeps a child for blind questions; earlier names go on answering.
  private func keep(_ data: PupilEnrolled, _ unit: UnitOfWork) throws {
    try compare(data, unit)
    guard let matching else { return }
    let identity = ChildIdentity(
      givenName: data.givenName, familyName: data.familyName, dateOfBirth: data.dateOfBirth, upn: data.upn)
    try Questions.keep(
      try matching.kept(identity, on: unit.today), of: try Roll.current(data.pupil, in: unit.db), in: unit.db)
  }

  private func found<Topic>(_ data: Found<Topic>, _ trigger: Trigger, _ unit: UnitOfWork) throws {
    let pupil = try Roll.current(data.pupil, in: unit.db)
    guard try Absences.raise(data.finding, Topic.kind, of: pupil, at: data.school, in: unit.db) else { return }
    try note("\(Topic.kind.rawValue) found", data.finding, pupil, data.school, data.on, unit)
    try report(trigger, pupil, at: data.school, [data.finding], unit)
  }

  private func lapsed<Topic>(_ data: Lapsed<Topic>, _ unit: UnitOfWork) throws {
    let pupil = try Roll.current(data.pupil, in: unit.db)
    try Absences.lapse(data.finding, in: unit.db)
    try note("\(Topic.kind.rawValue) lapsed", data.finding, pupil, data.school, data.on, unit)
    guard try !Absences.stand(for: pupil, in: unit.db) else { return }
    try lapse(pupil, unit) { $0 == .continuousAbsence || $0 == .extendedAbsence }
  }

  private func ended(_ data: CompulsorySchoolAgeEnded, _ unit: UnitOfWork) throws {
    let pupil = try Roll.current(data.pupil, in: unit.db)
    try homeEducation?.end(pupil, .overSchoolAge, unit)
    guard var stored = try Cases<MissingChild>.open(about: pupil.text, in: unit.db) else { return }
    let end = Intent<MissingChild>(
      .act(.ageOut),
      stating: .init([
        .outcome: .text(Outcome.overAge.rawValue), .evidence: .text(Outcome.Evidence.dateOfBirth.rawValue),
      ]), reason: "")
    try desk.move(&stored, .attempt(end), by: .program, in: unit)
  }

  func rollChanged(_ changes: [RollChange], by event: Event, in unit: UnitOfWork) throws {
    for change in changes {
      switch change {
      case .calendar(let school): try desk.calendarChanged(at: school, in: unit)
      case .merged(_, let kept): try desk.factsChanged(of: kept, in: unit)
      case .registration(let before, let after):
        try desk.factsChanged(of: after.pupil, in: unit)
        if try Searches.isOnRoll(after.pupil, on: unit.today, in: unit.db) {
          try lapse(after.pupil, unit, where: \.endsWithRegistration)
          if before == nil { try homeEducation?.end(after.pupil, .returned, unit) }
        } else if let last = after.last, last != before?.last, !after.isWithdrawn {
          try left(after, on: last, unit)
        }
      default: continue
      }
    }
  }

  /// A child is on no roll any more.
  private func left(_ registration: Registration, on last: Day, _ unit: UnitOfWork) throws {
    let (pupil, school) = (registration.pupil, registration.school)
    guard try Searches.isOfAge(pupil, on: last.adding(days: 1), in: unit.db) else { return }
    let isCertified = try Cases<MissingChild>.all(of: pupil, in: unit.db).contains { stored in
      stored.file.decisions.contains { $0.stands && $0.act == .certify }
    }
    let trigger = Trigger.deletion(
      registration.ground, isDestinationKnown: registration.destinationKnown, isCertified: isCertified)
    guard let trigger else { return }
    let reference = registration.number.map { "registration-\($0)" } ?? "registration"
    try note("deleted from a roll", reference, pupil, school, last, unit)
    try report(trigger, pupil, at: school, [reference], unit)
  }

  /// Opens a search for a child unless there is one.
  private func report(
    _ trigger: Trigger, _ pupil: PupilID, at school: URN, _ evidence: [String], _ unit: UnitOfWork
  ) throws {
    guard try Cases<MissingChild>.open(about: pupil.text, in: unit.db) == nil else { return }
    _ = try desk.open(
      .init(
        .act(.open), stating: .init([.trigger: .text(trigger.rawValue)]), reason: "", evidence: evidence),
      about: pupil.text, pupil, at: school, by: .program, in: unit)
  }

  /// A report that nobody has triaged falls away with what gave rise to it.
  func lapse(_ pupil: PupilID, _ unit: UnitOfWork, where falls: (Trigger) -> Bool) throws {
    guard var stored = try Cases<MissingChild>.open(about: pupil.text, in: unit.db), stored.file.state == .suspected,
      let trigger = stored.file.stated.text(.trigger).flatMap(Trigger.init), falls(trigger)
    else { return }
    try desk.move(&stored, .act(.lapse, reason: ""), by: .program, in: unit)
  }

  private func note(
    _ what: String, _ reference: String, _ pupil: PupilID, _ school: URN, _ day: Day, _ unit: UnitOfWork
  ) throws {
    try Chronology.note(what, reference, of: pupil, at: school, on: day, recorded: unit.at, in: unit.db)
  }

  /// There is one open search for a child: that of the record that goes joins the other.
  func willMerge(_ merged: PupilID, into kept: PupilID, by event: Event, in unit: UnitOfWork) throws {
    try homeEducation?.willMerge(merged, into: kept, unit)
    guard try Cases<MissingChild>.open(about: kept.text, in: unit.db) != nil,
      var stored = try Cases<MissingChild>.open(about: merged.text, in: unit.db)
    else { return }
    try desk.move(&stored, .act(.join, reason: ""), by: .program, in: unit)
  }
}
