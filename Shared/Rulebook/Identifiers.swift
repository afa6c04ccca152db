/// Why a text is not an identifier. Never holds the text.
public enum IdentifierError: Error, Hashable, Sendable {
  /// Not of the right length or characters.
  case malformed
  /// The check letter does not fit the digits.
  case wrongCheckLetter
}

/// A school's unique reference number: six digits.
public struct URN: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  public let text: String

  /// - Throws: ``IdentifierError/malformed``.
  public init(_ text: some StringProtocol) throws(IdentifierError) {
    guard text.utf8.count == 6, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
      throw .malformed
    }
    self.text = String(text)
  }

  public var description: String { text }
  public static func < (a: URN, b: URN) -> Bool { a.text < b.text }
}

/// A unique pupil number: a check letter, the three digits of an authority, four of a school, two of a year and three
/// of a serial; in a temporary one the last is a letter.
public struct UPN: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  public let text: String

  /// Letters in the order of remainders: no I, O or S.
  private static let checkLetters = Array("ABCDEFGHJKLMNPQRTUVWXYZ".utf8)

  /// - Throws: ``IdentifierError``.
  public init(_ text: some StringProtocol) throws(IdentifierError) {
    let upper = text.uppercased()
    let bytes = Array(upper.utf8)
    guard bytes.count == 13, let letter = Self.checkLetter(of: bytes.dropFirst()) else { throw .malformed }
    guard bytes[0] == letter else {
      throw Self.checkLetters.contains(bytes[0]) ? .wrongCheckLetter : .malformed
    }
    self.text = upper
  }

  /// The check letter of the twelve characters behind it; `nil` when they are not such. Each character's value is
  /// weighted by its place, from 2, and the sum taken modulo 23.
  public static func checkLetter(of body: some Collection<UInt8>) -> UInt8? {
    guard body.count == 12 else { return nil }
    var sum = 0
    for (place, byte) in body.enumerated() {
      if UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
        sum += Int(byte - UInt8(ascii: "0")) * (place + 2)
      } else if place == 11, let value = checkLetters.firstIndex(of: byte) {
        sum += value * (place + 2)
      } else {
        return nil
      }
    }
    return checkLetters[sum % 23]
  }

  public var description: String { text }
  public static func < (a: UPN, b: UPN) -> Bool { a.text < b.text }
}

/// A local authority's three-digit number.
public struct AuthorityCode: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  public let text: String

  /// - Throws: ``IdentifierError/malformed`` unless it is three digits from 201 to 999.
  public init(_ text: some StringProtocol) throws(IdentifierError) {
    guard text.utf8.count == 3, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      let number = Int(text), number >= 201
    else { throw .malformed }
    self.text = String(text)
  }

  public var description: String { text }
  public static func < (a: AuthorityCode, b: AuthorityCode) -> Bool { a.text < b.text }
}

extension URN {
  public init(from decoder: any Decoder) throws {
    self = try decodeIdentifier(decoder) { text throws(IdentifierError) in try URN(text) }
  }

  public func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}

extension UPN {
  public init(from decoder: any Decoder) throws {
    self = try decodeIdentifier(decoder) { text throws(IdentifierError) in try UPN(text) }
  }

  public func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}

extension AuthorityCode {
  public init(from decoder: any Decoder) throws {
    self = try decodeIdentifier(decoder) { text throws(IdentifierError) in try AuthorityCode(text) }
  }

  public func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}

private func decodeIdentifier<Identifier>(
  _ decoder: any Decoder, _ read: (String) throws(IdentifierError) -> Identifier
) throws -> Identifier {
  do {
    return try read(try decoder.singleValueContainer().decode(String.self))
  } catch let error as IdentifierError {
    throw DecodingError.dataCorrupted(
      .init(codingPath: decoder.codingPath, debugDescription: "\(Identifier.self): \(error)"))
  }
}
