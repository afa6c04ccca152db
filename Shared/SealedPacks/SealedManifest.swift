public import Foundation
public import Rulebook
import Store

/// What a sealed pack consists of: the one thing in it that is signed. Everything else follows from its digests.
///
/// It is written as canonical JSON: members sorted, no spaces, every text of plain ASCII, so that the same manifest has
/// the same bytes in every language.
public struct SealedManifest: Codable, Hashable, Sendable {
  /// One part of the pack.
  public struct Part: Codable, Hashable, Sendable {
    /// The file's name.
    public let name: String
    /// What kind of document it is.
    public let document: String
    public let mediaType: String
    /// How many bytes it has.
    public let bytes: Int
    /// SHA-256 as small hexadecimal digits.
    public let sha256: String

    public init(name: String, document: String, mediaType: String, bytes: Int, sha256: String) {
      self.name = name
      self.document = document
      self.mediaType = mediaType
      self.bytes = bytes
      self.sha256 = sha256
    }
  }

  /// The name of the format, for whoever finds a pack years later.
  public static let format = "uk.everyschoolday.court-pack.1"
  /// The largest manifest, bytes.
  public static let mostBytes = 256 << 10

  public let format: String
  public let number: String
  /// The authority's three-digit code.
  public let authority: String
  /// What the pack is for.
  public let route: String
  /// The day on which it was signed.
  public let day: Day
  /// Who had it signed, opaque.
  public let signer: String
  /// The identifier of the key, ``PackKey/id``.
  public let key: String
  /// In the order of the file.
  public let parts: [Part]

  public init(
    number: String, authority: String, route: String, day: Day, signer: String, key: String, parts: [Part]
  ) {
    format = Self.format
    self.number = number
    self.authority = authority
    self.route = route
    self.day = day
    self.signer = signer
    self.key = key
    self.parts = parts
  }

  /// The bytes that are signed.
  public func canonical() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// Reads a manifest.
  ///
  /// - Returns: `nil` unless the bytes are exactly what a manifest within the limits is written as.
  public init?(canonical data: Data) {
    guard data.count <= Self.mostBytes, let found = try? JSONDecoder().decode(Self.self, from: data),
      found.isWellFormed, (try? found.canonical()) == data
    else { return nil }
    self = found
  }

  /// Whether every text can be written in one way only and every name is one of a file of the pack.
  public var isWellFormed: Bool {
    let texts = [number, authority, route, signer, key] + parts.flatMap { [$0.document, $0.mediaType] }
    return format == Self.format && texts.allSatisfy(Self.isPlain) && parts.count <= SealedPack.mostParts
      && Set(parts.map(\.name)).count == parts.count
      && parts.allSatisfy { SealedPack.isPartName($0.name) && $0.bytes >= 0 && Self.isDigest($0.sha256) }
  }

  private static func isPlain(_ text: String) -> Bool {
    (1...100).contains(text.utf8.count)
      && text.utf8.allSatisfy { (32...126).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && Data(hex: text).map { $0.hex == text } == true
  }
}
