import CaseFlow
import CaseKit
import GRDB
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
    case (.hours, .granted):
      guard let birth = try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth else { throw LetterForm.notNow }
      return WorkPermitHoursLetter(
        child: form.child ?? "", hours: Self.rows(of: application), from: application.starts,
        until: application.until(dateOfBirth: birth))
    case (.decision, .refused?), (.decision, .revoked?), (.decision, .suspended?), (.decision, .granted?):
      guard let decision = stored.file.decisions.last else { throw LetterForm.notNow }
      let ground = decision.grounds.text(.ground)
      let rules = try form.rules(beside: check.breaches, on: decision.on)
      guard ground != WorkPermit.unlawful || !rules.isEmpty else {
        throw LetterError.missing(particular: "rules", source: "Children and Young Persons Act 1933 s18")
      }
      return WorkPermitDecisionLetter(
        decision: WorkPermit.flow.rule(of: decision.act)?.title.lowercased() ?? "", child: form.child ?? "",
        employer: employer, ground: ground.map(LetterForm.words), rules: rules, on: decision.on)
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
      hours: Self.rows(of: application),
      limits: rules.inWords(age: unit.today.age(bornOn: birth)).map { TimesRow(when: $0.what, times: $0.limit) },
      byelaws: rules.byelaws ?? rules.source,
      authority: LocalAuthorities.name(of: application.authority, on: unit.today),
      from: application.starts, until: application.until(dateOfBirth: birth))
  }

  private static func rows(of application: PermitApplication) -> [TimesRow] {
    rows(application.termTime, "school weeks") + rows(application.holidays, "holidays")
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
      let hasPhotograph =
        try Bool.fetchOne(
          unit.db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM upload WHERE case_number = ?)"),
          arguments: [stored.number]) ?? false
      guard hasPhotograph else { throw LetterError.missing(particular: "photograph", source: ChaperoneCard.source) }
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

extension LetterForm {
  /// The rules that the check finds and those that the officer names.
  ///
  /// - Parameter day: that of the decision, by whose law a rule's source is named.
  /// - Throws: `Problem` invalid for what is no rule.
  func rules(beside breaches: [RuleBreach], on day: Day) throws(Problem) -> [RuleRow] {
    var rows = breaches.map(RuleRow.init)
    for id in (rules ?? []).prefix(Self.mostRules) where !rows.contains(where: { $0.id == id }) {
      if let rule = WorkRule(rawValue: id) {
        rows.append(RuleRow(id: id, words: rule.words, fix: rule.fix, source: EmploymentRegime.england.source(on: day)))
      } else if let rule = PerformanceRule(rawValue: id) {
        rows.append(RuleRow(id: id, words: rule.words, fix: rule.fix, source: PerformanceTerms.england.source(on: day)))
      } else {
        throw .invalid([.init("/rules", "must be ids of rules")])
      }
    }
    return rows
  }

  private static let mostRules = 40

  /// A ground as letters write it.
  static func words(_ ground: String) -> String { ground.replacing("-", with: " ") }
}

extension LocalAuthorities {
  /// What an authority is called on a day; its number where nobody knows it.
  static func name(of code: String, on day: Day) -> String {
    (try? AuthorityCode(code)).flatMap { authority($0, on: day)?.name } ?? "authority \(code)"
  }
}

extension RuleRow {
  init(_ breach: RuleBreach) { self.init(id: breach.rule, words: breach.words, fix: breach.fix, source: breach.source) }
}
