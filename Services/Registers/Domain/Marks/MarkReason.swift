import Rulebook

/// Why a mark was not applied as it was sent, and what the school can do. Names the column at fault, never its value.
public struct MarkReason: Hashable, Sendable {
  /// What becomes of the row.
  public enum Disposition: Sendable { case quarantined, rejected, noted }

  /// Stable; one for each kind of reason.
  public let slug: String
  /// The column at fault; `nil` when it is the row as a whole.
  public let column: String?
  public let detail: String
  public let fix: String
  public let disposition: Disposition

  init(_ slug: String, column: String?, _ detail: String, fix: String, _ disposition: Disposition = .quarantined) {
    self.slug = slug
    self.column = column
    self.detail = detail
    self.fix = fix
    self.disposition = disposition
  }

  /// The slugs of marks that wait for the roll or the calendar: they are judged again when those change.
  public static let waitingForRoll = [
    unknownPupil.slug, beforeEnrolment.slug, afterLeaving.slug, closedForYearGroup.slug,
  ]
  public static let waitingForCalendar = [
    noCalendar.slug, outsideTerms.slug, betweenTermsSlug, weekend.slug, closedDay.slug, noSuchSession.slug,
    closedForYearGroup.slug,
  ]

  static let unknownPupil = MarkReason(
    "unknown-pupil", column: "upn", "No child with this pupil number is or was on the school's roll.",
    fix: "Enrol the child: the mark then counts by itself. Or correct the number.")
  static let malformedUPN = MarkReason(
    "malformed-upn", column: "upn", "The pupil number is not a letter and twelve characters.",
    fix: "Correct the number.")
  static let wrongCheckLetter = MarkReason(
    "wrong-check-letter", column: "upn", "The pupil number's first letter does not fit its digits.",
    fix: "Correct the number: a digit is wrong or two are exchanged.")
  static let malformedDate = MarkReason(
    "malformed-date", column: "date", "The date is not a day written YYYY-MM-DD, or as the file's dialect writes it.",
    fix: "Write the date like 2026-09-07, or declare the dialect.")
  static let malformedSession = MarkReason(
    "malformed-session", column: "session", "The session is neither AM nor PM.",
    fix: "Write AM or PM, or declare the dialect.")
  static let futureDate = MarkReason(
    "future-date", column: "date", "The date is in the future.",
    fix: "Correct the date; if it is right the mark counts by itself on its day.")
  static let noCalendar = MarkReason(
    "no-calendar", column: "date", "The school's calendar for this school year is not known.",
    fix: "Ask the authority to record it: the mark then counts by itself.")
  static let weekend = MarkReason(
    "weekend", column: "date", "The date is a Saturday or Sunday.", fix: "Correct the date.")
  static let closedDay = MarkReason(
    "closed-day", column: "date", "The school's calendar says that the school is closed on this day.",
    fix: "Correct the date, or ask the authority to correct the calendar.")
  static let outsideTerms = MarkReason(
    "outside-terms", column: "date", "The date is before the first or after the last term of its school year.",
    fix: "Correct the date, or ask the authority to correct the calendar.")
  static let closedForYearGroup = MarkReason(
    "closed-for-year-group", column: "date",
    "The school's calendar says that the school is closed on this day to the child's year group.",
    fix: "Correct the date, or ask the authority to correct the calendar.")
  static let noSuchSession = MarkReason(
    "no-such-session", column: "session", "The school's calendar has only the other session on this day.",
    fix: "Correct the session, or ask the authority to correct the calendar.")
  static let beforeEnrolment = MarkReason(
    "before-enrolment", column: "date", "The child was not yet on the roll on this day.",
    fix: "Correct the date, or the first day on roll.")
  static let afterLeaving = MarkReason(
    "after-leaving", column: "date", "The child was no longer on the roll on this day.",
    fix: "Correct the date, or the last day on roll.")
  static let notForCompulsoryAge = MarkReason(
    "not-for-compulsory-age", column: "code", "The code is for children outside compulsory school age only.",
    fix: "Use C2 where a part-time timetable is agreed, else the code that fits.")
  static let onlyForCompulsoryAge = MarkReason(
    "only-for-compulsory-age", column: "code", "The code is for children of compulsory school age only.",
    fix: "Use X where the child was not required to attend, else the code that fits.")
  static let conflictingMarks = MarkReason(
    "conflicting-marks", column: nil, "The file has different codes for the same child, day and session.",
    fix: "Send the right one alone.")
  static let quarantineFull = MarkReason(
    "quarantine-full", column: nil, "Too many marks of this school wait to be corrected.",
    fix: "Correct those first.", .rejected)
  static let detailMissing = MarkReason(
    "detail-missing", column: "detail", "The mark counts, but this code needs a word on the provision or the cause.",
    fix: "Send the mark's detail as an amendment.", .noted)
  static let detailUnreadable = MarkReason(
    "detail-unreadable", column: "detail",
    "The mark counts, but its detail cannot be read and was left out: it is too long, or has a quotation mark or a control character in it.",
    fix: "Send the mark's detail as an amendment.", .noted)
  static let minutesUnreadable = MarkReason(
    "minutes-unreadable", column: "minutesLate", "The mark counts, but the minutes late are not a number of them.",
    fix: "Send whole minutes within the day.", .noted)

  private static let betweenTermsSlug = "between-terms"

  /// Half term or holidays.
  static func betweenTerms(after last: Day, before first: Day) -> MarkReason {
    MarkReason(
      betweenTermsSlug, column: "date",
      "The school is not in session between \(last) and \(first): half term or holidays.",
      fix: "Correct the date, or ask the authority to correct the calendar.")
  }

  static func fault(_ reason: RowFault.Reason) -> MarkReason {
    MarkReason(reason.rawValue, column: nil, reason.detail, fix: reason.fix, .rejected)
  }

  /// A code that the rulebook does not accept.
  static func code(_ slug: String, suggestion: String?, _ disposition: Disposition) -> MarkReason {
    let detail =
      switch slug {
      case "wrong-session": "The code is for the other session of the day."
      case "code-no-longer-in-force": "The code was not in force on this day any more."
      case "code-not-yet-in-force": "The code was not yet in force on this day."
      case "no-attendance-required": "The code says no more than that attendance was not required."
      default: "This is no attendance code."
      }
    return MarkReason(
      slug, column: "code", detail, fix: suggestion.map { "Use \($0)." } ?? "Use a code in force on the day.",
      disposition)
  }

  /// Accepted as another code than was written.
  static func mapped(_ note: String) -> MarkReason {
    MarkReason("code-mapped", column: "code", note, fix: "Nothing, if that is what was meant.", .noted)
  }
}

/// One row and what was the matter with it.
public struct RowFinding: Hashable, Sendable {
  /// As in ``MarkRow/number``.
  public let number: Int32
  public let reason: MarkReason
  /// The column of the file, from 1, where a row holds several marks.
  public var place: Int?
}
