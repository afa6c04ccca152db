import Crypto
import Foundation

/// Something in the audit log that is not as it was written. Its name is what an operator acknowledges: it says what and
/// where, so that a further break never hides behind one that was acknowledged.
public struct AuditBreak: Hashable, Sendable {
  public let name: String

  public init(name: String) { self.name = name }

  /// Entries that were given and are not there.
  static func missing(_ numbers: ClosedRange<Int64>) -> AuditBreak { .init(name: "missing-\(span(numbers))") }
  /// Entries that are not what was written, one behind the other.
  static func changed(_ numbers: ClosedRange<Int64>, digest: Data) -> AuditBreak {
    .init(name: "changed-\(span(numbers))-\(digest.prefix(4).hex)")
  }
  /// Entries under a key that the key file does not hold.
  static func unknownKey(_ key: Int64, from number: Int64) -> AuditBreak { .init(name: "unknown-key-\(key)-\(number)") }
  /// What says where the log ends was taken away, or is not what was written; the log ends at the number.
  static func end(_ number: Int64) -> AuditBreak { .init(name: "end-\(number)") }
  /// The tables gave way: the triggers that hold the log, or the log itself, were taken away before a start.
  static func unprotected(generation: Int64) -> AuditBreak { .init(name: "unprotected-\(generation)") }
  /// Further breaks than are counted one by one.
  static func more(than count: Int) -> AuditBreak { .init(name: "more-than-\(count)") }
  /// An entry is not the one that was published, or that a reader of the events holds.
  public static func contradicted(holder: String, count: Int64, head: String) -> AuditBreak {
    .init(name: "published-\(holder)-\(count)-\(head)")
  }

  private static func span(_ numbers: ClosedRange<Int64>) -> String {
    numbers.count == 1 ? "\(numbers.lowerBound)" : "\(numbers.lowerBound)-\(numbers.upperBound)"
  }
}
