import EnforcementDomain
import Letters
import Rulebook
import Testing

@testable import EnforcementService

/// Made-up reminders, returns of money and certificates of attendance.
enum MadeReminders {
  static func certificate(
    _ say: Say, period: DayRange = days("2026-10-05", "2026-10-06"), codes: [String] = ["O", "O", "/", "X"]
  ) throws -> EnforcementLetters.AttendanceCertificate {
    let places = ["2026-10-05", "2026-10-06"].flatMap { iso in [Session.am, .pm].map { (day(iso), $0) } }
    let lines = try zip(places, codes).map { place, code in
      EnforcementLetters.AttendanceCertificate.Line(
        absence: .init(day: place.0, session: place.1, meaning: say("sessionMeaning", "As the register says")),
        code: try #require(AttendanceCode(code)))
    }
    return try .init(
      writer: say.writer, child: say.child, birth: day("2014-05-10"), school: say.school, period: period,
      lines: say.rows("sessions", lines), traits: { CodeBook.england.scheme(on: $1).traits($0) })
  }

  static func payment(
    _ say: Say, due: (sum: Money, by: Day) = (.pounds(80), day("2026-12-21")),
    later: (sum: Money, by: Day)? = (.pounds(160), day("2026-12-28"))
  ) throws -> EnforcementLetters.PaymentReminder {
    try .init(
      writer: say.writer, child: say.child, notice: noticeNumber(), issued: day("2026-11-27"), due: due, later: later)
  }

  static func returned(
    _ say: Say, sum: Int = 80, _ reason: ReturnReason = .double, onNotice: Bool = true
  ) throws -> EnforcementLetters.MoneyReturned {
    try .init(
      writer: say.writer, notice: onNotice ? noticeNumber() : nil, sum: .pounds(sum), returned: day("2026-12-15"),
      reason: reason, how: say("how", "We sent it to the account from which it came."))
  }

  static func order(
    _ say: Say, registerBy: String = "2026-12-01", lastDay: String = "2026-12-15"
  ) throws -> EnforcementLetters.AttendanceOrderReminder {
    try .init(
      writer: say.writer, child: say.child, school: say.school, order: noticeNumber(), ordered: day("2026-11-02"),
      registerBy: day(registerBy), lastDay: day(lastDay),
      fine: .init(for: .attendanceOrder, on: day("2026-12-02")))
  }

  static let samples: [LetterSample] =
    [
      LetterSample(
        "attendance certificate",
        says: [
          "Ann Sample", "10 May 2014", "Half days that could be attended 3", "Half days attended 1",
          "Half days missed without permission 2", "Monday 5 October 2026 Morning O",
        ]
      ) { try certificate($0) },
      LetterSample("reminder to pay", says: ["pay £80", "Monday 21 December 2026", "costs £160, until Monday 28"]) {
        try payment($0)
      },
      LetterSample("last reminder to pay", says: ["pay £160", "Monday 28 December 2026"], omits: ["After that day"]) {
        try payment($0, due: (.pounds(160), day("2026-12-28")), later: nil)
      },
      LetterSample(
        "reminder of an order", says: ["Register Ann Sample by Tuesday 15 December 2026", "level 3", "£1,000"]
      ) { try order($0) },
      LetterSample("money of no notice returned", says: ["we returned £80"], omits: ["penalty notice"]) {
        try returned($0, .unknown, onNotice: false)
      },
    ]
    + ReturnReason.allCases.map { reason in
      LetterSample("money returned: \(reason.rawValue)", says: ["Tuesday 15 December 2026", words(reason)]) {
        try returned($0, reason)
      }
    }

  private static func words(_ reason: ReturnReason) -> String {
    switch reason {
    case .short: "cannot be paid in parts"
    case .late: "came after the last day"
    case .double: "had been paid already"
    case .overpaid: "more than the penalty"
    case .withdrawn: "has been withdrawn"
    case .unknown: "could not tell"
    case .otherAccount: "something else"
    }
  }
}
