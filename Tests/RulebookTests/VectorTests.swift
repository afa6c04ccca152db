import Foundation
import Rulebook
import TestKit
import Testing

@Suite("Decision tables")
struct VectorTests {
  private struct Marks: Decodable {
    let marks: [Mark]?
    let pupils: [[Mark]]?
    let children: [[Mark]]?
    let scheme: String?
    let pa: String?
    let threshold: String?
    let minSessions: Int?

    enum CodingKeys: String, CodingKey {
      case marks, pupils, children, scheme, pa, threshold
      case minSessions = "min_sessions"
    }

    /// A date on which the table's scheme is in force.
    var date: Day { Day(iso: scheme == nil || scheme == "2024" ? "2025-09-15" : "2023-09-15") ?? Day(ordinal: 0) }

    func statistics(_ marks: [Mark]) throws -> Statistics {
      var statistics = Statistics()
      for mark in marks {
        statistics.add(
          try #require(AttendanceCode(mark.code)), count: mark.count, scheme: CodeBook.england.scheme(on: date))
      }
      return statistics
    }
  }

  private struct Mark: Decodable {
    let code: String
    let count: Int

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      code = try list.decode(String.self)
      count = try list.decode(Int.self)
    }
  }

  /// `0.10` as a fraction.
  private static func threshold(_ text: String?, else other: InForce<AbsenceThreshold>?) throws -> AbsenceThreshold {
    guard let text else { return try #require(other).value }
    let decimals = text.split(separator: ".").dropFirst().first ?? ""
    let outOf = decimals.reduce(1) { result, _ in result * 10 }
    return AbsenceThreshold(parts: try #require(Int(text.replacing(".", with: ""))), outOf: outOf)
  }

  @Test func statisticsOfAPupil() throws {
    for row in try DecisionTable("statistics_cases.json", type: "pupil").cases {
      let input: Marks = try row.input()
      let s = try input.statistics(input.marks ?? [])
      let persistent = try Self.threshold(input.pa, else: AbsenceThreshold.persistent.inForce(on: input.date))
      let severe = try #require(AbsenceThreshold.severe.inForce(on: input.date)).value
      let answer: [String: (any Sendable)?] = [
        "possible": s.possible, "in_school": s.attending, "approved_activity": s.approvedActivity,
        "present": s.present, "authorised": s.authorised, "unauthorised": s.unauthorised, "absent": s.absent,
        "not_possible": s.notPossible, "not_collected": s.notCollected, "late_before_close": s.lateBeforeClose,
        "late_after_close": s.lateAfterClose, "attendance_pct": s.attendancePercent,
        "absence_pct": s.absencePercent, "authorised_pct": s.authorisedPercent,
        "unauthorised_pct": s.unauthorisedPercent, "persistently_absent": s.meets(persistent),
        "severely_absent": s.meets(severe),
      ]
      #expect(try row.expects(answer), "\(row.id)")
    }
  }

  @Test func statisticsOfAGroup() throws {
    for row in try DecisionTable("statistics_cases.json", type: "cohort").cases {
      let input: Marks = try row.input()
      let c = CohortStatistics(
        try (input.pupils ?? []).map(input.statistics),
        persistent: try Self.threshold(input.pa, else: AbsenceThreshold.persistent.inForce(on: input.date)),
        severe: try #require(AbsenceThreshold.severe.inForce(on: input.date)).value)
      let answer: [String: (any Sendable)?] = [
        "enrolments_counted": c.counted, "possible": c.total.possible, "attendance_pct": c.total.attendancePercent,
        "absence_pct": c.total.absencePercent, "pa_count": c.persistent, "pa_rate_pct": c.persistentPercent,
        "sa_count": c.severe, "sa_rate_pct": c.severePercent,
      ]
      #expect(try row.expects(answer), "\(row.id)")
    }
  }

  @Test func childrenInCare() throws {
    for row in try DecisionTable("statistics_cases.json", type: "care").cases {
      let input: Marks = try row.input()
      let children = try (input.children ?? []).map(input.statistics)
      let threshold = try Self.threshold(input.threshold ?? "0.95", else: nil)
      let headline = CareIndicator(children, threshold: threshold, minimumSessions: 0)
      let adjusted = CareIndicator(children, threshold: threshold, minimumSessions: input.minSessions ?? 0)
      let answer: [String: (any Sendable)?] = [
        "children_counted": headline.counted, "above_threshold": headline.above, "headline_pct": headline.percent,
        "adjusted_children_counted": adjusted.counted, "adjusted_above_threshold": adjusted.above,
        "adjusted_pct": adjusted.percent,
        "each_attendance_pct": children.map { $0.attendancePercent.map { .some($0) } ?? nil } as [String?],
      ]
      #expect(try row.expects(answer), "\(row.id)")
    }
  }

  private struct Birth: Decodable {
    let dateOfBirth: Day
    let on: Day?

    enum CodingKeys: String, CodingKey {
      case on
      case dateOfBirth = "date_of_birth"
    }
  }

  @Test func compulsorySchoolAge() throws {
    for row in try DecisionTable("compulsory_school_age_cases.json").cases {
      let input: Birth = try row.input()
      let span = CompulsorySchoolAge.span(dateOfBirth: input.dateOfBirth)
      let answer: [String: (any Sendable)?] =
        if let on = input.on {
          ["compulsory_school_age": CompulsorySchoolAge.isCompulsory(dateOfBirth: input.dateOfBirth, on: on)]
        } else {
          ["start": span.start.iso, "last_day": span.lastDay.iso]
        }
      #expect(try row.expects(answer), "\(row.id)")
    }
  }

  private struct Deadline: Decodable {
    let calendar: TableCalendar?
    let sessionDate, firstDay, leaveLastDay, entered: Day?

    /// The calendar of the case.
    func required() throws -> SchoolCalendar { try #require(calendar).calendar }

    enum CodingKeys: String, CodingKey {
      case calendar, entered
      case sessionDate = "session_date"
      case firstDay = "first_day"
      case leaveLastDay = "leave_last_day"
    }
  }

  /// The clocks of returns, each kind by the function that the programs use.
  @Test(arguments: ["n_to_o", "new_pupil_return", "continuous_absence", "leave_not_returned"])
  func returnClocks(type: String) throws {
    for row in try DecisionTable("deadline_cases.json", type: type).cases {
      let input: Deadline = try row.input()
      let answer: [String: (any Sendable)?] =
        switch type {
        case "n_to_o":
          [
            "amend_by": ReturnClocks.amendReasonBy(
              session: try #require(input.sessionDate), calendar: try input.required())?.iso
          ]
        case "new_pupil_return":
          ["due_by": ReturnClocks.newPupilReturnDue(entered: try #require(input.entered)).iso]
        case "continuous_absence":
          [
            "tenth_school_day": ReturnClocks.continuous(
              10, from: try #require(input.firstDay), calendar: try input.required())?.iso,
            "twentieth_school_day": ReturnClocks.continuous(
              20, from: try #require(input.firstDay), calendar: try input.required())?.iso,
          ]
        default:
          [
            "tenth_school_day_after_leave": ReturnClocks.notReturned(
              leaveLastDay: try #require(input.leaveLastDay), calendar: try input.required())?.iso
          ]
        }
      #expect(try row.expects(answer), "\(row.id)")
    }
  }

  /// The kinds that a program answers, each in a test of its own, by table; `nil` is a table of one kind.
  private static let coded: [String: Set<String?>] = [
    "statistics_cases.json": ["pupil", "cohort", "care"], "penalty_notice_threshold_cases.json": [nil],
    "compulsory_school_age_cases.json": ["span", "on_date"],
    "deadline_cases.json": ["n_to_o", "new_pupil_return", "continuous_absence", "leave_not_returned"],
    "cme_cases.json": ["sickness_return", "ten_day_run", "part_time"],
  ]

  /// Prints every kind of every table with its count, and whether a program answers it yet.
  @Test func kindsOfTheTables() throws {
    let tables = [
      "casework_cases.json", "child_employment_cases.json", "cme_cases.json", "compulsory_school_age_cases.json",
      "deadline_cases.json", "enforcement_cases.json", "licensing_cases.json",
      "penalty_notice_threshold_cases.json", "performance_cases.json", "statistics_cases.json",
    ]
    for name in tables {
      let kinds = Dictionary(grouping: try DecisionTable(name).cases, by: \.type).mapValues(\.count)
      let coded = Self.coded[name] ?? []
      for (kind, count) in kinds.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
        print("\(name) \(kind ?? "(one kind)"): \(count)\(coded.contains(kind) ? "" : ", no program answers it yet")")
      }
      #expect(coded.isSubset(of: Set(kinds.keys)), "\(name) has every kind that is coded")
    }
  }

  private struct CodeTable: Decodable {
    struct Code: Decodable {
      let code, statisticalClass: String
      let meaning, session, ageRule, whoOrWhen: String?
      let possibleSession, countsAsPresent, countsAsAbsent, penaltyNoticeThreshold: Bool?
      let attendanceReturn, sicknessReturn: Bool?
      let validFrom, validTo: Day?
      let importLater: String?

      enum CodingKeys: String, CodingKey {
        case code, meaning, session
        case statisticalClass = "statistical_class"
        case ageRule = "age_rule"
        case whoOrWhen = "who_or_when"
        case possibleSession = "possible_session"
        case countsAsPresent = "counts_as_present"
        case countsAsAbsent = "counts_as_absent"
        case penaltyNoticeThreshold = "penalty_notice_threshold"
        case attendanceReturn = "attendance_return"
        case sicknessReturn = "sickness_return"
        case validFrom = "valid_from"
        case validTo = "valid_to"
        case importLater = "import_on_or_after_2024_08_19"
      }
    }
    struct Token: Decodable { let token, treatment: String }

    enum CodingKeys: String, CodingKey {
      case codes
      case legacyCodes = "legacy_codes"
      case importTokens = "import_tokens"
    }
    let codes, legacyCodes: [Code]
    let importTokens: [Token]
  }

  @Test func attendanceCodes() throws {
    let table = try JSONDecoder().decode(
      CodeTable.self, from: Data(contentsOf: DecisionTable.url("attendance_codes.json")))
    print("attendance_codes.json: \(table.codes.count + table.legacyCodes.count) codes")
    let changed = try #require(Day(iso: "2024-08-19"))
    let eve = changed.adding(days: -1)
    let (now, before) = (CodeBook.england.scheme(on: changed), CodeBook.england.scheme(on: eve))
    #expect(now.rules.map(\.code.text) == table.codes.map(\.code))
    for row in table.codes {
      let code = try #require(AttendanceCode(row.code))
      let rule = try #require(now.rule(for: code))
      #expect(rule.meaning == row.meaning && rule.statisticalClass.rawValue == row.statisticalClass, "\(row.code)")
      #expect((rule.session?.rawValue ?? "any") == row.session && rule.ageRule.rawValue == row.ageRule, "\(row.code)")
      #expect(rule.whoOrWhen == row.whoOrWhen && rule.possibleSession == row.possibleSession, "\(row.code)")
      #expect(rule.countsAsPresent == row.countsAsPresent, "\(row.code)")
      #expect(rule.countsAsAbsent == row.countsAsAbsent, "\(row.code)")
      #expect(rule.countsTowardPenaltyNotice == row.penaltyNoticeThreshold, "\(row.code)")
      #expect(
        rule.attendanceReturn == row.attendanceReturn && rule.sicknessReturn == row.sicknessReturn, "\(row.code)")
      let validity = CodeBook.england.validity(of: rule, on: changed)
      #expect(validity.from == row.validFrom && validity.to == row.validTo, "\(row.code)")
    }
    #expect(Set(before.rules.map(\.code.text)) == Set(table.legacyCodes.map(\.code)))
    for row in table.legacyCodes {
      let code = try #require(AttendanceCode(row.code))
      #expect(before.rule(for: code)?.statisticalClass.rawValue == row.statisticalClass, "\(row.code)")
      #expect(before.rule(for: code).map { CodeBook.england.validity(of: $0, on: eve).to } == row.validTo)
      let session = code.text == "\\" ? Session.pm : .am
      let later = CodeBook.england.decide(token: row.code, on: changed, session: session)
      switch try #require(row.importLater) {
      case "same code": #expect(later == .accept(code), "\(row.code)")
      case "reject": #expect(later == .reject(reason: "code-no-longer-in-force"))
      case let text where text.hasPrefix("map to J1"):
        guard case .acceptFlagged(let mapped, _) = later else {
          Issue.record("\(row.code) is not mapped")
          continue
        }
        #expect(mapped.text == "J1")
      case let text where text.hasPrefix("quarantine"):
        guard case .quarantine(_, .some) = later else {
          Issue.record("\(row.code) is not quarantined with a suggestion")
          continue
        }
      default: Issue.record("no expectation for \(row.code)")
      }
    }
    for row in table.importTokens {
      let decision = CodeBook.england.decide(token: row.token, on: try #require(Day(iso: "2025-09-15")), session: .am)
      if row.treatment.hasPrefix("quarantine") {
        guard case .quarantine = decision else {
          Issue.record("\(row.token) is not quarantined")
          continue
        }
      } else {
        #expect(decision == .missing)
      }
    }
  }
}
