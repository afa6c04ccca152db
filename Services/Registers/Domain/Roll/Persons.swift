public import Contracts
public import Rulebook
import Search

/// Why two contacts may be one person: a person decides (interpretation *one parent*).
public enum PersonGround: String, Codable, Sendable, Hashable, CaseIterable {
  /// The same names, but for case and accents.
  case sameNames = "same-names"
  /// Names that may be forms of each other.
  case likeNames = "like-names"
  case samePostcode = "same-postcode"
  case sameTelephone = "same-telephone"
  /// An officer put the two together.
  case stated

  /// Why two contacts of one family may be one person; nothing when nothing says so. The given names must be alike, and
  /// the family names too unless the telephone is the same. Who is there because of their work is nobody's parent.
  public static func grounds(_ a: ContactRecord, _ b: ContactRecord) -> [PersonGround] {
    guard !a.givenName.isEmpty, !b.givenName.isEmpty,
      ![a, b].contains(where: { Relationship(reading: $0.relation) == .professional })
    else { return [] }
    let given = NameLikeness(NameFolding.words(a.givenName), NameFolding.words(b.givenName))
    let family = NameLikeness(NameFolding.words(a.familyName), NameFolding.words(b.familyName))
    let hasSameTelephone = a.telephoneDigits != nil && a.telephoneDigits == b.telephoneDigits
    guard given != .other, family != .other || hasSameTelephone else { return [] }
    let place = NameFolding.fold(a.postcode)
    var grounds: [PersonGround] = [given == .same && family == .same ? .sameNames : .likeNames]
    if !place.isEmpty, place == NameFolding.fold(b.postcode) { grounds.append(.samePostcode) }
    if hasSameTelephone { grounds.append(.sameTelephone) }
    return grounds
  }
}

/// A contact of a child as a school stated it, by what tells who it is.
public struct ContactTrace: Hashable, Sendable {
  /// `nil` where nobody can say which school stated it.
  public let school: URN?
  public let givenName, familyName: String
  /// `nil` until the contact has an identifier.
  public let person: PersonID?
  public let hasEnded: Bool

  public init(school: URN?, givenName: String, familyName: String, person: PersonID?, hasEnded: Bool) {
    self.school = school
    self.givenName = givenName
    self.familyName = familyName
    self.person = person
    self.hasEnded = hasEnded
  }

  /// The identifier of the person of whom a school speaks again: of the same child, under the same names, that it ended
  /// before. `nil` where two contacts have these names, at whatever time, or where the person may be another's
  /// (interpretation *one parent*).
  ///
  /// - Parameter others: the child's other contacts.
  public func personStatedBefore(among others: [ContactTrace]) -> PersonID? {
    guard let school, !givenName.isEmpty, !familyName.isEmpty else { return nil }
    let namesakes = others.filter {
      $0.school == school && NameFolding.fold($0.givenName) == NameFolding.fold(givenName)
        && NameFolding.fold($0.familyName) == NameFolding.fold(familyName)
    }
    let persons = Set(namesakes.map(\.person))
    guard namesakes.allSatisfy(\.hasEnded), persons.count == 1 else { return nil }
    return persons.first.flatMap { $0 }
  }
}

/// That two identifiers are one person's, as an officer decided.
public struct PersonLink: Hashable, Sendable {
  public let person, other: PersonID

  public init(_ person: PersonID, _ other: PersonID) {
    self.person = person
    self.other = other
  }

  /// All identifiers that decisions join to one, itself among them, in order: the first stands for all.
  public static func joined(to person: PersonID, by links: [PersonLink]) -> [PersonID] {
    var (found, waiting): (Set<PersonID>, [PersonID]) = ([person], [person])
    while let next = waiting.popLast() {
      for link in links {
        for (one, other) in [(link.person, link.other), (link.other, link.person)]
        where one == next && found.insert(other).inserted {
          waiting.append(other)
        }
      }
    }
    return found.sorted()
  }
}
