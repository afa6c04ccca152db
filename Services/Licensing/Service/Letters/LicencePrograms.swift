import CaseFlow
import CaseKit
import Letters
import LicensingDomain
import Messaging
import RollCopy
import Rulebook
import ServiceKit

extension LicenceCases: LetterProgram {
  func letter(_ form: LetterForm, of stored: StoredCase<Kind>, _ unit: UnitOfWork) throws -> any Letter {
    guard let (_, application) = try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db)
    else { throw LetterForm.notNow }
    let check = try check(application, of: stored.pupil, at: stored.school, in: stored.number, unit)
    let child = form.child ?? ""
    switch (form.letter, stored.file.state) {
    case (.licence, .granted?): return try licence(form, application, stored, unit)
    case (.schoolView, .applied?), (.schoolView, .incomplete?), (.schoolView, .checking?):
      return SchoolViewLetter(
        child: child, production: application.production, licence: stored.id,
        days: try absences(application, at: stored, unit), by: try form.answerDay())
    case (.recordSheet, .granted?):
      return RecordSheetLetter(
        child: child, production: application.production, place: application.place, licence: stored.id,
        days: Self.times(application))
    case (.decision, .refused?), (.decision, .revoked?), (.decision, .granted?):
      guard let decision = stored.file.decisions.last(where: { $0.grounds.text(.ground) != nil }) else {
        throw LetterForm.notNow
      }
      return LicenceDecisionLetter(
        decision: Self.words(decision.act), child: child, production: application.production,
        ground: LetterForm.words(decision.grounds.text(.ground) ?? ""),
        rules: try form.rules(beside: check.breaches, on: decision.on), on: decision.on)
    case (.exemption, .exempt?):
      return ExemptionLetter(
        child: child, production: application.production,
        ground: (check.basis ?? "").replacing("_", with: " "), days: application.dates.map(\.inWordsWithWeekday),
        counted: check.basis == LicenceNeed.Basis.fourDayRule.rawValue
          ? application.countedDays().map(\.inWordsWithWeekday) : nil)
    case (.missing, .applied?), (.missing, .incomplete?):
      return MissingItemsLetter(
        application: "a performance licence", items: check.missing.map(\.words), by: try form.answerDay())
    default: throw LetterForm.notNow
    }
  }

  private func licence(
    _ form: LetterForm, _ application: LicenceApplication, _ stored: StoredCase<Kind>, _ unit: UnitOfWork
  ) throws -> PerformanceLicenceLetter {
    guard let birth = try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth else { throw LetterForm.notNow }
    return PerformanceLicenceLetter(
      child: form.child ?? "", born: birth,
      holder: try Parties.find(application.holder, .holder, in: unit.db)?.name ?? "",
      production: application.production, part: application.part, place: application.place,
      from: application.dates.first ?? unit.today, until: application.dates.last ?? unit.today,
      days: Self.times(application), inCharge: try Self.inCharge(application, unit),
      education: application.education ?? "", earnings: application.earnings ?? "", conditions: form.conditions ?? [])
  }

  /// The authority of the place has the particulars of every licence, and is told when one counts no more (reg 9).
  func companions(
    _ form: LetterForm, of stored: StoredCase<Kind>, _ unit: UnitOfWork
  ) throws -> [(letter: any Letter, to: Recipient)] {
    guard [.licence, .decision].contains(form.letter), stored.file.state != .refused,
      let (_, application) = try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db),
      let code = application.placeAuthority,
      let birth = try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth
    else { return [] }
    guard let host = try HostAuthorities.find(code, on: unit.today, in: unit.db) else {
      throw Problem.conflict(
        "host-authority-unknown", "The authority of the place has no registered address",
        detail: "Enter the address of authority \(code) at /host-authorities, then issue the letter again.")
    }
    let act = stored.file.decisions.last { [.grant, .vary, .allow, .revoke].contains($0.act) }?.act
    let letter = HostAuthorityLetter(
      decision: act.map(Self.words) ?? "", licence: stored.id, child: form.child ?? "", born: birth,
      holder: try Parties.find(application.holder, .holder, in: unit.db)?.name ?? "",
      production: application.production, place: application.place, days: Self.times(application),
      inCharge: try Self.inCharge(application, unit))
    return [(letter, host.recipient)]
  }
}

extension LicenceCases {
  private static func words(_ act: Kind.Act) -> String { Kind.flow.rule(of: act)?.title.lowercased() ?? "" }

  /// Chaperones by name and number, and the parent.
  private static func inCharge(_ application: LicenceApplication, _ unit: UnitOfWork) throws -> [String] {
    let chaperones = Set(application.days.flatMap { $0.chaperones.map(\.chaperone) }).sorted()
    let named = try chaperones.compactMap { try Parties.find($0, .chaperone, in: unit.db) }.map {
      "\($0.name), number \($0.number)"
    }
    return named + (application.days.contains { $0.isWithParent == true } ? ["the child’s parent"] : [])
  }

  private static func times(_ application: LicenceApplication) -> [TimesRow] {
    application.days.sorted { $0.atPlace.start < $1.atPlace.start }.map {
      TimesRow(
        when: $0.atPlace.start.day.inWordsWithWeekday,
        times: "\($0.atPlace.start.time) to \($0.atPlace.end.time)\($0.isNightWork == true ? ", night work" : "")")
    }
  }

  /// The school days of the plan: the school's own calendar where it is known, else weekdays.
  private func absences(
    _ application: LicenceApplication, at stored: StoredCase<Kind>, _ unit: UnitOfWork
  ) throws -> [TimesRow] {
    let calendar = try calendar(of: stored, in: unit)
    return application.days.sorted { $0.atPlace.start < $1.atPlace.start }.compactMap { day in
      let stay = day.atPlace
      guard calendar?.isSchoolDay(stay.start.day) ?? (stay.start.day.weekday < 6) else { return nil }
      let sessions = SchoolSessions.assumed.value(on: stay.start.day).names(touching: stay)
      return sessions.isEmpty
        ? nil : TimesRow(when: stay.start.day.inWordsWithWeekday, times: sessions.joined(separator: " and "))
    }
  }
}
