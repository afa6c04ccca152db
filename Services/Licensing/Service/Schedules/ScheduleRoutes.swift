import CaseKit
import Foundation
import HTTPTypes
import LicensingDomain
import Messaging
import NIOCore
import RollCopy
import Rulebook
import Schemas
import SchoolFiles
import ServiceKit

extension AuditAction {
  static let scheduleChecked = AuditAction("licensing.schedule.checked")
  static let daysRead = AuditAction("licensing.days.read")
}

/// A rule that a day breaks, its source, where, and what would be lawful instead.
struct BreachLine: Codable, Sendable {
  let rule, words, instead, source: String
  let on: Day
  let from, to: LocalMoment?

  init(_ breach: PerformanceBreach) {
    (rule, words, instead) = (breach.rule.rawValue, breach.rule.words, breach.instead)
    (on, from, to) = (breach.on, breach.at?.start, breach.at?.end)
    source = PerformanceTerms.england.source(on: on)
  }
}

/// One child's day in the table, with its picture.
struct DayLine: Codable, Sendable {
  let arrives, leaves: LocalMoment
  /// In minutes that pass.
  let presentMinutes, performingMinutes: Int
  let breaches: [BreachLine]
  /// SVG; absent for days that keep the rules, unless all were asked for, and beyond the most of one answer.
  let picture: String?

  init(_ day: PerformanceDay, _ breaches: [PerformanceBreach], isPictured: Bool) {
    (arrives, leaves) = (day.times.atPlace.start, day.times.atPlace.end)
    (presentMinutes, performingMinutes) = (day.presentMinutes, day.performingMinutes)
    self.breaches = breaches.map(BreachLine.init)
    picture = isPictured ? DayPicture(day, breaches).svg : nil
  }
}

/// A child's days as a table with pictures.
struct DayTable {
  /// The most pictures of one answer.
  static let mostPictures = 400

  private(set) var picturesLeftOut = 0
  private var pictures = 0

  mutating func lines(of schedule: ChildSchedule, all: Bool) -> [DayLine] {
    let byDay = Dictionary(grouping: schedule.breaches, by: \.on)
    return schedule.days.map { day in
      let breaches = byDay[day.times.atPlace.start.day] ?? []
      let isWanted = all || !breaches.isEmpty
      let isPictured = isWanted && pictures < Self.mostPictures
      if isPictured { pictures += 1 } else if isWanted { picturesLeftOut += 1 }
      return DayLine(day, breaches, isPictured: isPictured)
    }
  }
}

/// A whole production's schedule, checked before anybody applies: nothing of it is kept.
struct ScheduleRoutes: Sendable {
  let transactions: Transactions

  struct Form: Codable, Sendable {
    let rows: [ScheduleRow]
  }

  struct Child: Codable, Sendable {
    /// The production's own reference.
    let who: String
    /// Over all days.
    let breaches: Int
    let days: [DayLine]
  }

  struct Refused: Codable, Sendable {
    /// The row of the file, from 1; in JSON and in a calendar the place in the list.
    let row: Int
    let reason, detail, fix: String
  }

  struct Answer: Codable, Sendable {
    let children: [Child]
    /// Where nobody, or too few, or somebody who is not approved is in charge.
    let care: [BreachLine]
    /// Rows that were not taken; the rest was checked without them.
    let refused: [Refused]
    /// Days whose picture is left out because there are too many.
    let picturesLeftOut: Int
  }

  private static let policy = Policy.roles(.licensingOfficer, .manager, reach: .wholeAuthority)
  private static let calendar = "text/calendar"
  private static let pictures = QueryParameter<Bool>(
    "pictures", .oneOf(["breaches", "all"]), "Which days have a picture: those with a breach, or all.",
    { ["breaches": false, "all": true][$0] }
  ).or(false)
  private static let bodyBytes = 16 << 20

  func add(to router: ServiceRouter) {
    router.askByFile(
      "/schedules/check", Self.policy,
      "What the rules say of a production's schedule: a table and pictures of each child's days",
      query: [
        Self.pictures.about
      ], json: Form.self, mediaTypes: ["text/csv", Self.calendar], upTo: Self.bodyBytes,
      bounds: JSONBounds(values: ScheduleRow.mostRows * 7), check)
  }

  private func check(_ call: Call, _ sent: Upload) async throws -> Answer {
    let all = try call[Self.pictures]
    let file = try Self.read(sent)
    let chaperones = Schedule.chaperones(in: file)
    let approvals = try await transactions.write(by: call.caller) { unit in
      try unit.audit(.scheduleChecked, of: .all)
      return try chaperones.reduce(into: [String: DayRange]()) {
        $0[$1] = try Parties.approval(ofChaperone: $1, in: unit.db)
      }
    }
    let schedule = Schedule(file, approvals: approvals)
    var table = DayTable()
    let children = schedule.children.map { child in
      Child(
        who: child.who, breaches: child.schedule.breaches.count, days: table.lines(of: child.schedule, all: all))
    }
    return Answer(
      children: children, care: schedule.care.map(BreachLine.init),
      refused: schedule.refused.map {
        Refused(row: $0.number, reason: $0.fault.rawValue, detail: $0.fault.detail, fix: $0.fault.fix)
      }, picturesLeftOut: table.picturesLeftOut)
  }

  private static func read(_ sent: Upload) throws(Problem) -> ScheduleFile {
    let bytes = Array(sent.bytes.readableBytesView)
    let file: ScheduleFile
    switch sent.mediaType {
    case "application/json": file = ScheduleFile(try decodeJSON(Form.self, from: Data(bytes)).rows)
    case calendar: file = try taking { () throws(ScheduleFileError) in try ScheduleCalendar.read(bytes) }
    case let type where TextFile.csvMediaTypes.contains(type):
      file = try taking { () throws(ScheduleFileError) in try ScheduleCSV.read(bytes) }
    default:
      throw Problem(
        "unsupported-media-type", "A schedule comes as text/csv, text/calendar or application/json",
        .unsupportedMediaType)
    }
    var faults = Problem.Faults()
    faults.require(
      file.received <= ScheduleRow.mostRows, "/rows", "must be at most \(ScheduleRow.mostRows)")
    faults.require(
      Set(file.rows.lazy.map(\.row.who)).count <= ScheduleRow.mostChildren, "/rows",
      "must be of at most \(ScheduleRow.mostChildren) children, parents and chaperones")
    try faults.refuse()
    return file
  }

  private static func taking(_ read: () throws(ScheduleFileError) -> ScheduleFile) throws(Problem) -> ScheduleFile {
    do throws(ScheduleFileError) { return try read() } catch { throw Problem(error) }
  }
}

/// The days of an application, each with its picture and what would be lawful instead.
struct LicenceDayRoutes: Sendable {
  let transactions: Transactions

  struct Answer: Codable, Sendable {
    let id: String
    let days: [DayLine]
    let picturesLeftOut: Int
  }

  private static let policy = Policy.roles(.licensingOfficer, .manager, reach: .ownRecords)
  private static let id = About.Parameter("id", .string(pattern: "^c[1-9][0-9]*$"), "The case's identifier.")

  func add(to router: ServiceRouter) {
    router.read(
      "/performance-licences/{id}/days", Self.policy,
      "The days of an application as it counts, with pictures and what would be lawful instead", path: [Self.id], days)
  }

  private func days(_ call: Call) async throws -> Answer {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      guard let stored = try Cases<PerformanceLicence>.find(id, in: unit.db), unit.caller.maySee(stored.school),
        let (_, application) = try ApplicationBook.current(LicenceApplication.self, of: stored.number, in: unit.db),
        let birth = try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth
      else { throw Problem.notFound("Application") }
      try unit.audit(.daysRead, of: stored.audited, ["case": stored.id])
      var table = DayTable()
      let lines = table.lines(of: application.schedule(dateOfBirth: birth), all: true)
      return Answer(id: stored.id, days: lines, picturesLeftOut: table.picturesLeftOut)
    }
  }
}

extension Problem {
  fileprivate init(_ error: ScheduleFileError) {
    switch error {
    case .notAFile(let detail): self = .invalid([.init("", "is no schedule: \(detail)")])
    case .missingColumns(let names): self = .invalid([.init("", "lacks the columns \(names.joined(separator: ", "))")])
    case .tooManyRows: self = .invalid([.init("", "must have at most \(ScheduleRow.mostRows) rows")])
    }
  }
}
