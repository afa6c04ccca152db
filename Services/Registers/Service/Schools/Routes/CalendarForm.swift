import Foundation
import RegistersDomain
import Rulebook
import ServiceKit

/// A calendar as callers send and see it.
struct CalendarForm: Codable, Sendable {
  /// The ranges in session; half terms lie between.
  let terms: [DayRange]
  /// Weekdays within terms without sessions.
  let closed: [Day]?
  /// Days with one session only, and which.
  let oneSessionDays: [String: Session]?
  /// Days of staff training (INSET); closed whether they are among the closed days or not.
  let training: [Day]?
  /// Days on which the school is closed to some year groups only.
  let yearGroupClosures: [YearGroupClosure]?
  /// Days on which the school is open although they are a weekend or in no term, for example one Saturday that makes up
  /// for a closed day.
  let additionalDays: [Day]?

  /// The most ranges or days of a calendar.
  private static let mostDays = 400
  /// The most closures to year groups of a calendar.
  private static let mostClosures = 200

  init(_ calendar: SchoolCalendar) {
    terms = calendar.terms
    closed = calendar.closed.subtracting(calendar.training).sorted()
    oneSessionDays = Dictionary(uniqueKeysWithValues: calendar.oneSessionDays.map { ($0.key.iso, $0.value) })
    training = calendar.training.sorted()
    yearGroupClosures = calendar.yearGroupClosures
    additionalDays = calendar.additionalDays.sorted()
  }

  /// The calendar, when everything is right.
  ///
  /// - Throws: `Problem` invalid with everything that is not.
  func checked(_ year: SchoolYear) throws(Problem) -> SchoolCalendar {
    let span = year.days
    var faults: [Fault] = []
    func checkDays(_ days: [Day], _ pointer: String) {
      if days.count > Self.mostDays {
        faults.append(.init(pointer, "must have at most \(Self.mostDays) days"))
      } else if !days.allSatisfy(span.contains) {
        faults.append(.init(pointer, "must be days from 1 August to 31 July of the year"))
      }
    }
    checkDays(closed ?? [], "/closed")
    checkDays(training ?? [], "/training")
    let terms = checkedTerms(span, &faults)
    let oneSession = checkedOneSessionDays(&faults)
    checkDays(Array(oneSession.keys), "/oneSessionDays")
    let closures = checkedClosures(span, &faults)
    checkDays(additionalDays ?? [], "/additionalDays")
    checkAdditionalDays(terms, &faults)
    guard faults.isEmpty else { throw .invalid(faults) }
    return SchoolCalendar(
      terms: terms, closed: Set(closed ?? []), oneSessionDays: oneSession, training: Set(training ?? []),
      yearGroupClosures: closures, additionalDays: Set(additionalDays ?? []))
  }

  /// An additional day is closed without it, and is not said to be closed.
  private func checkAdditionalDays(_ terms: [DayRange], _ faults: inout [Fault]) {
    let isClosed = Set(closed ?? []).union(training ?? [])
    for (place, day) in (additionalDays ?? []).prefix(Self.mostDays).enumerated() {
      let pointer = "/additionalDays/\(place)"
      if isClosed.contains(day) {
        faults.append(
          .init(pointer, "\(day) is also a closed or a training day. Take it out of the one that is wrong."))
      } else if day.weekday <= 5, terms.contains(where: { $0.contains(day) }) {
        faults.append(.init(pointer, "\(day) is a school day already. Take it out, or check the date."))
      }
    }
  }

  private func checkedTerms(_ span: DayRange, _ faults: inout [Fault]) -> [DayRange] {
    let terms = terms.sorted { $0.first < $1.first }
    if terms.isEmpty || terms.count > Self.mostDays {
      faults.append(.init("/terms", "must have 1 to \(Self.mostDays) ranges"))
    }
    if terms.contains(where: { $0.first > $0.last || $0.first < span.first || $0.last > span.last }) {
      faults.append(.init("/terms", "each must end after it begins, within 1 August and 31 July of the year"))
    }
    if zip(terms, terms.dropFirst()).contains(where: { $0.last >= $1.first }) {
      faults.append(.init("/terms", "must not overlap"))
    }
    return terms
  }

  private func checkedOneSessionDays(_ faults: inout [Fault]) -> [Day: Session] {
    var days: [Day: Session] = [:]
    for (text, session) in oneSessionDays ?? [:] {
      guard let day = Day(iso: text) else {
        faults.append(.init("/oneSessionDays", "must be days written YYYY-MM-DD"))
        break
      }
      days[day] = session
    }
    return days
  }

  /// The closures with each year group once, in order. Year groups that do not exist are refused as they are read.
  private func checkedClosures(_ span: DayRange, _ faults: inout [Fault]) -> [YearGroupClosure] {
    let closures = yearGroupClosures ?? []
    guard closures.count <= Self.mostClosures else {
      faults.append(.init("/yearGroupClosures", "must have at most \(Self.mostClosures) closures"))
      return []
    }
    for (place, closure) in closures.enumerated() {
      if closure.yearGroups.isEmpty {
        faults.append(.init("/yearGroupClosures/\(place)/yearGroups", "must have at least one year group"))
      }
      if closure.first > closure.last || !span.contains(closure.first) || !span.contains(closure.last) {
        faults.append(
          .init("/yearGroupClosures/\(place)", "must end after it begins, within 1 August and 31 July of the year"))
      }
    }
    return closures.map {
      YearGroupClosure(yearGroups: Set($0.yearGroups).sorted(), first: $0.first, last: $0.last)
    }
  }
}

/// A school's calendar of one year: what can be put, and what follows from it.
struct CalendarAnswer: Codable, Sendable {
  let school: URN
  /// For example `2026/27`.
  let schoolYear: String
  let calendar: CalendarForm
  /// How many days the school is open, and for how many sessions.
  let schoolDays, sessions: Int

  init(_ calendar: SchoolCalendar, _ year: SchoolYear, of school: URN) {
    self.school = school
    schoolYear = year.label
    self.calendar = CalendarForm(calendar)
    schoolDays = calendar.schoolDays.count
    sessions = calendar.sessions(in: year.days)
  }
}
