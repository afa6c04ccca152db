import CaseFlow
import CaseKit
import Letters
import LicensingDomain
import Messaging
import RollCopy
import Rulebook
import ServiceKit

extension PermitCases: LetterProgram {
  func letter(_ form: LetterForm, of stored: StoredCase<WorkPermit>, _ unit: UnitOfWork) throws -> any Letter {
    guard let (_, application) = try ApplicationBook.current(PermitApplication.self, of: stored.number, in: unit.db)
    else { throw LetterForm.notNow }
    let employer = try Parties.find(application.employer, .employer, in: unit.db)?.name ?? ""
    let check = try check(application, of: stored.pupil, at: stored.school, in: stored.number, unit)
    switch (form.letter, stored.file.state) {
    case (.permit, .granted): return try permit(form, application, employer, stored, unit)
    case (.decision, .refused?), (.decision, .revoked?), (.decision, .suspended?), (.decision, .granted?):
      guard let decision = stored.file.decisions.last else { throw LetterForm.notNow }
      return WorkPermitDecisionLetter(
        decision: WorkPermit.flow.rule(of: decision.act)?.title.lowercased() ?? "", child: form.child ?? "",
        employer: employer, ground: decision.grounds.text(.ground), rules: check.breaches.map(RuleRow.init),
        on: decision.on)
    case (.review, .granted?):
      guard let question = stored.file.decisions.compactMap(\.question).last else { throw LetterForm.notNow }
      return WorkPermitReviewLetter(child: form.child ?? "", employer: employer, reviewBy: question.due)
    case (.missing, .applied?), (.missing, .incomplete?):
      return MissingItemsLetter(
        application: "a work permit", items: check.missing.map(\.words), by: try form.answerDay())
    default: throw LetterForm.notNow
    }
  }

  private func permit(
    _ form: LetterForm, _ application: PermitApplication, _ employer: String, _ stored: StoredCase<WorkPermit>,
    _ unit: UnitOfWork
  ) throws -> WorkPermitLetter {
    guard let birth = try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth else { throw LetterForm.notNow }
    let rules = try ByelawBook.law(at: application.authority, in: unit.db).rules(on: unit.today)
    return WorkPermitLetter(
      child: form.child ?? "", born: birth, employer: employer, place: application.place ?? "",
      work: application.work ?? "",
      hours: Self.rows(application.termTime, "school weeks") + Self.rows(application.holidays, "holidays"),
      byelaws: rules.byelaws ?? rules.source, from: application.starts, until: application.until(dateOfBirth: birth))
  }

  private static func rows(_ hours: [PermitApplication.Hours], _ weeks: String) -> [TimesRow] {
    hours.sorted { ($0.weekday, $0.span.from) < ($1.weekday, $1.span.from) }.map { row in
      let day = Day(ordinal: 3).adding(days: row.weekday).weekdayInWords
      let breaks = (row.breaks ?? []).map { "\($0.from) to \($0.to)" }
      return TimesRow(
        when: "\(day), \(weeks)",
        times: "\(row.span.from) to \(row.span.to)"
          + (breaks.isEmpty ? "" : ", break \(breaks.joined(separator: " and "))"))
    }
  }
}

extension LicenceCases: LetterProgram {
  func letter(_ form: LetterForm, of stored: StoredCase<Kind>, _ unit: UnitOfWork) throws -> any Letter {
    guard let (_, application) = try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db)
    else { throw LetterForm.notNow }
    let check = try check(application, of: stored.pupil, at: stored.school, in: stored.number, unit)
    let child = form.child ?? ""
    switch (form.letter, stored.file.state) {
    case (.licence, .granted?): return try licence(child, application, stored, unit)
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
        decision: Kind.flow.rule(of: decision.act)?.title.lowercased() ?? "", child: child,
        production: application.production, ground: decision.grounds.text(.ground) ?? "",
        rules: check.breaches.map(RuleRow.init), on: decision.on)
    case (.exemption, .exempt?):
      return ExemptionLetter(
        child: child, production: application.production,
        ground: (check.basis ?? "").replacing("_", with: " "), days: application.dates.map(\.inWordsWithWeekday))
    case (.missing, .applied?), (.missing, .incomplete?):
      return MissingItemsLetter(
        application: "a performance licence", items: check.missing.map(\.words), by: try form.answerDay())
    default: throw LetterForm.notNow
    }
  }

  private func licence(
    _ child: String, _ application: LicenceApplication, _ stored: StoredCase<Kind>, _ unit: UnitOfWork
  ) throws -> PerformanceLicenceLetter {
    guard let birth = try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth else { throw LetterForm.notNow }
    let chaperones = Set(application.days.flatMap { $0.chaperones.map(\.chaperone) }).sorted()
    return PerformanceLicenceLetter(
      child: child, born: birth, holder: try Parties.find(application.holder, .holder, in: unit.db)?.name ?? "",
      production: application.production, part: application.part, place: application.place,
      from: application.dates.first ?? unit.today, until: application.dates.last ?? unit.today,
      days: Self.times(application),
      chaperones: try chaperones.compactMap { try Parties.find($0, .chaperone, in: unit.db) }.map {
        "\($0.name), number \($0.number)"
      })
  }
}

extension LicenceCases {
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

extension BodyCases: LetterProgram {
  func letter(_ form: LetterForm, of stored: StoredCase<Kind>, _ unit: UnitOfWork) throws -> any Letter {
    guard case (.approval, .approved?) = (form.letter, stored.file.state),
      let body = try Parties.find(stored.subject, .body, in: unit.db),
      let from = stored.file.stated.day(.from), let until = stored.file.stated.day(.until)
    else { throw LetterForm.notNow }
    return BodyApprovalLetter(body: body.name, places: form.places ?? [], from: from, until: until)
  }
}

extension ChaperoneCases: LetterProgram {
  func letter(_ form: LetterForm, of stored: StoredCase<Kind>, _ unit: UnitOfWork) throws -> any Letter {
    let number = Party.number(stored.subject).map { String($0) } ?? ""
    switch (form.letter, stored.file.state) {
    case (.card, .approved?):
      guard let from = stored.file.stated.day(.from), let until = stored.file.stated.day(.until) else {
        throw LetterForm.notNow
      }
      return ChaperoneCard(number: number, from: from, until: until)
    case (.suspension, .suspended?):
      guard let decision = stored.file.decisions.last(where: { $0.act == .suspend }) else { throw LetterForm.notNow }
      return ChaperoneSuspensionLetter(number: number, on: decision.on)
    default: throw LetterForm.notNow
    }
  }
}

extension LetterForm {
  /// The case is not in a state for the letter.
  static var notNow: Problem {
    .conflict("no-such-letter", "This letter is not for the current state of the case")
  }

  /// - Throws: `Problem` invalid when none is given.
  func answerDay() throws(Problem) -> Day {
    guard let answerBy else { throw .invalid([.init("/answerBy", "is required for this letter")]) }
    return answerBy
  }
}

extension RuleRow {
  init(_ breach: RuleBreach) { self.init(id: breach.rule, words: breach.words, fix: breach.fix) }
}
