import Rulebook
import Search

/// Whether a child of whom an agency or the public tells is one of a roll (decision 0028). What is taken without a person
/// is taken on the pupil number with the date of birth; everything else that may be the child is put before a person.
public enum ChildMatch: String, Hashable, Sendable, Codable, CaseIterable {
  /// Taken for the child without a person.
  case same
  /// A person decides.
  case doubtful

  /// Why two records may be one child's.
  public enum Ground: String, Hashable, Sendable, Codable, CaseIterable {
    case number
    case identity
    /// The names are another spelling or short forms.
    case spelling
    /// The given name stands for the family name.
    case exchangedNames = "exchanged-names"
    /// A slip in the date of birth.
    case birthSlip = "birth-slip"
    /// Another family name.
    case otherFamilyName = "other-family-name"
  }

  /// Why one child may be the other; `nil` where nothing says so.
  public static func ground(_ told: LostPupil, _ known: LostPupil) -> Ground? {
    let birth = BirthLikeness(told.dateOfBirth, known.dateOfBirth)
    let isSameNumber = told.upn != nil && told.upn == known.upn
    if birth == .other, !isSameNumber { return nil }
    let (given, family) = (words(told.givenName), words(told.familyName))
    let (knownGiven, knownFamily) = (words(known.givenName), words(known.familyName))
    let (a, b) = (NameLikeness(given, knownGiven), NameLikeness(family, knownFamily))
    if isSameNumber { return birth == .other && a == .other && b == .other ? nil : .number }
    if let one = told.sex, let other = known.sex, one != other, a != .same { return nil }
    let isExchanged = NameLikeness(given, knownFamily) != .other && NameLikeness(family, knownGiven) != .other
    switch (a, b, birth) {
    case (.same, .same, .same): return .identity
    case (_, _, .same) where a != .other && b != .other: return .spelling
    case (_, _, .same) where isExchanged: return .exchangedNames
    case (.same, .other, .same), (.variant, .other, .same): return .otherFamilyName
    case (_, _, .slip) where a != .other && b != .other: return .birthSlip
    default: return nil
    }
  }

  /// What is done with the children of a roll who may be the child.
  ///
  /// - Parameter known: with their identifiers.
  /// - Returns: at most one is the same; the others that may be the child are doubtful.
  public static func among<ID: Hashable>(
    _ known: [(id: ID, child: LostPupil)], _ told: LostPupil
  ) -> [(id: ID, match: ChildMatch, ground: Ground)] {
    let found = known.compactMap { one in ground(told, one.child).map { (one.id, one.child, $0) } }
    let byNumber = found.filter { $0.2 == .number && $0.1.dateOfBirth == told.dateOfBirth }
    let same = byNumber.count == 1 ? byNumber[0].0 : nil
    return found.map { ($0.0, $0.0 == same ? .same : .doubtful, $0.2) }
  }

  private static func words(_ name: String) -> [String] { NameFolding.words(name) }
}
