import Rulebook
import SchoolFiles

/// Texts of an admission entry, within their limits.
enum CheckedText {
  static let nameBytes = 200

  /// A name without stray spaces: those at its ends, doubled ones, and the kinds that look like one or like nothing.
  ///
  /// - Throws: ``Fault`` when it is missing, too long or holds a control character.
  static func name(_ value: String?, _ column: String) throws(Fault) -> String {
    guard let text = value.map({ TextFile.unescaped(TextFile.undoublyEncoded($0)).inPlainSpaces }), !text.isEmpty else {
      throw .missing(column)
    }
    guard text.utf8.count <= nameBytes, !text.hasControls else {
      throw Fault(
        "malformed-name", column,
        "The \(ColumnWords.phrase(column)) is longer than \(nameBytes) bytes or holds a control character.",
        "Correct the name.")
    }
    return text
  }

  /// Trimmed; may be empty.
  ///
  /// - Throws: ``Fault`` when it is too long or holds a control character.
  static func text(_ value: String, _ column: String, bytes: Int) throws(Fault) -> String {
    let text = TextFile.unescaped(value).trimmed
    guard text.utf8.count <= bytes, !text.hasControls else {
      throw Fault(
        "malformed-text", column,
        "The \(ColumnWords.phrase(column)) is longer than \(bytes) bytes or holds a control character.",
        "Send at most \(bytes) bytes in one line.")
    }
    return text
  }
}

/// What a school office calls the columns of a list of pupils.
enum ColumnWords {
  private static let ofContacts = [
    "givenName": "given name", "familyName": "family name", "relation": "relation",
    "parentalResponsibility": "parental responsibility", "livesWith": "living together",
    "emergency": "emergency contact", "safeToContact": "safety of contact", "addressProtected": "address protection",
    "telephone": "telephone number", "email": "e-mail address", "address": "address", "postcode": "postcode",
  ]
  private static let ofPupils = PupilField.allCases.reduce(into: [String: String]()) { words, field in
    words[field.rawValue] = field.declaration.words
    words[field.column] = field.declaration.words
  }

  /// The phrase for a column, also for one of a contact (`contact2Telephone`, `contacts/1/telephone`).
  static func phrase(_ column: String) -> String {
    if let phrase = ofPupils[column] ?? ofContacts[column] { return phrase }
    let name: String
    if let place = column.lastIndex(of: "/") {
      name = String(column[column.index(after: place)...])
    } else if let match = column.prefixMatch(of: #/contact[0-9]+/#) {
      let rest = column[match.range.upperBound...]
      name = rest.prefix(1).lowercased() + rest.dropFirst()
    } else {
      return "value"
    }
    return ofContacts[name].map { "contact's \($0)" } ?? "contact"
  }
}

/// Two spellings of one name.
public enum NameSpelling {
  /// The spelling to keep when a name is sent again: the one on record where the other is the same but for the kind of
  /// apostrophe, hyphen or space, writes everything in capitals, or has a question mark where the program that saved it
  /// could not write a letter.
  public static func kept(_ known: String, sent: String) -> String {
    let (one, other) = (plain(known), plain(sent))
    if one == other || hasLostLetters(other, of: one) { return known }
    guard one.lowercased() == other.lowercased(), isOneCase(other), !isOneCase(one) else { return sent }
    return known
  }

  private static func hasLostLetters(_ name: String, of known: String) -> Bool {
    let (letters, known) = (Array(name.lowercased()), Array(known.lowercased()))
    return letters != known && letters.count == known.count
      && zip(letters, known).allSatisfy { $0 == $1 || (($0 == "?" || $0 == "\u{FFFD}") && !$1.isASCII) }
  }

  private static func isOneCase(_ name: String) -> Bool { name == name.uppercased() || name == name.lowercased() }

  private static func plain(_ name: String) -> String {
    String(String.UnicodeScalarView(name.inPlainSpaces.unicodeScalars.map { alike[$0] ?? $0 }))
  }

  private static let alike: [Unicode.Scalar: Unicode.Scalar] = [
    "\u{2018}": "'", "\u{2019}": "'", "\u{2BC}": "'", "`": "'", "\u{B4}": "'", "\u{2010}": "-", "\u{2011}": "-",
    "\u{2013}": "-",
  ]
}
