import Foundation
import Rulebook
import TestKit
import Testing

@testable import LicensingDomain

/// The tables of children in performances.
@Suite("Tables of performances")
struct PerformanceTableTests {
  private struct TablePart: Decodable {
    let start: LocalMoment
    let end: LocalMoment
    let kind: String?

    func span() throws -> LocalSpan { try #require(LocalSpan(start, end)) }
  }

  private struct TableDay: Decodable {
    let dob: Day
    let arrive: LocalMoment
    let depart: LocalMoment
    let parts: [TablePart]?
    let breaks: [TablePart]?
    let isHomeOrSchool: Bool?
    let isNightWorkPermitted: Bool?

    enum CodingKeys: String, CodingKey {
      case dob, arrive, depart, parts, breaks
      case isHomeOrSchool = "place_is_home_or_school"
      case isNightWorkPermitted = "night_work_permitted"
    }

    func times() throws -> PerformanceDay.Times {
      var times = PerformanceDay.Times(
        dateOfBirth: dob, atPlace: try #require(LocalSpan(arrive, depart)),
        parts: try (parts ?? []).map {
          .init(try #require(PerformanceDay.Part.Kind(rawValue: $0.kind ?? "performance")), try $0.span())
        }, breaks: try (breaks ?? []).map { try $0.span() })
      times.isHomeOrSchool = isHomeOrSchool ?? false
      times.isNightWorkPermitted = isNightWorkPermitted ?? false
      return times
    }
  }

  @Test func day() throws {
    for one in try DecisionTable("performance_cases.json", type: "day").cases {
      let day = PerformanceDay(try one.input(TableDay.self).times())
      #expect(
        try one.expects([
          "band": day.band.name, "present_minutes": day.presentMinutes, "performing_minutes": day.performingMinutes,
          "compliant": day.violations.isEmpty, "violations": day.violations.map(\.rawValue),
        ]), "\(one.id)")
    }
  }

  private struct Schedule: Decodable {
    struct Row: Decodable {
      let attendance: PerformanceSchedule.Attendance

      init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        let (arrive, depart) = (try row.decode(LocalMoment.self), try row.decode(LocalMoment.self))
        attendance = .init(
          try #require(LocalSpan(arrive, depart)), isNightWork: try row.decode(Bool.self))
      }
    }
    let days: [Row]
  }

  @Test func schedule() throws {
    for one in try DecisionTable("performance_cases.json", type: "schedule").cases {
      let schedule = PerformanceSchedule(try one.input(Schedule.self).days.map(\.attendance))
      #expect(
        try one.expects([
          "longest_run_days": schedule.longestRun, "rest_minutes": schedule.restMinutes,
          "compliant": schedule.violations.isEmpty, "violations": schedule.violations.map(\.rawValue),
        ]), "\(one.id)")
    }
  }

  private struct Need: Decodable {
    let dob: Day
    let date: Day
    let kind: LicenceNeed.Activity
    let paid: Bool?
    let charge: Bool?
    let licensedPremises: Bool?
    let broadcastOrRecorded: Bool?
    let arrangedBy: String?
    let absenceFromSchool: Bool?
    let priorDates: [Day]?

    enum CodingKeys: String, CodingKey {
      case dob, date, kind, paid, charge
      case licensedPremises = "licensed_premises"
      case broadcastOrRecorded = "broadcast_or_recorded"
      case arrangedBy = "arranged_by"
      case absenceFromSchool = "absence_from_school"
      case priorDates = "prior_performance_dates"
    }

    var question: LicenceNeed.Question {
      var question = LicenceNeed.Question(dateOfBirth: dob, date: date, activity: kind)
      question.arranger = arrangedBy.flatMap { .init(rawValue: $0) } ?? .other
      question.isPaid = paid ?? false
      question.isCharged = charge ?? false
      question.isOnLicensedPremises = licensedPremises ?? false
      question.isBroadcastOrRecorded = broadcastOrRecorded ?? false
      question.isAbsentFromSchool = absenceFromSchool ?? false
      question.earlierDates = Set(priorDates ?? [])
      return question
    }
  }

  @Test func licenceNeeded() throws {
    for one in try DecisionTable("performance_cases.json", type: "licence_needed").cases {
      let need = LicenceNeed(try one.input(Need.self).question)
      var answer: [String: (any Sendable)?] = ["licence_required": need.isRequired, "basis": need.basis.rawValue]
      if let counted = need.earlierDaysCounted { answer["prior_days_counted"] = counted }
      #expect(try one.expects(answer), "\(one.id)")
    }
  }

  private struct Received: Decodable {
    let received: Day
    let firstPerformance: Day

    enum CodingKeys: String, CodingKey {
      case received
      case firstPerformance = "first_performance"
    }
  }

  @Test func timing() throws {
    for one in try DecisionTable("performance_cases.json", type: "timing").cases {
      let input = try one.input(Received.self)
      let timing = LicenceTiming(received: input.received, firstPerformance: input.firstPerformance)
      #expect(
        try one.expects([
          "days_before_first_performance": timing.daysBefore,
          "authority_may_refuse_as_late": timing.mayBeRefusedAsLate,
        ]), "\(one.id)")
    }
  }

  private struct InCharge: Decodable {
    let role: ChaperoneRatio.Role?
    let children: Int
    let ownChildrenOnly: Bool?

    enum CodingKeys: String, CodingKey {
      case role, children
      case ownChildrenOnly = "own_children_only"
    }
  }

  @Test func chaperone() throws {
    for one in try DecisionTable("performance_cases.json", type: "chaperone").cases {
      let input = try one.input(InCharge.self)
      let ratio = ChaperoneRatio(
        input.role ?? .chaperone, children: input.children, areOwn: input.ownChildrenOnly ?? true,
        terms: ChaperoneTerms.england[0].value)
      #expect(
        try one.expects(["max_children": ratio.mostChildren, "compliant": ratio.isCompliant]), "\(one.id)")
    }
  }

  private struct Lessons: Decodable {
    struct Week: Decodable {
      let schoolDays: Int
      let hoursByDay: [Double]

      enum CodingKeys: String, CodingKey {
        case schoolDays = "school_days"
        case hoursByDay = "hours_by_day"
      }
    }
    let weeks: [Week]
  }

  @Test func education() throws {
    for one in try DecisionTable("performance_cases.json", type: "education").cases {
      let weeks = try one.input(Lessons.self).weeks
      let plan = LessonPlan(
        weeks.map { week in
          .init(schoolDays: week.schoolDays, lessons: week.hoursByDay.map { Int(($0 * 60).rounded()) })
        }, under: LessonPlan.Rule.england[0].value)
      #expect(
        try one.expects([
          "required_hours": plan.requiredMinutes / 60, "countable_hours": Double(plan.countableMinutes) / 60,
          "compliant": plan.violations.isEmpty, "violations": plan.violations.sorted().map(\.rawValue),
        ]), "\(one.id)")
    }
  }
}
