public import Rulebook
import SchoolFiles

/// Why a mark was not applied as it was sent, and what the school can do. Names the column at fault, and of its values
/// only dates and codes, which are nobody's.
public struct MarkReason: Hashable, Sendable {
  /// What becomes of the row.
  public enum Disposition: Sendable { case quarantined, rejected, noted }

  public let fault: Fault
  public let disposition: Disposition

  /// Stable; one for each kind of reason.
  public var slug: String { fault.reason }
  /// The column at fault; `nil` when it is the row as a whole.
  public var column: String? { fault.column.isEmpty ? nil : fault.column }

  init(_ slug: String, column: String?, _ detail: String, fix: String, _ disposition: Disposition = .quarantined) {
    fault = Fault(slug, column ?? "", detail, fix)
    self.disposition = disposition
  }
}

/// What is wrong with the pupil number.
extension MarkReason {
  /// The slugs of marks that wait for the roll: they are judged again when it changes.
  public static let waitingForRoll = [
    unknownPupil.slug, unconfirmed.slug, Slug.beforeEnrolment, Slug.afterLeaving, Slug.closedForYearGroup,
  ]
  /// The slugs of marks that wait for the calendar: they are judged again when it changes.
  public static let waitingForCalendar = [
    Slug.noCalendar, Slug.outsideTerms, Slug.betweenTerms, Slug.weekend, Slug.closedDay, Slug.noSuchSession,
    Slug.closedForYearGroup,
  ]

  private enum Slug {
    static let beforeEnrolment = "before-enrolment"
    static let afterLeaving = "after-leaving"
    static let closedForYearGroup = "closed-for-year-group"
    static let noCalendar = "no-calendar"
    static let outsideTerms = "outside-terms"
    static let betweenTerms = "between-terms"
    static let weekend = "weekend"
    static let closedDay = "closed-day"
    static let noSuchSession = "no-such-session"
  }

  static let unknownPupil = MarkReason(
    "unknown-pupil", column: "upn", "No pupil with this pupil number is or was on the school's roll.",
    fix: "Enrol the pupil. The mark is then recorded automatically. Or correct the number.")

  static let unconfirmed = MarkReason(
    "waiting-for-confirmation", column: "upn", "An officer of the authority has not confirmed the pupil's entry yet.",
    fix: "You do not need to do anything. The mark is recorded automatically once the entry is confirmed.")

  /// A text that is not a pupil number.
  static func malformedUPN(_ text: String) -> MarkReason {
    let (detail, fix) = malformedNumber(text)
    return MarkReason("malformed-upn", column: "upn", detail, fix: fix)
  }

  private static func malformedNumber(_ text: String) -> (String, String) {
    let isNumber = !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isNumber || ".,+Ee".contains($0)) }
    if text.isEmpty {
      return (
        "The pupil number is empty.",
        "Put the pupil number in. For a pupil who has none yet, enrol the pupil with a temporary number and use that."
      )
    }
    if isNumber, text.contains(where: { "Ee".contains($0) }) {
      return (
        "A spreadsheet has turned the pupil number into a number such as 8.8E+11: its digits are lost.",
        "Format the column as text in the spreadsheet, put the pupil numbers in again and send the file again."
      )
    }
    if isNumber, text.count == 12 {
      return (
        "The letter at the start of the pupil number is missing.",
        "Put the pupil number in with its letter: one letter and twelve digits."
      )
    }
    return (
      "The pupil number is not a letter followed by twelve digits (the last can be a letter).", "Correct the number."
    )
  }

  static let wrongCheckLetter = MarkReason(
    "wrong-check-letter", column: "upn", "The first letter of the pupil number does not fit its digits.",
    fix: "Correct the number: a digit is wrong, or two are transposed.")

  static func beforeEnrolment(_ day: Day) -> MarkReason {
    MarkReason(
      Slug.beforeEnrolment, column: "date", "The pupil was not yet on the school's roll on \(day.inWords).",
      fix: "Correct the date, or the pupil's first day on roll. The mark is then recorded automatically.")
  }

  static func afterLeaving(_ day: Day) -> MarkReason {
    MarkReason(
      Slug.afterLeaving, column: "date", "The pupil was no longer on the school's roll on \(day.inWords).",
      fix: "Correct the date, or the pupil's last day on roll. The mark is then recorded automatically.")
  }
}

/// What is wrong with the day or the session.
extension MarkReason {
  private static let correctDateOrCalendar =
    "Correct the date, or ask the authority to correct the calendar. The mark is then recorded automatically."

  /// A text that is not a date.
  static func malformedDate(_ text: String) -> MarkReason {
    let fault = DateFault(text)
    return MarkReason("malformed-date", column: "date", fault.detail, fix: fault.fix)
  }

  static let malformedSession = MarkReason(
    "malformed-session", column: "session", "The session is neither AM nor PM.",
    fix: "Write AM or PM, or name a dialect that knows the word; GET /dialects shows each dialect's words.")

  /// A year that no mark of today's registers can have.
  static func implausibleYear(_ day: Day) -> MarkReason {
    MarkReason(
      "implausible-year", column: "date", "The year \(day.year) cannot be right.",
      fix: "Correct the date. This row will not be recorded automatically.")
  }

  static func futureDate(_ day: Day) -> MarkReason {
    MarkReason(
      "future-date", column: "date", "\(day.inWords) is in the future.",
      fix: "Correct the date. If it is right, do nothing: the mark is recorded automatically on that day.")
  }

  static func noCalendar(_ day: Day) -> MarkReason {
    MarkReason(
      Slug.noCalendar, column: "date",
      "The school's calendar for \(SchoolYear(containing: day)) has not been recorded.",
      fix: "Ask the authority to record it. The mark is then recorded automatically.")
  }

  static func weekend(_ day: Day) -> MarkReason {
    MarkReason(
      Slug.weekend, column: "date", "\(day.inWords) is a \(day.weekday == 6 ? "Saturday" : "Sunday").",
      fix:
        "Correct the date. If the school was open, ask the authority to add the day to the calendar. The mark is then recorded automatically."
    )
  }

  static func closedDay(_ day: Day) -> MarkReason {
    MarkReason(
      Slug.closedDay, column: "date", "The school is closed on \(day.inWords).", fix: correctDateOrCalendar)
  }

  static func outsideTerms(_ day: Day) -> MarkReason {
    MarkReason(
      Slug.outsideTerms, column: "date",
      "\(day.inWords) is before the first or after the last term of \(SchoolYear(containing: day)).",
      fix: correctDateOrCalendar)
  }

  /// Half term or holidays.
  static func betweenTerms(_ day: Day, after last: Day, before first: Day) -> MarkReason {
    MarkReason(
      Slug.betweenTerms, column: "date",
      "\(day.inWords) is in half term or holidays: the school breaks up on \(last.inWords) and is back on \(first.inWords).",
      fix: correctDateOrCalendar)
  }

  static func closedForYearGroup(_ day: Day) -> MarkReason {
    MarkReason(
      Slug.closedForYearGroup, column: "date", "The school is closed to the pupil's year group on \(day.inWords).",
      fix: correctDateOrCalendar)
  }

  static func noSuchSession(_ day: Day, _ session: Session) -> MarkReason {
    MarkReason(
      Slug.noSuchSession, column: "session",
      "The school has no \(session == .am ? "morning" : "afternoon") session on \(day.inWords).",
      fix: "Correct the session, or ask the authority to correct the calendar. The mark is then recorded automatically."
    )
  }
}

/// What is wrong with the code, or with the row.
extension MarkReason {
  static func notForCompulsoryAge(_ code: AttendanceCode, _ scheme: CodeScheme) -> MarkReason {
    MarkReason(
      "not-for-compulsory-age", column: "code", "\(code) is for pupils outside compulsory school age only.",
      fix: fix(scheme.words(.partTime, "or"), "where a part-time timetable is agreed"))
  }

  static func onlyForCompulsoryAge(_ code: AttendanceCode, _ scheme: CodeScheme) -> MarkReason {
    MarkReason(
      "only-for-compulsory-age", column: "code", "\(code) is for pupils of compulsory school age only.",
      fix: fix(scheme.words(.nonCompulsoryOnly, "or"), "where the pupil was not required to attend"))
  }

  private static func fix(_ codes: String, _ condition: String) -> String {
    codes.isEmpty ? "Use the code that fits." : "Use \(codes) \(condition), otherwise the code that fits."
  }

  static let conflictingMarks = MarkReason(
    "conflicting-marks", column: nil, "The file has different codes for the same pupil, day and session.",
    fix: "Find out which code is right, and send only that one.")

  static func fault(_ fault: RowFault) -> MarkReason {
    MarkReason(
      fault.reason.rawValue, column: fault.column, fault.reason.detail(fault.column), fix: fault.reason.fix, .rejected)
  }

  /// A code that the rulebook does not accept on a day.
  static func code(
    _ slug: String, _ token: String, _ day: Day, _ session: Session, _ codes: CodeBook, suggestion: String?,
    _ disposition: Disposition
  ) -> MarkReason {
    let name = shown(token)
    let detail =
      switch slug {
      case "wrong-session":
        "\(name ?? "The code") is for the \(session == .am ? "afternoon" : "morning"), and this is a mark of the \(session == .am ? "morning" : "afternoon")."
      case "code-no-longer-in-force":
        "The code\(name.map { " " + $0 } ?? "") ended\(codes.lastDay(ofToken: token, before: day).map { " on \($0.inWords)" } ?? " before this day")."
      case "code-not-yet-in-force":
        "The code\(name.map { " " + $0 } ?? "") is in force \(codes.firstDay(ofToken: token, after: day).map { "from \($0.inWords)" } ?? "from a later day")."
      case "no-attendance-required": "! says only that attendance was not required, and not why."
      default: "\(name ?? "This") is not an attendance code."
      }
    return MarkReason(
      slug, column: "code", detail,
      fix: suggestion.map { "Use \($0)." } ?? "Use a code that is in force on \(day.inWords).", disposition)
  }

  /// The token where it can be a code or what a spreadsheet made of one, and nobody's name.
  private static func shown(_ token: String) -> String? {
    let upper = token.uppercased()
    if ["TRUE", "FALSE", "#N/A", "#REF!", "#NAME?", "#VALUE!"].contains(upper) { return upper }
    guard 1...3 ~= token.utf8.count, token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
    return token.utf8.count < 3 || token.utf8.dropFirst().allSatisfy { 0x30...0x39 ~= $0 } ? token : nil
  }
}

/// Notes: the mark counts, or what stands is kept.
extension MarkReason {
  static let detailMissing = MarkReason(
    "detail-missing", column: "detail",
    "The mark counts, but this code needs the provision or the cause as its detail.",
    fix: "Send the mark's detail as an amendment.", .noted)

  static let detailUnreadable = MarkReason(
    "detail-unreadable", column: "detail",
    "The mark counts, but its detail cannot be read and was left out: it is too long, or has a quotation mark or a control character in it.",
    fix: "Send the mark's detail as an amendment.", .noted)

  static let minutesUnreadable = MarkReason(
    "minutes-unreadable", column: "minutesLate",
    "The mark counts, but the minutes late cannot be read and were left out.",
    fix: "Send whole minutes, from \(MarkLimits.minutesLate.lowerBound) to \(MarkLimits.minutesLate.upperBound).",
    .noted)

  /// A person amended the entry, and a source says another code.
  static func amendedByPerson(said: AttendanceCode, stands: AttendanceCode) -> MarkReason {
    MarkReason(
      "amended-by-person", column: "code",
      "A person amended this entry to \(stands). The row says \(said). The amendment is kept.",
      fix:
        "If \(stands) is right, correct the mark in the system that sent it. If \(said) is right, amend the entry, with the reason.",
      .noted)
  }

  /// A mark that waited, was corrected or discarded by a person, and is sent again as it was.
  static let settledByPerson = MarkReason(
    "settled-by-person", column: nil,
    "This mark was quarantined before, and a person has corrected or discarded it. Their decision is kept.",
    fix: "Correct the mark in the system that sent it.", .noted)

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
  /// The place of the row among those that were read; `nil` for one that could not be.
  var row: Int32?
}

extension MarkFile {
  /// What is to be said of a row.
  func finding(_ index: Int, _ reason: MarkReason) -> RowFinding {
    RowFinding(
      number: rows[index].number, reason: reason, place: places.isEmpty ? nil : Int(places[index]), row: Int32(index))
  }
}
