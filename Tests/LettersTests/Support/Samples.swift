import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import TestKit

@testable import Letters

/// Made-up letters and a store for them.
enum Sample {
  static let today = day(2026, 11, 27)
  static let now = Timestamp(CivilTime.moment(today, minutes: 600))
  static let sender = LetterSender(
    name: "Exampleshire Council", address: ["County Hall", "Exampleton", "EX1 1AA"],
    contacts: ["Telephone 01632 960000"])
  static let mother = Recipient(id: "c1", name: "Mary Sample", address: ["1 High Street", "Exampleton", "EX2 2BB"])
  static let father = Recipient(id: "c2", name: "John Sample", address: ["9 Low Road", "Otherton", "EX3 3CC"])

  static func day(_ year: Int, _ month: Int, _ day: Int) -> Day { Day(year: year, month: month, day: day) ?? today(0) }
  private static func today(_ ordinal: Int32) -> Day { Day(ordinal: ordinal) }

  static func firstContact(child: String = "Ann Sample") throws -> FirstContactLetter {
    FirstContactLetter(
      child: child, school: "Example Primary School",
      writer: .init(name: "Pat Officer", role: "Attendance officer", contact: "01632 960001"),
      figures: try .init(
        first: day(2026, 9, 1), last: day(2026, 11, 20), possible: 110, missed: 17, unauthorised: 9),
      answerBy: day(2026, 12, 11))
  }

  /// A notice posted first class on Friday 27 November 2026.
  static func notice(
    child: String = "Ann Sample", absences: [PenaltyNotice.Absence] = absences, reduced: Bool = true,
    methods: [String] = ["By card at www.example.gov.uk/pay"], provision: String? = nil
  ) throws -> PenaltyNotice {
    try PenaltyNotice(
      child: .init(
        name: child, address: ["1 High Street", "Exampleton"], school: "Example Primary School", provision: provision),
      officer: .init(name: "Les Officer", particulars: "Legal officer, Exampleshire Council"), absences: absences,
      payment: .init(
        received: day(2026, 12, 1), amountPence: 16_000, lastDay: day(2026, 12, 28),
        reduced: reduced ? .init(amountPence: 8_000, lastDay: day(2026, 12, 21)) : nil, methods: methods),
      representations: "Attendance Team, County Hall, Exampleton, EX1 1AA")
  }

  static let absences = (5...9).flatMap { number in
    [Session.am, .pm].map {
      PenaltyNotice.Absence(day: day(2026, 10, number), session: $0, meaning: "Holiday not granted")
    }
  }

  static func documents(_ service: ServiceName = .enforcement) throws -> Documents {
    Documents(
      service: service, authority: try AuthorityCode("880"), sender: sender,
      book: try LetterBook([FirstContactLetter.self, PenaltyNotice.self]))
  }

  static func store(_ path: String = NSTemporaryDirectory() + "letters-\(UUID().uuidString).sqlite") throws -> Store {
    try Store(
      path: path, owner: "880.enforcement",
      migrations: AuditLog.migrations + AuditLog.chainMigrations
        + LettersSchema.migrations, auditKeys: TestAuditKeys.keys)
  }
}

extension Store {
  /// A write by an officer on a day.
  func unit<Value: Sendable>(
    on today: Day = Sample.today, _ work: @Sendable @escaping (UnitOfWork) throws -> Value
  ) async throws -> Value {
    let outbox = Outbox(service: .enforcement, authority: "880", store: self)
    return try await write { db in
      try work(
        UnitOfWork(
          by: Caller(subject: "officer", role: .legalOfficer), at: Sample.now, today: today, outbox: outbox, in: db))
    }
  }
}

/// Prints nothing real: what it returns says what it was given.
struct StubPrinter: DocumentPrinter {
  var failing: @Sendable ([UInt8]) -> PrintFailure? = { _ in nil }

  func pdf(of html: [UInt8]) async throws -> [UInt8] {
    if let failure = failing(html) { throw failure }
    return Array("%PDF-1.7 of \(html.count) bytes".utf8)
  }
}
