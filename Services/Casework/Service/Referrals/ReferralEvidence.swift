import CaseworkDomain
import Contracts
import GRDB
import RollCopy
import Rulebook
import Store

/// What a referral is filled in with from the register: the figures of the twelve school weeks before today, with their
/// pattern, and the adults whom registers has.
struct ReferralEvidence: Codable, Sendable {
  /// The possible sessions of one kind, and how many were missed.
  struct Part: Codable, Sendable {
    let name: String
    let possible, missed: Int
  }

  let pupil: PupilID
  let school: URN
  /// Absent where the register has no marks of the window.
  let first, last: Day?
  let figures: Attended?
  let percentage: String?
  /// By weekday, then by half day.
  let pattern: [Part]
  /// Sessions late before and after the register closed.
  let lateBefore, lateAfter: Int
  let adults: [Referral.Adult]
  /// The findings that stand, by their numbers in registers.
  let findings: [String]

  /// - Parameter day: the window ends on the day before.
  init(
    of pupil: PupilID, at school: URN, on day: Day, figures: CaseFigures, in db: Database
  ) throws {
    self.pupil = pupil
    self.school = school
    let weeks = Gain.Rule.standard.value(on: day).weeks
    let window = try Roll.calendar(ofSchool: school, in: db).map {
      FigureWindow(upTo: day.adding(days: -1), weeks: weeks, in: $0)
    }
    let range = window?.range
    first = range?.first
    last = range?.last
    let days = Set(window?.days ?? [])
    let marks = try range.map { try figures.marks(of: pupil, at: school, in: $0, db) } ?? []
    let counted = marks.filter { days.contains($0.date) }
    let attended = Attended(counted, codes: .england)
    self.figures = range == nil ? nil : attended
    percentage = attended.shown
    pattern = Self.pattern(counted)
    let scheme = CodeBook.england
    lateBefore = counted.count { scheme.scheme(on: $0.date).traits($0.code).contains(.lateBeforeClose) }
    lateAfter = counted.count { scheme.scheme(on: $0.date).traits($0.code).contains(.lateAfterClose) }
    adults = try Roll.parents(of: pupil, in: db).filter { !$0.hasEnded }.map {
      Referral.Adult(
        id: $0.id, hasResponsibility: $0.hasParentalResponsibility, canBeReached: $0.isSafeToContact)
    }
    findings = try Findings.standing(for: pupil, in: db)
  }

  private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  private static func pattern(_ marks: [KeptMark]) -> [Part] {
    func part(_ name: String, _ own: [KeptMark]) -> Part? {
      let attended = Attended(own, codes: .england)
      guard attended.possible > 0 else { return nil }
      return Part(name: name, possible: attended.possible, missed: attended.possible - attended.present)
    }
    return weekdays.enumerated().compactMap { place, name in
      part(name, marks.filter { $0.date.weekday == place + 1 })
    } + Session.allCases.compactMap { session in part(session.rawValue, marks.filter { $0.session == session }) }
  }
}
