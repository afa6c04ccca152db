import Foundation
public import Rulebook
public import Schemas
import SchoolFiles
import Search

/// A parent or another contact as it was sent.
public struct ContactSubmission: Codable, Sendable {
  public let givenName, familyName, relation: String?
  public let parentalResponsibility, livesWith, emergency, safeToContact, addressProtected: Bool?
  public let telephone, email, address, postcode: String?

  /// Whether it says nothing.
  var isEmpty: Bool {
    [givenName, familyName, relation, telephone, email, address, postcode].allSatisfy { $0 == nil }
      && [parentalResponsibility, livesWith, emergency, safeToContact, addressProtected].allSatisfy { $0 == nil }
  }

  /// The statement, when everything of it can be read.
  ///
  /// - Parameter path: where the contact stands in what was sent; empty at its root.
  /// - Throws: ``Fault`` with the first thing that cannot.
  public func checked(under path: String) throws(Fault) -> ContactStatement {
    var notes: [PupilNote] = []
    let statement = readable(notes: &notes) { path.isEmpty ? $0 : "\(path)/\($0)" }
    if let note = notes.first { throw note.refusal }
    guard let statement else { throw .namelessContact(path) }
    return statement
  }

  /// What can be read of it; `nil` when nobody can say whom it is about. What cannot be read is noted and left out.
  ///
  /// - Parameter column: what the sender calls one of the values.
  func readable(notes: inout [PupilNote], _ column: (String) -> String) -> ContactStatement? {
    let family: String
    do throws(Fault) {
      guard familyName?.inPlainSpaces.isEmpty == false else { throw .namelessContact(column("familyName")) }
      family = try CheckedText.name(familyName, column("familyName"))
    } catch {
      notes.append(PupilNote(error, .contactLeftOut))
      return nil
    }
    func text(_ value: String?, _ name: String, _ bytes: Int) -> String? {
      guard let value else { return nil }
      do throws(Fault) {
        return try CheckedText.text(value, column(name), bytes: bytes)
      } catch {
        notes.append(PupilNote(error, .leftOut))
        return nil
      }
    }
    var number = text(telephone, "telephone", Self.telephoneBytes)
    // A spreadsheet shows a long number as 7.7009E+09: the digits are gone.
    if number?.wholeMatch(of: #/[0-9]\.[0-9]+[Ee]\+[0-9]+/#) != nil {
      notes.append(PupilNote(.shortenedNumber(column("telephone")), .leftOut))
      number = nil
    }
    return ContactStatement(
      givenName: text(givenName?.inPlainSpaces, "givenName", CheckedText.nameBytes) ?? "", familyName: family,
      relation: text(relation, "relation", Self.relationBytes), parentalResponsibility: parentalResponsibility,
      livesWith: livesWith, emergency: emergency, safeToContact: safeToContact, addressProtected: addressProtected,
      telephone: number, email: text(email, "email", Self.emailBytes),
      address: text(address.map(Self.inOneLine), "address", Self.addressBytes),
      postcode: text(postcode, "postcode", Self.postcodeBytes)?.uppercased())
  }

  /// An address whose cell has a line for each of its own, with commas between them.
  private static func inOneLine(_ address: String) -> String {
    address.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: ","))) }.filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  /// What a contact looks like.
  static let schema = (try? JSONSchema.describing(ContactSubmission.self)) ?? .any

  private static let relationBytes = 60
  private static let telephoneBytes = 40
  private static let emailBytes = 254
  private static let addressBytes = 500
  private static let postcodeBytes = 12
}

/// What was said of a contact, checked. What is `nil` was not said.
public struct ContactStatement: Hashable, Sendable, Codable {
  public let givenName, familyName: String
  public let relation: String?
  public let parentalResponsibility, livesWith, emergency, safeToContact, addressProtected: Bool?
  public let telephone, email, address, postcode: String?

  /// What a checked contact looks like.
  public static let schema = (try? JSONSchema.describing(ContactStatement.self)) ?? .any

  /// Whether it is about the person of these names.
  public func isSamePerson(as given: String, _ family: String) -> Bool {
    NameFolding.fold(givenName) == NameFolding.fold(given) && NameFolding.fold(familyName) == NameFolding.fold(family)
  }

  /// What is known of the contact now. Silence never takes a protection away.
  public func applied(to known: ContactRecord?) -> ContactRecord {
    ContactRecord(
      givenName: givenName, familyName: familyName, relation: relation ?? known?.relation ?? "",
      parentalResponsibility: parentalResponsibility ?? known?.parentalResponsibility ?? false,
      livesWith: livesWith ?? known?.livesWith ?? false, emergency: emergency ?? known?.emergency ?? false,
      safeToContact: safeToContact ?? known?.safeToContact ?? true,
      addressProtected: addressProtected ?? known?.addressProtected ?? false,
      telephone: telephone ?? known?.telephone ?? "", email: email ?? known?.email ?? "",
      address: address ?? known?.address ?? "", postcode: postcode ?? known?.postcode ?? "")
  }
}

extension ContactSubmission {
  /// A contact of the register, as a school would send it.
  public init(_ contact: ContactRecord) {
    func text(_ value: String) -> String? { value.isEmpty ? nil : value }
    self.init(
      givenName: text(contact.givenName), familyName: text(contact.familyName), relation: text(contact.relation),
      parentalResponsibility: contact.parentalResponsibility, livesWith: contact.livesWith,
      emergency: contact.emergency, safeToContact: contact.safeToContact, addressProtected: contact.addressProtected,
      telephone: text(contact.telephone), email: text(contact.email), address: text(contact.address),
      postcode: text(contact.postcode))
  }
}

/// A parent or another contact as the register has it.
public struct ContactRecord: Hashable, Sendable, Codable {
  public let givenName, familyName, relation: String
  /// Whether the person has parental responsibility (Children Act 1989 s3).
  public let parentalResponsibility: Bool
  public let livesWith, emergency: Bool
  /// Whether the person may be written to and called.
  public private(set) var safeToContact, addressProtected: Bool
  public let telephone, email, address, postcode: String

  /// What two children's contacts share when they are one person: names, postcode and the last ten digits of the
  /// telephone number. Empty when one of them is not known.
  public var personKey: String {
    let place = NameFolding.fold(postcode)
    guard !givenName.isEmpty, !place.isEmpty, let digits = telephoneDigits else { return "" }
    return [NameFolding.fold(givenName), NameFolding.fold(familyName), place, digits].joined(separator: "|")
  }

  /// The last ten digits of the telephone number; `nil` when it has fewer.
  var telephoneDigits: String? {
    let digits = telephone.unicodeScalars.filter { ("0"..."9").contains($0) }.suffix(Self.telephoneDigits)
    return digits.count == Self.telephoneDigits ? String(String.UnicodeScalarView(digits)) : nil
  }

  private static let telephoneDigits = 10

  /// Whether something of the contact must not be told or done.
  public var isProtected: Bool { addressProtected || !safeToContact }

  /// Whether it is about the same person as another.
  public func isSamePerson(as other: ContactRecord) -> Bool {
    NameFolding.fold(givenName) == NameFolding.fold(other.givenName)
      && NameFolding.fold(familyName) == NameFolding.fold(other.familyName)
  }

  /// The contact with other protections.
  public func settingProtections(address: Bool, safe: Bool) -> ContactRecord {
    var other = self
    (other.addressProtected, other.safeToContact) = (address, safe)
    return other
  }
}
