import Foundation
public import Rulebook

/// Names as they are compared: without case, accents, spaces, hyphens and apostrophes.
public enum NameFolding {
  /// The folded name; the name in lower case when nothing of it is a letter or a digit.
  public static func fold(_ name: String) -> String {
    if name.utf8.allSatisfy({ $0 < 0x80 }) {
      let bytes = name.utf8.compactMap { byte -> UInt8? in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: nil
        }
      }
      return bytes.isEmpty ? name : String(decoding: bytes, as: UTF8.self)
    }
    let plain = name.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    let kept = plain.unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    return kept.isEmpty ? name.lowercased() : String(String.UnicodeScalarView(kept))
  }
}

/// Whether two entries are about one child.
public enum PupilMatching {
  /// Why two records may be one child.
  public enum Ground: String, Hashable, Sendable, Codable, CaseIterable {
    /// The same date of birth and, but for case and accents, the same names.
    case sameNames = "same-names"
    /// The same date of birth, and one letter more, less, other or in the other place in one of the names.
    case oneLetter = "one-letter"
    /// The same date of birth and given name, another family name.
    case otherFamilyName = "other-family-name"
    /// One record's former number is the other's number.
    case formerUPN = "former-upn"
  }

  /// What is compared.
  public struct Facts: Hashable, Sendable {
    /// The names, folded.
    public let given, family: String
    let dateOfBirth: Day
    let sex: Sex?
    /// The words of the names, each folded.
    let givenWords, familyWords: [String]

    public init(givenName: String, familyName: String, dateOfBirth: Day, sex: Sex?) {
      given = NameFolding.fold(givenName)
      family = NameFolding.fold(familyName)
      self.dateOfBirth = dateOfBirth
      self.sex = sex
      givenWords = Self.words(givenName)
      familyWords = Self.words(familyName)
    }

    private static func words(_ name: String) -> [String] {
      name.split { $0.isWhitespace || $0 == "-" }.map { NameFolding.fold(String($0)) }
    }

    /// From names that are folded already.
    public init(foldedGiven: String, foldedFamily: String, dateOfBirth: Day, sex: Sex?) {
      given = foldedGiven
      family = foldedFamily
      self.dateOfBirth = dateOfBirth
      self.sex = sex
      givenWords = [foldedGiven]
      familyWords = [foldedFamily]
    }
  }

  /// What an entry under a known number is, beside what stands under it.
  public enum Verdict: Hashable, Sendable {
    /// It says what stands.
    case same
    /// The same child, and one thing of it corrected.
    case correction
    /// It may be another child: a person decides, and until then what stands stays.
    case doubtful
    /// Another child: it is refused.
    case different
  }

  /// Whether an entry under a known number is about the child that has it. One thing may be other than it stands: a
  /// spelling or short form of the given name, the family name, a slip in the date of birth, or the sex. Where more
  /// contradicts, or the given name is another, it may be a twin, a brother or a sister (interpretation *one child*).
  public static func verdict(_ known: Facts, _ sent: Facts) -> Verdict {
    let given = NameLikeness(known.givenWords, sent.givenWords)
    let family = NameLikeness(known.familyWords, sent.familyWords)
    let birth = BirthLikeness(known.dateOfBirth, sent.dateOfBirth)
    let isOtherSex = known.sex.flatMap { one in sent.sex.map { $0 != one } } ?? false
    let changes = [given != .same, family != .same, birth != .same, isOtherSex].count { $0 }
    if changes == 0 { return .same }
    if given == .other, birth == .other || isOtherSex { return .different }
    if birth == .other, family == .other || isOtherSex { return .different }
    if changes > 2 { return .different }
    return changes == 1 && given != .other && birth != .other ? .correction : .doubtful
  }

  /// Why two records under different numbers may be one child; `nil` when nothing says so.
  public static func ground(_ a: Facts, _ b: Facts) -> Ground? {
    guard a.dateOfBirth == b.dateOfBirth else { return nil }
    let (sameGiven, sameFamily) = (a.given == b.given, a.family == b.family)
    if sameGiven, sameFamily { return .sameNames }
    // Less than the whole name is no ground when the sexes are known to differ.
    if let one = a.sex, let other = b.sex, one != other { return nil }
    if sameFamily, isOneEdit(a.given, b.given) { return .oneLetter }
    if sameGiven { return isOneEdit(a.family, b.family) ? .oneLetter : .otherFamilyName }
    return nil
  }

  /// Whether one letter more, less or other, or two neighbours exchanged, makes one word of the other.
  static func isOneEdit(_ a: String, _ b: String) -> Bool {
    let (left, right) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
    guard abs(left.count - right.count) <= 1, left != right else { return false }
    let shorter = min(left.count, right.count)
    let start = (0..<shorter).first { left[$0] != right[$0] } ?? shorter
    let rest = shorter - start
    let end = (0..<rest).first { left[left.count - 1 - $0] != right[right.count - 1 - $0] } ?? rest
    let (x, y) = (left[start..<(left.count - end)], right[start..<(right.count - end)])
    if x.count <= 1, y.count <= 1 { return true }
    return x.count == 2 && y.count == 2 && x.first == y.last && x.last == y.first
  }

  /// The numbers of a child after a school sent one.
  public struct Numbers: Hashable, Sendable {
    public let current: UPN
    /// Numbers that find the child beside it; the sent ones only.
    public let former: Set<UPN>
  }

  /// Which number is the child's now. A number that the child had before does not come back by being sent again, and a
  /// temporary one never takes the place of a permanent one.
  ///
  /// - Parameters:
  ///   - current: the number on record.
  ///   - sent: the number that was sent.
  ///   - sentBefore: whether the sent number is on record as a former one.
  ///   - formerSent: the number that was sent as the former one.
  public static func numbers(current: UPN, sent: UPN, sentBefore: Bool, formerSent: UPN?) -> Numbers {
    var former = Set([formerSent].compactMap { $0 })
    guard sent != current else { return Numbers(current: current, former: former.subtracting([current])) }
    let stays = sentBefore || (sent.isTemporary && !current.isTemporary)
    former.insert(stays ? sent : current)
    let now = stays ? current : sent
    return Numbers(current: now, former: former.subtracting([now]))
  }
}

extension UPN {
  /// Whether it was given for a time only: its last character is a letter.
  public var isTemporary: Bool { text.utf8.last.map { $0 > UInt8(ascii: "9") } ?? false }
}
