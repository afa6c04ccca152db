/// Where a source's audit log stood when an event was written down: how many entries it had, and the beginning of the last
/// one's code. It says nothing of what is in the log. Who keeps it can say later whether the log was cut or made anew.
public struct AuditAnchor: Hashable, Sendable, CustomStringConvertible {
  /// The number of the last entry, from 1.
  public let count: Int64
  /// The first ``headDigits`` hexadecimal digits of its code, in lower case.
  public let head: String

  /// How many digits of the code travel.
  public static let headDigits = 24

  /// `nil` when it is none.
  public init?(count: Int64, head: String) {
    guard count > 0, head.utf8.count == Self.headDigits,
      head.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { return nil }
    self.count = count
    self.head = head
  }

  /// Reads it as it travels; `nil` when it is none.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int64(parts[0]), parts[0] == String(count) else { return nil }
    self.init(count: count, head: String(parts[1]))
  }

  /// As it travels in `ce_audithead`: `120.9f86d081884c7d659a2feaa0`.
  public var description: String { "\(count).\(head)" }
}
