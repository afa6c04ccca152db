public import Contracts
public import Rulebook

/// What a payer wrote for a reference, and which notice it names.
///
/// Money is booked on a notice only where its whole number stands in the text, with the check character that it must have.
/// Whatever is less certain, however likely, is a suggestion to a person: a wrong guess would discharge another family's
/// notice (PAY-1).
public struct PaymentReference: Hashable, Sendable {
  /// The text with one space between words.
  public let text: String
  /// The one notice whose whole number is in the text; `nil` when there is none, or there are several.
  public let number: DocumentNumber?

  /// The most bytes of a reference.
  public static let longest = 255

  public init(_ text: String) {
    self.text = text
    let numbers = Self.numbers(in: Array(text.utf8))
    number = numbers.count == 1 ? numbers.first : nil
  }

  /// The numbers that stand in a text whole, each once, in order.
  private static func numbers(in bytes: [UInt8]) -> [DocumentNumber] {
    var found: [DocumentNumber] = []
    for start in bytes.indices where bytes[start].isDigit && (start == 0 || !bytes[start - 1].isOfAWord) {
      if let number = number(in: bytes, at: start), !found.contains(number) { found.append(number) }
    }
    return found
  }

  /// The number that begins at a place and ends where a word ends.
  ///
  /// A check character behind a space may be the initial of a name. It counts at the end of the text only.
  private static func number(in bytes: [UInt8], at start: Int) -> DocumentNumber? {
    var compact: [UInt8] = []
    var place = start
    var isBehindSpace = false
    while place < bytes.count, compact.count < DocumentNumber.length {
      if bytes[place].isLetterOrDigit {
        compact.append(bytes[place])
        if compact.count == DocumentNumber.length { isBehindSpace = bytes[place - 1] == UInt8(ascii: " ") }
      } else if bytes[place] != UInt8(ascii: "-"), bytes[place] != UInt8(ascii: " ") {
        return nil
      }
      place += 1
    }
    guard place == bytes.count || !bytes[place].isOfAWord && !isBehindSpace else { return nil }
    return DocumentNumber(String(decoding: compact, as: UTF8.self))
  }
}

extension PaymentReference {
  /// Numbers that the payer may have meant, the likeliest first: several that stand in the text; one with letters that
  /// look like digits, without its check character or without the authority; and those that are one slip away, each with
  /// the check character that fits it. Most of them were never issued: ask which there are.
  ///
  /// - Parameter authority: whose notices they are.
  /// - Returns: at most ``mostSuggestions``, or those in the text; none where ``number`` is not `nil`.
  public func suggestions(of authority: AuthorityCode) -> [DocumentNumber] {
    guard number == nil else { return [] }
    let several = Self.numbers(in: Array(text.utf8))
    guard several.isEmpty else { return several }
    var found = Suggestions()
    let letters = text.utf8.lazy.filter(\.isLetterOrDigit).map(\.upperCased).prefix(Self.searched)
    let prefix = Array(authority.text.utf8)
    let bases = Self.windows(Array(letters), DocumentNumber.length, prefix)
    let shorter = Self.windows(Array(letters), DocumentNumber.length - 1, prefix)
    for base in bases { found.add(base) }
    for base in shorter { for last in Self.alphabet { found.add(base + [last]) } }
    for base in bases {
      for place in base.indices { for other in Self.alphabet { found.add(base.with(other, at: place)) } }
      for place in base.indices.dropLast() { found.add(base.swapped(at: place)) }
    }
    for base in shorter {
      for place in base.indices { for other in Self.digits { found.add(base.inserting(other, at: place)) } }
    }
    for base in Self.windows(Array(letters), DocumentNumber.length + 1, prefix) {
      for place in base.indices { found.add(base.without(place)) }
    }
    return found.numbers
  }

  /// The most numbers that a reference without a whole one can suggest.
  public static let mostSuggestions = 200
  /// How many letters and digits of a text are looked at.
  private static let searched = 32

  private static let digits = Array("0123456789".utf8)
  private static let alphabet = digits + Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
  /// The letters of the service and where they stand in a number.
  private static let service = (place: 3, letters: Array("EN".utf8))
  /// Letters that are taken for digits, by hand and by reading machines.
  private static let lookalikes: [UInt8: UInt8] = Dictionary(
    uniqueKeysWithValues: zip("OQDILZSGB".utf8, "000112568".utf8))

  /// The parts of some length that may be a number with or without its authority, letters in digits' places mended.
  private static func windows(_ text: [UInt8], _ length: Int, _ authority: [UInt8]) -> [[UInt8]] {
    var windows: [[UInt8]] = []
    for start in text.indices {
      let end = start + length
      if end <= text.count { windows.append(Array(text[start..<end])) }
      let short = end - authority.count
      if text[start...].starts(with: service.letters), short <= text.count {
        windows.append(authority + text[start..<short])
      }
    }
    // The last may be the check character, which is a letter by right, or a digit behind which it is missing.
    return windows.flatMap { window in
      let kept = mended(window.dropLast()) + window.suffix(1)
      let all = mended(window[...])
      return kept == all || length >= DocumentNumber.length ? [kept] : [kept, all]
    }
  }

  private static func mended(_ window: ArraySlice<UInt8>) -> [UInt8] {
    window.enumerated().map { place, byte in
      let isServices = (service.place..<service.place + service.letters.count).contains(place)
      return isServices ? byte : lookalikes[byte] ?? byte
    }
  }
}

/// Numbers that were found, each once.
private struct Suggestions {
  private(set) var numbers: [DocumentNumber] = []
  private var known: Set<DocumentNumber> = []

  mutating func add(_ number: DocumentNumber) {
    guard numbers.count < PaymentReference.mostSuggestions, known.insert(number).inserted else { return }
    numbers.append(number)
  }

  mutating func add(_ compact: [UInt8]) {
    if let number = DocumentNumber(compact: compact) { add(number) }
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
  fileprivate var upperCased: UInt8 { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self ? self - 32 : self }
  /// A letter of another alphabet, or one with an accent, may be a name's: it is no place to end.
  fileprivate var isOfAWord: Bool { isLetterOrDigit || self >= 0x80 }
  fileprivate var isLetterOrDigit: Bool { isDigit || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= upperCased }
}

extension [UInt8] {
  fileprivate func with(_ byte: UInt8, at place: Int) -> [UInt8] {
    var copy = self
    copy[place] = byte
    return copy
  }

  fileprivate func swapped(at place: Int) -> [UInt8] {
    var copy = self
    copy.swapAt(place, place + 1)
    return copy
  }

  fileprivate func inserting(_ byte: UInt8, at place: Int) -> [UInt8] {
    var copy = self
    copy.insert(byte, at: place)
    return copy
  }

  fileprivate func without(_ place: Int) -> [UInt8] {
    var copy = self
    copy.remove(at: place)
    return copy
  }
}
