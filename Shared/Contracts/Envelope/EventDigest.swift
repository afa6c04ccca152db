/// A SHA-256 value as it travels with an event: of its data, or of everything up to it.
public struct EventDigest: Hashable, Sendable, CustomStringConvertible {
  /// How many bytes it has.
  public static let count = 32
  /// What stands before the first event of a source.
  public static let origin = EventDigest(unchecked: Array(repeating: 0, count: count))

  /// ``count`` of them.
  public let bytes: [UInt8]

  private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// `nil` unless there are ``count``.
  public init?(_ bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == Self.count else { return nil }
    self.init(unchecked: bytes)
  }

  /// Reads ``count`` bytes as lower-case hexadecimal digits; `nil` when it is something else.
  public init?(hex text: some StringProtocol) {
    guard let bytes = HexDigits.bytes(text), bytes.count == Self.count else { return nil }
    self.init(unchecked: bytes)
  }

  /// As lower-case hexadecimal digits.
  public var description: String { HexDigits.text(bytes) }
}

/// What makes an event one of a source's, in its place.
public struct EventSeal: Hashable, Sendable {
  /// The digest of the event and of the link before it: it stands for everything that the source said up to here.
  public let link: EventDigest
  /// The source's Ed25519 signature of the link, ``signatureBytes`` of them; absent where only the end of a page is
  /// signed.
  public let signature: [UInt8]?
  /// The digest of the data as it was written, where the data is what remains of it; absent otherwise.
  public let dataDigest: EventDigest?

  /// How many bytes a signature has.
  public static let signatureBytes = 64

  public init(link: EventDigest, signature: [UInt8]? = nil, dataDigest: EventDigest? = nil) {
    self.link = link
    self.signature = signature
    self.dataDigest = dataDigest
  }

  /// Reads the attributes; `nil` when there is no link.
  init?(attributes: [String: String]) throws(ContractError) {
    guard let text = attributes["link"] else { return nil }
    guard let link = EventDigest(hex: text) else { throw .invalidAttribute("link") }
    self.link = link
    if let text = attributes["linksignature"] {
      guard let bytes = HexDigits.bytes(text), bytes.count == Self.signatureBytes else {
        throw .invalidAttribute("linksignature")
      }
      signature = bytes
    } else {
      signature = nil
    }
    if let text = attributes["datadigest"] {
      guard let digest = EventDigest(hex: text) else { throw .invalidAttribute("datadigest") }
      dataDigest = digest
    } else {
      dataDigest = nil
    }
  }

  /// The attributes, in a fixed order.
  var attributes: [(name: String, value: String)] {
    [
      ("link", link.description), ("linksignature", signature.map(HexDigits.text) ?? ""),
      ("datadigest", dataDigest?.description ?? ""),
    ].filter { !$0.1.isEmpty }
  }
}

/// Bytes as lower-case hexadecimal digits.
enum HexDigits {
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// `nil` when it is something else.
  static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    let values = text.utf8.compactMap { digit -> UInt8? in
      switch digit {
      case 48...57: digit - 48
      case 97...102: digit - 87
      default: nil
      }
    }
    guard values.count == text.utf8.count, values.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }
}
