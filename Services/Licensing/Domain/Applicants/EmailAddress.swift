/// An address to which e-mail goes: plain letters, one `@`, and nothing that a header of a message could be made of.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// `nil` for anything but `local@domain` of at most 254 plain characters (RFC 5321, without quotation and comments).
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard bytes.count <= 254, parts.count == 2, 1...64 ~= parts[0].count, parts[0].allSatisfy(Self.isLocal),
      Self.isDomain(parts[1])
    else { return nil }
    description = text
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    48...57 ~= byte || 65...90 ~= byte || 97...122 ~= byte
  }

  private static let marks = Set("!#$%&'*+-/=?^_`{|}~.".utf8)
  private static func isLocal(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || marks.contains(byte) }

  private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
    let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.count > 1
      && labels.allSatisfy { label in
        1...63 ~= label.count && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
          && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
      }
  }
}
