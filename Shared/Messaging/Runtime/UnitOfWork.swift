public import Contracts
import Foundation
public import GRDB
public import Rulebook
public import ServiceKit
public import Store

/// One piece of work inside one transaction: who does it, when, for which request and in which trace; everything that it
/// writes, publishes and puts on record takes effect together or not at all.
///
/// It is in Messaging because it publishes. ``Transactions`` makes one for each write; whatever runs inside the write is
/// handed the unit instead of a database, a caller, a moment and an outbox:
///
/// ```swift
/// let answer = try await transactions.write(by: caller, once: key) { unit in
///   guard let notice = try Notices.find(number, in: unit.db) else { throw Problem.notFound("Notice") }
///   try Notices.withdraw(number, at: unit.at, in: unit.db)
///   try unit.publish(NoticeWithdrawn(notice: notice.id, pupil: notice.pupil), subject: notice.pupil.text)
///   try unit.audit(.noticeWithdrawn, of: notice.pupil)
///   return Answer(notice)
/// }
/// return .remembered(answer)
/// ```
///
/// Reading about a child is a write as well, for the audit log has to say who read:
///
/// ```swift
/// try await transactions.write(by: caller) { unit in
///   try unit.audit(.noticeRead, of: pupil)
///   return try Notices.all(of: pupil, in: unit.db)
/// }
/// ```
public struct UnitOfWork {
  /// Who acts: the caller of a request, or a program (``ServiceKit/Caller/program(_:)``).
  public let caller: Caller
  /// The moment at which the service learns what it writes down. Taken when the write's turn has come and never before
  /// that of a write before, so that what was known at a moment stays so.
  public let at: Timestamp
  /// The date in England by the clock.
  public let today: Day
  /// The W3C trace context that events hand on.
  public let traceparent: String?
  /// The id of the request that the work is for; empty where it is for none.
  public let requestID: String
  /// The transaction.
  public let db: Database

  private let outbox: Outbox
  private let admission: (any Admission)?

  /// A unit of work in a transaction that was begun elsewhere, for example by the intake of an event.
  ///
  /// - Parameter today: the date at the moment when absent.
  public init(
    by caller: Caller, at moment: Timestamp, traceparent: String? = nil, today: Day? = nil, requestID: String = "",
    outbox: Outbox, admission: (any Admission)? = nil, in db: Database
  ) {
    self.caller = caller
    self.at = moment
    self.today = today ?? CivilTime.day(at: moment.date)
    self.traceparent = traceparent
    self.requestID = requestID
    self.outbox = outbox
    self.admission = admission
    self.db = db
  }

  /// The same work as part of another trace: of what one of several causes brought about.
  public func tracing(_ traceparent: String?) -> UnitOfWork {
    UnitOfWork(
      by: caller, at: at, traceparent: traceparent, today: today, requestID: requestID, outbox: outbox,
      admission: admission, in: db)
  }

  /// Appends an event to the outbox; it is sent once the transaction is on disk.
  ///
  /// - Parameters:
  ///   - subject: what the order of events is kept for.
  ///   - occurredAt: when it happened; when it was recorded, if nothing else is known.
  /// - Returns: the event's sequence.
  /// - Throws: `ContractError` when the data cannot be encoded, `DatabaseError`.
  @discardableResult
  public func publish(_ event: some EventData, subject: String, occurredAt: Timestamp? = nil) throws -> Int64 {
    try outbox.append(event, subject: subject, occurredAt: occurredAt, in: self)
  }

  /// Appends an event whose data lies in a log of the service's own.
  ///
  /// - Parameters:
  ///   - row: the log's row, written in the same transaction.
  ///   - bytes: about how long the data is.
  ///   - remains: the data once the row has been disposed of; nothing of a person in it.
  @discardableResult
  public func publish<Data: EventData>(
    _ type: Data.Type, logRow row: Int64, bytes: Int, remains: Data, subject: String
  ) throws -> Int64 {
    try outbox.append(type, logRow: row, bytes: bytes, remains: remains, subject: subject, in: self)
  }

  /// Puts on record that the caller did or read something.
  ///
  /// - Parameters:
  ///   - subject: what it was done to: a child, a school, or `.record("disposal-7")`.
  ///   - facts: counts and opaque identifiers that the entry keeps beside the request's id, for example
  ///     `["removed": 12]`. Nothing of a person.
  /// - Throws: `Problem` not found for a child of whom the caller must not know (``Admission``), `DatabaseError`.
  public func audit(
    _ action: AuditAction, of subject: some AuditSubject,
    _ facts: AuditFacts = [:]
  ) throws {
    let details = (requestID.isEmpty ? [] : [requestID]) + facts.map { "\($0) \($1)" }
    try audit(action, of: subject, words: details.joined(separator: " "))
  }

  /// The same of several, each once and in order.
  public func audit<Subject: AuditSubject & Hashable & Comparable>(
    _ action: AuditAction, ofEach subjects: some Sequence<Subject>
  ) throws {
    for subject in Set(subjects).sorted() { try audit(action, of: subject) }
  }

  /// Adds a row with when, by whom and in which role it is written.
  ///
  /// - Returns: its number.
  @discardableResult
  public func insert(_ table: String, _ columns: ColumnValues) throws -> Int64 {
    try db.insert(table, columns + written)
  }

  /// Adds a row, or changes the one of the same key, with when, by whom and in which role.
  public func put(_ table: String, _ key: ColumnValues, _ columns: ColumnValues) throws {
    try db.put(table, key, columns + written)
  }

  private var written: ColumnValues { ["at_millis": at, "actor": caller.subject, "role": caller.role.rawValue] }

  /// Puts on record what the caller did in the words in which an operator said so; nothing of a person.
  func audit(_ action: AuditAction, of subject: some AuditSubject, words: String) throws {
    if try admission?.hides(subject.text, from: self) == true { throw Problem.notFound("Child") }
    try AuditLog.append(
      AuditLog.Entry(
        at: at.date, actor: caller.subject, role: caller.role.rawValue, action: action.name, subject: subject.text,
        detail: words), in: db)
  }
}

extension UnitOfWork {
  /// The children of whom the caller must not know; lists leave them out. What is about one of them comes on record for
  /// nobody: ``audit(_:of:_:)`` refuses it.
  public var hiddenPupils: [PupilID] { get throws { try admission?.hidden(from: self) ?? [] } }
}

/// Counts and opaque identifiers that an entry of the audit log keeps, each under what it is.
public typealias AuditFacts = KeyValuePairs<String, any CustomStringConvertible>

/// What a caller did, for the audit log: lower-case words with dots between, what it was done to first and the verb last.
///
/// Every area declares its own beside its actions:
///
/// ```swift
/// extension AuditAction {
///   static let noticeWithdrawn = AuditAction("pupil.notice.withdrawn")
/// }
/// ```
public struct AuditAction: Hashable, Sendable {
  /// For example `pupil.entry.read`.
  public let name: String

  public init(_ name: String) { self.name = name }
}

/// What something was done to, for the audit log: an opaque identifier, never a name of a person.
public protocol AuditSubject {
  /// As the log keeps it.
  var text: String { get }
}

extension PupilID: AuditSubject {}
extension PersonID: AuditSubject {}
extension URN: AuditSubject {}

/// A record of the service's own, by its opaque name.
public struct AuditedRecord: AuditSubject {
  public let text: String
}

extension AuditSubject where Self == AuditedRecord {
  /// A record of the service's own, for example `proposal-pn-12`.
  public static func record(_ name: String) -> AuditedRecord { AuditedRecord(text: name) }
  /// Records of every school.
  public static var all: AuditedRecord { AuditedRecord(text: "all") }
}
