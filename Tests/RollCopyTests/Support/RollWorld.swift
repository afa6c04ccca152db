import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import Store
import Synchronization
import TestKit

@testable import RollCopy

/// A program with a table that holds one row a child and one that holds many, on a store of its own.
struct RollWorld: Sendable {
  let store: Store
  let transactions: Transactions
  let path: String
  let handler: RollHandler<Recorder>

  static let programTables = Migration(
    "program 0001",
    sql: """
      CREATE TABLE watched (pupil TEXT PRIMARY KEY, note TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE visit (number INTEGER PRIMARY KEY, pupil TEXT NOT NULL) STRICT;
      CREATE TABLE said (number INTEGER PRIMARY KEY, pupil TEXT NOT NULL) STRICT;
      """)

  init(
    _ detail: RollCopy.Detail = .names, concerns: Bool = false, parents: Bool = false,
    moves: [PupilColumn] = [PupilColumn("watched", onCollision: .replace), PupilColumn("visit")]
  ) throws {
    path = NSTemporaryDirectory() + "roll-\(UUID().uuidString).sqlite"
    store = try Store(
      path: path, owner: "880.test",
      migrations: MessagingSchema.migrations + RollCopy.migrations + [Self.programTables],
      auditKeys: TestAuditKeys.keys)
    transactions = Transactions(
      store: store, outbox: Outbox(service: .enforcement, authority: "880", store: store),
      clock: ManualClock(Date(timeIntervalSince1970: 0)))
    handler = RollHandler(RollCopy(detail, concerns: concerns, parents: parents, moves: moves), Recorder())
  }

  /// Applies an event and returns what the program was told of it.
  @discardableResult
  func apply(_ data: some EventData) async throws -> [RollChange] {
    let event = Event(
      id: "e", source: "/880/registers", type: type(of: data).type.name, subject: "s", time: Timestamp(millis: 0),
      recordedTime: Timestamp(millis: 0), sequence: 1, traceparent: nil, classification: type(of: data).classification,
      data: try data.encoded())
    handler.reader.told.withLock { $0 = [] }
    try await transactions.write(by: .program(.registers)) { [handler] in try handler.handle(event, in: $0) }
    return handler.reader.told.withLock { $0 }
  }

  func write(_ sql: String) async throws { try await store.write { try $0.execute(sql: sql) } }

  func texts(_ sql: String) async throws -> [String] { try await store.read { try String.fetchAll($0, sql: sql) } }

  /// Everything in the file and its write-ahead log.
  func bytes() throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path)) + Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
  }
}

/// Keeps what it is told; what it throws is the test's choice.
final class Recorder: RollReader {
  let handledTypes: Set<String> = [PupilLeft.type.name, MarksErased.type.name]
  let told = Mutex<[RollChange]>([])
  let handled = Mutex<[String]>([])
  /// The identifier that goes of each merge, with how many rows it still had.
  let merging = Mutex<[String]>([])
  let refuses = Mutex(false)

  func handle(_ event: Event, in unit: UnitOfWork) throws {
    handled.withLock { $0.append(event.type) }
  }

  func rollChanged(_ changes: [RollChange], by event: Event, in unit: UnitOfWork) throws {
    if refuses.withLock({ $0 }) { throw PermanentFailure("refused") }
    told.withLock { $0 = changes }
  }

  func willMerge(_ merged: PupilID, into kept: PupilID, by event: Event, in unit: UnitOfWork) throws {
    let visits = "SELECT count(*) FROM visit WHERE pupil = ?"
    let rows = try Int.fetchOne(unit.db, sql: visits, arguments: [merged.text]) ?? 0
    merging.withLock { $0.append("\(merged) \(kept) \(rows)") }
  }
}

/// Made-up schools, children and days.
enum MadeUp {
  static let pupils = (1...6).compactMap { PupilID("p00000000\($0)") }
  static let schools = ["900101", "900102", "900103"].compactMap { try? URN($0) }
  static let given = "Zephyrine"
  static let family = "Quillfeather"
  static let born = Day(ordinal: 15_000)

  static func day(_ offset: Int) -> Day { Day(ordinal: 20_600 + Int32(offset)) }

  static func enrolled(
    _ pupil: PupilID, _ school: URN, number: Int64?, first: Day = day(0), last: Day? = nil, isProtected: Bool = false,
    given: String = MadeUp.given, yearGroup: String? = "8"
  ) -> PupilEnrolled {
    PupilEnrolled(
      pupil: pupil, school: school, upn: nil, givenName: given, familyName: family, dateOfBirth: born,
      yearGroup: yearGroup, yearGroupYear: yearGroup == nil ? nil : SchoolYear(startYear: 2026), enrolledOn: first,
      leftOn: last, addressProtected: isProtected, registration: number)
  }
}
