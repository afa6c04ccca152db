import Contracts
import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

@Suite("National threshold")
struct ThresholdTests {
  private struct Input: Decodable {
    let calendar: TableCalendar
    let dateOfBirth: Day?
    let asOf: Day
    let marks: [[String]]
    let amendments: [[String]]?

    enum CodingKeys: String, CodingKey {
      case calendar, marks, amendments
      case dateOfBirth = "date_of_birth"
      case asOf = "as_of"
    }

    /// The register as it stood at the end of `as_of`.
    func register() throws -> [ProposalGrounds.CountedSession] {
      var register: [String: AttendanceCode] = [:]
      for mark in marks where try #require(Day(iso: mark[0])) <= asOf {
        let code = try #require(AttendanceCode(mark[2]))
        register["\(mark[0]) \(mark[1])"] = code
      }
      for amendment in (amendments ?? []).sorted(by: { $0[3] < $1[3] })
      where try #require(Day(iso: amendment[3])) <= asOf {
        let key = "\(amendment[0]) \(amendment[1])"
        if register[key] != nil { register[key] = AttendanceCode(amendment[2]) }
      }
      return try register.map { key, code in
        let parts = key.split(separator: " ")
        return .init(
          date: try #require(Day(iso: parts[0])), session: try #require(Session(rawValue: String(parts[1]))), code: code
        )
      }
    }
  }

  /// With a table more, each session counts by the codes of its own day.
  @Test func eachSessionCountsByItsOwnTable() throws {
    let change = try #require(Day(iso: "2027-09-01"))
    let (old, new) = (try #require(AttendanceCode("O")), try #require(AttendanceCode("H")))
    let invented = CodeScheme(
      "2027", [CodeRule(new, .unauthorisedAbsence, "invented", traits: [.penaltyNotice, .reasonNotEstablished])])
    let book = CodeBook.england.adding(invented, from: change, source: "invented")
    let calendar = SchoolCalendar(terms: [
      DayRange(first: change.adding(days: -16), last: change.adding(days: 30))
    ])
    func judge(_ before: AttendanceCode, _ after: AttendanceCode, _ codes: CodeBook) -> PenaltyNoticeThreshold.Breach? {
      let sessions = calendar.schoolDays.filter { abs($0 - change) < 4 || $0 == change.adding(days: 5) }.flatMap {
        day in
        Session.allCases.map {
          ProposalGrounds.CountedSession(date: day, session: $0, code: day < change ? before : after)
        }
      }
      return PenaltyNoticeThreshold(calendar: calendar, codes: codes).judge(
        sessions, dateOfBirth: nil, asOf: .init(ordinal: .max)
      ).met
    }
    // Two days before the change and three from it on.
    let met = try #require(judge(old, new, book))
    #expect(met.sessions.count == 10 && met.unresolved == 6)
    #expect(judge(old, old, book) == nil && judge(new, new, book) == nil && judge(old, new, .england) == nil)
    #expect(judge(old, old, .england)?.unresolved == 0)
  }

  @Test func decisionTable() throws {
    for row in try DecisionTable("penalty_notice_threshold_cases.json").cases {
      let input: Input = try row.input()
      let judgement = PenaltyNoticeThreshold(calendar: input.calendar.calendar).judge(
        try input.register(), dateOfBirth: input.dateOfBirth, asOf: input.asOf)
      let answer: [String: (any Sendable)?] = [
        "met": judgement.met != nil, "met_on": judgement.met?.on.iso,
        "sessions_at_met": judgement.met?.sessions.count, "window_first_week": judgement.met?.firstWeek.iso,
        "window_last_week": judgement.met?.lastWeek.iso,
        "current_window_first_week": judgement.currentFirstWeek?.iso,
        "current_window_sessions": judgement.currentSessions, "qualifying_sessions_total": judgement.qualifying,
      ]
      #expect(try row.expects(answer), "\(row.id)")
    }
  }

  /// The same rule worked out the long way: every day, every week of the window, every session.
  private func naive(_ calendar: SchoolCalendar, _ sessions: [ProposalGrounds.CountedSession]) -> Day? {
    let weeks = calendar.schoolWeeks
    return Set(sessions.map(\.date)).sorted().first { day in
      guard let index = weeks.firstIndex(of: day.monday) else { return false }
      let window = Set(weeks[max(0, index - 9)...index])
      return sessions.count { window.contains($0.date.monday) && $0.date <= day } >= 10
    }
  }

  @Test("One session more meets the threshold only with enough sessions from the earliest window of its day on")
  func windowsOfADay() {
    let seed = SeededGenerator.chosenSeed
    let national = ThresholdCase.calendars.map { PenaltyNoticeThreshold(calendar: $0) }
    var met = 0
    for round in 0..<2_000 {
      var random = SeededGenerator(seed: seed, part: UInt64(round))
      var register = ThresholdCase(&random)
      guard register.answer(by: national).met == nil else { continue }
      let place = random.pick(ThresholdCase.places[register.school])
      register.marks[place] = AttendanceCode("O")
      guard register.answer(by: national).met != nil else { continue }
      met += 1
      let threshold = national[register.school]
      let first = threshold.firstDay(ofWindowsWith: place.date)
      #expect(register.marks.keys.count { first <= $0.date } >= threshold.fewestSessions, "seed \(seed), \(round)")
      #expect(first <= place.date)
    }
    #expect(met > 20)
  }

  @Test func agreesWithTheLongWay() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let calendar = SchoolCalendar(
      terms: [
        DayRange(first: try #require(Day(iso: "2025-09-02")), last: try #require(Day(iso: "2025-10-24"))),
        DayRange(first: try #require(Day(iso: "2025-11-03")), last: try #require(Day(iso: "2025-12-19"))),
        DayRange(first: try #require(Day(iso: "2026-01-05")), last: try #require(Day(iso: "2026-03-27"))),
      ])
    let days = calendar.schoolDays
    let code = try #require(AttendanceCode("O"))
    for round in 0..<2_000 {
      let density = Int.random(in: 2...60, using: &random)
      var sessions: [ProposalGrounds.CountedSession] = []
      for day in days {
        for session in Session.allCases where Int.random(in: 0..<100, using: &random) < density {
          sessions.append(.init(date: day, session: session, code: code))
        }
      }
      let judgement = PenaltyNoticeThreshold(calendar: calendar).judge(
        sessions.shuffled(using: &random), dateOfBirth: nil, asOf: days[days.count - 1])
      #expect(judgement.met?.on == naive(calendar, sessions), "seed \(seed), round \(round)")
    }
  }
}

@Suite("Proposals")
struct ProposalTests {
  let calendar: SchoolCalendar
  let start: Day

  init() throws {
    start = try #require(Day(iso: "2026-09-07"))
    calendar = SchoolCalendar(terms: [DayRange(first: start, last: start.adding(days: 90))])
  }

  /// The judgement of so many sessions of a code, two a day from the first school day on.
  func judgement(_ count: Int, _ text: String = "O") throws -> PenaltyNoticeThreshold.Judgement {
    let code = try #require(AttendanceCode(text))
    let days = calendar.schoolDays
    let sessions = (0..<count).map { index in
      ProposalGrounds.CountedSession(date: days[index / 2], session: index % 2 == 0 ? .am : .pm, code: code)
    }
    return PenaltyNoticeThreshold(calendar: calendar).judge(sessions, dateOfBirth: nil, asOf: days[30])
  }

  func breach(_ count: Int, _ text: String = "O") throws -> PenaltyNoticeThreshold.Breach {
    let judgement = try judgement(count, text)
    return try #require(judgement.met)
  }

  @Test func nineProposeNothing() throws { #expect(Proposal.change(nil, try judgement(9)) == nil) }

  @Test func tenPropose() throws {
    guard case .proposed(let grounds) = Proposal.change(nil, try judgement(10)) else {
      Issue.record("no proposal")
      return
    }
    #expect(grounds.sessions.count == 10 && grounds.unresolved == 0)
    #expect(grounds.rule.inForceFrom?.iso == "2024-08-19" && grounds.windowFirstWeek == start)
  }

  @Test func moreSessionsLaterChangeNothing() throws {
    guard case .proposed(let grounds) = Proposal.change(nil, try judgement(10)) else {
      Issue.record("no proposal")
      return
    }
    #expect(Proposal.change(Proposal(state: .open, grounds: grounds), try judgement(14)) == nil)
  }

  @Test func aCorrectionBelowTheThresholdLetsItLapse() throws {
    let open = Proposal(state: .open, grounds: ProposalGrounds(try breach(10)))
    #expect(Proposal.change(open, try judgement(9)) == .lapsed(mostSessions: 9))
  }

  @Test func anotherCountedCodeRevisesIt() throws {
    let open = Proposal(state: .open, grounds: ProposalGrounds(try breach(10, "N")))
    #expect(open.grounds.unresolved == 10)
    #expect(Proposal.change(open, try judgement(10)) == .revised(ProposalGrounds(try breach(10))))
  }

  @Test func aNewBreachAfterALapseIsProposedAnew() throws {
    let grounds = ProposalGrounds(try breach(10))
    let lapsed = Proposal(state: .lapsed, grounds: grounds)
    #expect(Proposal.change(lapsed, try judgement(9)) == nil)
    #expect(Proposal.change(lapsed, try judgement(10)) == .proposed(grounds))
  }
}
