import Contracts
import Foundation
import GRDB
import Rulebook
import ServiceKit
import SuiteDomain

/// Compares what was accepted with what is in the stores, once everything has stopped.
struct Comparison {
  private let folder: StateFolder
  private let authority: String
  private(set) var findings = Findings()

  init(folder: StateFolder, authority: String) {
    self.folder = folder
    self.authority = authority
  }

  /// Every reader against its source: nothing missing, nothing twice, in order.
  mutating func compareIntakes() throws {
    for program in Programs.all {
      for source in program.reads.map(\.source) {
        let last = try read(source) { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM outbox") } ?? 0
        let topic = source.topic(authority: authority)
        let sequences = try read(program.service) {
          try Int64.fetchAll(
            $0, sql: "SELECT sequence FROM intake_log WHERE source = ? AND outcome <> 'parked' ORDER BY number",
            arguments: [topic])
        }
        findings.compare(sequences: sequences, upTo: last, "\(program.name) reading \(topic)")
      }
    }
  }

  /// The marks that were accepted against the registers: the rows, and the log of entries behind them.
  mutating func compareMarks(_ schools: [SchoolLoad.Accepted]) throws {
    var expected: [String: String] = [:]
    for school in schools {
      for (pupil, child) in school.book.school.pupils.enumerated() {
        for mark in school.marks(of: pupil) {
          expected["\(child.upn) \(mark.day) \(mark.session.rawValue)"] = mark.code.text
        }
      }
    }
    var actual: [String: String] = [:]
    let rows = try read(.registers) {
      try Row.fetchAll(
        $0,
        sql: """
          SELECT pupils.upn, (pupil_years.number & 255) + 1900 AS year, pupil_years.codes FROM pupil_years
          JOIN registrations ON registrations.number = pupil_years.registration
          JOIN pupils ON pupils.number = registrations.pupil
          """)
    }
    for row in rows {
      let first = SchoolYear(startYear: row["year"]).first
      let upn: String = row["upn"]
      for (place, byte) in (row["codes"] as Data).enumerated() {
        guard let code = AttendanceCode(registerByte: byte) else { continue }
        actual["\(upn) \(first.adding(days: place / 2)) \(Session.allCases[place % 2].rawValue)"] = code.text
      }
    }
    findings.compare(expected: expected, actual: actual, "registers")
    let entered = try read(.registers) { try Int.fetchOne($0, sql: "SELECT sum(length(marks)) / 5 FROM entries") } ?? 0
    findings.compare(expected: schools.reduce(0) { $0 + $1.recorded }, actual: entered, "entries in the log")
    let amended = try read(.registers) { try Int.fetchOne($0, sql: "SELECT count(*) FROM amendments") } ?? 0
    findings.compare(expected: schools.reduce(0) { $0 + $1.amended }, actual: amended, "amendments in the log")
  }

  /// Enforcement's sessions and open proposals against what was sent.
  mutating func compareProposals(_ schools: [SchoolLoad.Accepted], identifiers: [[String]]) throws {
    var sessions: [String: String] = [:]
    var proposals: [String: String] = [:]
    for (school, ids) in zip(schools, identifiers) {
      guard let calendar = school.book.school.calendars[school.book.year] else { continue }
      let oracle = ThresholdOracle(calendar: calendar)
      for (pupil, child) in school.book.school.pupils.enumerated() {
        let marks = school.marks(of: pupil)
        for mark in marks where ThresholdOracle.counts(mark.code) {
          sessions["\(ids[pupil]) \(mark.day) \(mark.session.rawValue)"] = mark.code.text
        }
        if let breach = oracle.breach(
          marks, dateOfBirth: child.dateOfBirth, enrolledOn: child.enrolledOn)
        {
          proposals[ids[pupil]] = "\(breach.metOn): \(breach.sessions.joined(separator: ", "))"
        }
      }
    }
    let rows = try read(.enforcement) { try Row.fetchAll($0, sql: "SELECT * FROM counted_session") }
    let actualSessions = rows.map { row -> (String, String) in
      let day = Day(ordinal: row["date"])
      let code = AttendanceCode(registerByte: UInt8(truncatingIfNeeded: row["code"] as Int))
      return ("\(row["pupil"] as String) \(day) \(Session.allCases[row["session"]].rawValue)", code?.text ?? "?")
    }
    findings.compare(
      expected: sessions, actual: Dictionary(actualSessions, uniquingKeysWith: { first, _ in first }),
      "sessions in enforcement")
    let open = try read(.enforcement) {
      try Row.fetchAll($0, sql: "SELECT pupil, grounds FROM proposal WHERE state = 'open'")
    }
    var actual: [String: String] = [:]
    for row in open {
      let grounds = try JSONDecoder().decode(ProposalGrounds.self, from: Data((row["grounds"] as String).utf8))
      let counted = grounds.sessions.map { "\($0.date) \($0.session.rawValue) \($0.code)" }
      actual[row["pupil"]] = "\(grounds.metOn): \(counted.joined(separator: ", "))"
    }
    findings.compare(expected: proposals, actual: actual, "open proposals")
  }

  /// For every event about a proposal and every subscription one message, received in order and disclosed once.
  ///
  /// - Parameter received: by subscription the `webhook-id`s in the order of arrival.
  mutating func compareMessages(received: [String: [String]]) throws {
    let told = [
      PenaltyNoticeProposed.type.name, PenaltyNoticeProposalRevised.type.name, PenaltyNoticeProposalLapsed.type.name,
    ]
    let events =
      try read(.enforcement) {
        try Int.fetchOne(
          $0, sql: "SELECT count(*) FROM outbox WHERE type IN (?, ?, ?)", arguments: StatementArguments(told))
      } ?? 0
    for (subscription, arrivals) in received.sorted(by: { $0.key < $1.key }) {
      let messages = try read(.notifier) {
        try String.fetchAll(
          $0, sql: "SELECT id FROM message WHERE subscription = ? ORDER BY place", arguments: [subscription])
      }
      findings.compare(expected: events, actual: messages.count, "messages of \(subscription)")
      findings.compare(order: messages, arrivals: arrivals, "webhooks of \(subscription)")
    }
    let disclosed = try read(.notifier) {
      try Data.fetchAll($0, sql: "SELECT data FROM outbox WHERE type = ?", arguments: [MessageDisclosed.type.name])
    }
    struct Told: Decodable { let message: String }
    let messages = try disclosed.map { try JSONDecoder().decode(Told.self, from: $0).message }
    findings.compare(expected: events * received.count, actual: messages.count, "disclosures published")
    findings.compare(expected: messages.count, actual: Set(messages).count, "different messages disclosed")
  }

  /// How many events a service wrote.
  func events(of service: ServiceName) throws -> Int {
    try read(service) { try Int.fetchOne($0, sql: "SELECT count(*) FROM outbox") } ?? 0
  }

  private func read<Value>(_ service: ServiceName, _ body: (Database) throws -> Value) throws -> Value {
    var configuration = Configuration()
    configuration.readonly = true
    let path = folder.storePath(authority: authority, service: service.rawValue)
    return try DatabaseQueue(path: path, configuration: configuration).read(body)
  }
}

extension SchoolLoad.Accepted {
  /// The marks of a pupil that were sent, as they stand now, in order.
  fileprivate func marks(of pupil: Int) -> [(day: Day, session: Session, code: AttendanceCode)] {
    book.slots.prefix(slotsSent).compactMap { slot in
      book.code(pupil, slot.day, slot.session).map { (slot.day, slot.session, $0) }
    }
  }
}
