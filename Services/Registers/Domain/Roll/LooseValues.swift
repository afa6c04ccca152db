import Rulebook
import SchoolFiles

/// The members of a JSON object as clerks' and suppliers' programs send them: a number where a text is asked for, `Yes`
/// where a truth value is.
struct LooseValues<Key: CodingKey> {
  enum Text {
    case value(String)
    case absent, wrongType
  }

  private let values: KeyedDecodingContainer<Key>

  /// `nil` when it is no object.
  init?(_ decoder: any Decoder, _ keys: Key.Type) {
    guard let values = try? decoder.container(keyedBy: keys) else { return nil }
    self.values = values
  }

  private func isAbsent(_ key: Key) -> Bool {
    !values.contains(key) || (try? values.decodeNil(forKey: key)) == true
  }

  /// A text; a whole number counts as one.
  func text(_ key: Key) -> Text {
    if isAbsent(key) { return .absent }
    if let text = try? values.decode(String.self, forKey: key) { return .value(text) }
    if let number = try? values.decode(Int.self, forKey: key) { return .value(String(number)) }
    return .wrongType
  }

  /// A truth value, also as a word or as 1 and 0.
  func flag(_ key: Key) -> FlagReading {
    if isAbsent(key) { return .notSaid }
    if let flag = try? values.decode(Bool.self, forKey: key) { return flag ? .yes : .no }
    if case .value(let text) = text(key) { return FlagReading(text) }
    return .unreadable
  }

  /// A list of contacts. One that cannot be read is left out.
  func contacts(_ key: Key, _ found: inout PupilFindings) -> [ContactSubmission]? {
    if isAbsent(key) { return nil }
    // One at a time: a list of many would be much larger than the contacts that come of it.
    var contacts: [ContactSubmission] = []
    do {
      var list = try values.nestedUnkeyedContainer(forKey: key)
      while !list.isAtEnd {
        guard contacts.count < PupilLimits.contactsRead else {
          found.notes.append(PupilNote(.tooManyContacts, .contactLeftOut))
          found.contactsAreWhole = false
          break
        }
        let contact = try list.decode(LooseContact.self)
        contacts.append(contact.submission(under: "contacts/\(contacts.count)", &found))
      }
    } catch {
      found.notes.append(
        PupilNote(
          Fault(
            "wrong-type", "contacts", "The contacts are not a list of objects.",
            "Send a list with an object for each contact."), .contactsStay))
      return nil
    }
    found.contactPlaces = contacts.indices.map { "contacts/\($0)" }
    return contacts
  }
}

/// A contact of a list, whatever stands in its place.
private struct LooseContact: Decodable {
  private enum Key: String, CodingKey {
    case givenName, familyName, relation, parentalResponsibility, livesWith, emergency, safeToContact, addressProtected
    case telephone, email, address, postcode
  }

  private let values: LooseValues<Key>?

  init(from decoder: any Decoder) { values = LooseValues(decoder, Key.self) }

  func submission(under path: String, _ found: inout PupilFindings) -> ContactSubmission {
    func text(_ key: Key) -> String? {
      switch values?.text(key) {
      case .value(let text): return text
      case .absent, nil: return nil
      case .wrongType:
        found.notes.append(PupilNote(.notText("\(path)/\(key.rawValue)"), .leftOut))
        return nil
      }
    }
    func flag(_ key: Key, safe: Bool? = nil) -> Bool? {
      values?.flag(key).value(of: "\(path)/\(key.rawValue)", safe: safe, notes: &found.notes)
    }
    return ContactSubmission(
      givenName: text(.givenName), familyName: text(.familyName), relation: text(.relation),
      parentalResponsibility: flag(.parentalResponsibility), livesWith: flag(.livesWith), emergency: flag(.emergency),
      safeToContact: flag(.safeToContact, safe: false), addressProtected: flag(.addressProtected, safe: true),
      telephone: text(.telephone), email: text(.email), address: text(.address), postcode: text(.postcode))
  }
}

/// A truth value as people write it.
enum FlagReading: Hashable {
  case yes, no
  /// Nothing, or a word for nothing.
  case notSaid
  case unreadable

  init(_ text: String) {
    switch text.inPlainSpaces.lowercased() {
    case "true", "yes", "y", "1", "t", "on": self = .yes
    case "false", "no", "n", "0", "f", "off": self = .no
    case "", "-", "n/a", "na", "none", "unknown", "not known", "not stated": self = .notSaid
    default: self = .unreadable
    }
  }

  /// The value. One that cannot be read is noted, and becomes what does no harm.
  ///
  /// - Parameter safe: what protects the child or the contact; `nil` where neither value does and it is left out.
  func value(of column: String, safe: Bool? = nil, notes: inout [PupilNote]) -> Bool? {
    switch self {
    case .yes: return true
    case .no: return false
    case .notSaid: return nil
    case .unreadable:
      notes.append(PupilNote(.notTrueOrFalse(column), safe == nil ? .leftOut : .takenAsProtecting))
      return safe
    }
  }
}
