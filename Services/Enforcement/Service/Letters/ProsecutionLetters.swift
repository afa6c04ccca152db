import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// Letters of a prosecution: the final warning, the invitation to an interview, the certificate for the head teacher to
/// sign, and the result.
struct ProsecutionLetters: CaseLetters {
  typealias Kind = Prosecution

  struct Interview: Codable, Sendable {
    let child, school: String
    let appointment: LetterForms.Appointment
    let answerBy: Day
  }

  struct Warning: Codable, Sendable {
    let child, school: String
    /// In the period that is charged.
    let figures: LetterForms.Counts
    let meeting: LetterForms.Appointment
    /// The day on which it is decided whether to prosecute.
    let decision: Day
    let changes: [String]
  }

  /// The head teacher is the writer.
  struct Certificate: Codable, Sendable {
    let child, school: String
    let first, last: Day
    /// Every session of the period.
    let register: [LetterForms.Mark]
  }

  struct Result: Codable, Sendable {
    let parent, child, school, court: String
    /// The sentence and each order, with its days.
    let orders: [String]
  }

  let to: [LetterForms.Addressee]
  let writer: LetterWriter
  let interview: Interview?
  let warning: Warning?
  let certificate: Certificate?
  let result: Result?

  static func against(_ stored: StoredCase<Prosecution>, in db: Database) throws -> PersonID? {
    try StoredProsecutions.find(subject: stored.subject, in: db)?.person
  }

  func choices(_ matter: LetterMatter<Prosecution>) -> [LetterChoice] {
    [
      interview.map { form in LetterChoice(readers: [.parent]) { _ in try letter(form, matter) } },
      warning.map { form in LetterChoice(readers: [.parent]) { _ in try letter(form, matter) } },
      certificate.map { form in LetterChoice(readers: [.court, .school]) { _ in try letter(form, matter) } },
      result.map { form in LetterChoice(readers: [.parent, .school]) { try letter(form, $0.reader, matter) } },
    ].compactMap { $0 }
  }

  private func letter(_ form: Interview, _ matter: LetterMatter<Prosecution>) throws -> any Letter {
    try EnforcementLetters.InterviewInvitation(
      writer: writer, child: form.child, school: form.school, period: period(matter),
      appointment: form.appointment.value, answerBy: form.answerBy)
  }

  private func letter(_ form: Warning, _ matter: LetterMatter<Prosecution>) throws -> any Letter {
    let period = try period(matter)
    return try EnforcementLetters.FinalWarning(
      writer: writer, child: form.child, school: form.school,
      figures: form.figures.figures(period.first, period.last), meeting: form.meeting.value, decision: form.decision,
      changes: form.changes)
  }

  private func letter(_ form: Certificate, _ matter: LetterMatter<Prosecution>) throws -> any Letter {
    let codes = matter.desk.notices.judge.codes
    let marks = Dictionary(form.register.map { (RegisterSession($0.date, $0.session), $0.code) }) { first, _ in first }
    for session in try sessions(matter) where marks[session.place] != session.code {
      throw LetterError.contradictory(
        "A session that is charged is not in the certificate with its code.", source: "CP-2")
    }
    return try EnforcementLetters.AttendanceCertificate(
      writer: writer, child: form.child, birth: matter.birth(), school: form.school,
      period: DayRange(first: form.first, last: form.last),
      lines: form.register.map { mark in
        .init(
          absence: .init(
            day: mark.date, session: mark.session,
            meaning: codes.scheme(on: mark.date).rule(for: mark.code)?.meaning ?? mark.code.text), code: mark.code)
      }, traits: { codes.scheme(on: $1).traits($0) })
  }

  private func letter(
    _ form: Result, _ reader: LetterForms.Addressee.Reader, _ matter: LetterMatter<Prosecution>
  ) throws -> any Letter {
    let stated = matter.file.stated
    let offence = try matter.require(stated.text(.offence).flatMap(Offence.init), "the offence")
    let outcome: EnforcementLetters.ProceedingsResult.Outcome? =
      switch matter.file.state {
      case .sentenced, .appealed, .concluded: .convicted
      case .acquitted: .acquitted
      case .withdrawn: .withdrawn
      default: nil
      }
    let sentenced = stated.day(.sentencedOn)
    let appealBy = sentenced.map(CourtClocks.lastDayToAppeal)
    let isAppealable = matter.file.state == .sentenced && appealBy.map { matter.unit.today <= $0 } ?? false
    return try EnforcementLetters.ProceedingsResult(
      writer: writer, reader: reader == .school ? .school : .parent(appealBy: isAppealable ? appealBy : nil),
      parent: form.parent, child: form.child, school: form.school, court: form.court, offence: offence.words,
      decided: outcome == .convicted ? matter.require(sentenced, "the day of the sentence") : matter.unit.today,
      outcome: matter.require(outcome, "a result"), orders: form.orders)
  }

  /// The days that are charged.
  private func period(_ matter: LetterMatter<Prosecution>) throws -> DayRange {
    let days = try sessions(matter).map(\.place.date)
    let first = try matter.require(days.first, "a session that is charged")
    return DayRange(first: first, last: days.last ?? first)
  }

  private func sessions(_ matter: LetterMatter<Prosecution>) throws -> [StoredProsecution.Charged] {
    let prosecution = try matter.require(
      StoredProsecutions.find(subject: matter.stored.subject, in: matter.unit.db), "a prosecution")
    return try StoredProsecutions.sessions(of: prosecution.number, in: matter.unit.db).filter { $0.bar == nil }
  }
}

extension Offence {
  /// As a letter says it.
  var words: String {
    switch self {
    case .irregularAttendance: "Failing to secure regular attendance at school (Education Act 1996, section 444(1))"
    case .knowingly: "Knowingly failing to secure regular attendance at school (Education Act 1996, section 444(1A))"
    case .attendanceOrder: "Not complying with a school attendance order (Education Act 1996, section 443)"
    case .supervisionDirection:
      "Persistently not complying with a direction under an education supervision order (Children Act 1989, Schedule 3)"
    case .parentingOrder: "Not complying with a parenting order (Sentencing Act 2020)"
    }
  }
}
