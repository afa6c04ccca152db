import Contracts
import Crypto
import Foundation
import GRDB
public import ServiceKit
public import ServiceLifecycle
public import Store

/// Prints what was issued, one page at a time, and keeps each PDF with its digest. What a stop interrupts is printed
/// after the next start: a document waits as long as it has no print.
public final class PrintLoop: Service {
  /// Documents cannot be printed.
  static let alarm = "documents-unprinted"
  /// How many are looked up at once.
  private static let batch = 50

  private let store: Store
  private let printer: any DocumentPrinter
  private let clock: any WallClock
  private let alarms: Alarms
  private let every: Duration
  private let nudges = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  /// - Parameter every: how often it looks without being told.
  public init(
    store: Store, printer: any DocumentPrinter = WeasyPrinter(), clock: any WallClock, alarms: Alarms,
    every: Duration = .seconds(60)
  ) {
    self.store = store
    self.printer = printer
    self.clock = clock
    self.alarms = alarms
    self.every = every
  }

  /// Something was issued: called after the commit.
  public func look() { nudges.continuation.yield() }

  public func run() async throws {
    try await cancelWhenGracefulShutdown {
      try await withThrowingDiscardingTaskGroup { group in
        group.addTask {
          while !Task.isCancelled {
            do { try await Task.sleep(for: self.every) } catch { return }
            self.look()
          }
        }
        self.look()
        for await _ in self.nudges.stream {
          do { try await self.printWaiting() } catch is CancellationError { break }
        }
        group.cancelAll()
      }
    }
  }

  /// Prints all that wait, oldest first. One that cannot be printed holds up no other.
  ///
  /// - Throws: `CancellationError`.
  public func printWaiting() async throws {
    var after: Int64 = 0
    var failures: [PrintFailure] = []
    do {
      while case let waiting = try await waiting(after: after), let last = waiting.last {
        for document in waiting {
          do {
            let pdf = Data(try await printer.pdf(of: [UInt8](document.html)))
            try await keep(pdf, of: document.number)
          } catch let failure as PrintFailure {
            failures.append(failure)
          }
        }
        after = last.row
      }
      let reasons = Set(failures.map(\.rawValue)).sorted().joined(separator: ", ")
      alarms.set(Self.alarm, failures.isEmpty ? nil : "\(failures.count) documents cannot be printed: \(reasons)")
    } catch let error as CancellationError {
      throw error
    } catch {
      // The store is full or away: its own alarm says why, and this loop looks again.
      alarms.set(Self.alarm, "the store does not take what was printed")
    }
  }

  private struct Waiting: Sendable {
    let row: Int64
    let number: String
    let html: Data
  }

  private func waiting(after row: Int64) async throws -> [Waiting] {
    try await store.read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT c.rowid AS row, c.number, c.html FROM document_contents c LEFT JOIN document_prints p USING (number)
            WHERE p.number IS NULL AND c.rowid > ? ORDER BY c.rowid LIMIT \(Self.batch)
            """), arguments: [row]
      ).map { Waiting(row: $0["row"], number: $0["number"], html: $0["html"]) }
    }
  }

  private func keep(_ pdf: Data, of number: String) async throws {
    let now = Timestamp(clock.now())
    try await store.write { db in
      // It may have been disposed of meanwhile.
      try db.execute(
        sql: """
          INSERT INTO document_prints (number, pdf, digest, printed_millis)
          SELECT number, ?, ?, ? FROM document_contents WHERE number = ?
          """, arguments: [pdf, Data(SHA256.hash(data: pdf)), now.millis, number])
    }
  }
}
