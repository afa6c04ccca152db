public import Rulebook

/// Whether two records are about one child.
///
/// ```swift
/// let known = PupilMatching.Facts(givenName: "Catherine", familyName: "Sample", dateOfBirth: born, sex: .female)
/// let sent = PupilMatching.Facts(givenName: "Kate", familyName: "Sample", dateOfBirth: born, sex: nil)
/// PupilMatching.verdict(known, sent)  // .correction: a short form, and nothing else
/// PupilMatching.ground(known, sent)   // nil: under different numbers a short form alone is no ground
/// ```
///
/// Whoever looks for candidates in a store keeps ``NameFolding/fold(_:)`` of both names beside the names, finds those of
/// the same date of birth, or of the same folded name, and asks this about each.
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
      givenWords = NameFolding.words(givenName)
      familyWords = NameFolding.words(familyName)
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
    if sameFamily, NameFolding.isOneEdit(a.given, b.given) { return .oneLetter }
    if sameGiven { return NameFolding.isOneEdit(a.family, b.family) ? .oneLetter : .otherFamilyName }
    return nil
  }
}
