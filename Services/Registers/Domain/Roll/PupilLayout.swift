import Rulebook
import SchoolFiles

/// How a dialect lays out a list of pupils: the names of its columns and its words. What it does not name is looked for
/// under the register's own names and the usual ones.
public struct PupilLayout: Hashable, Codable, Sendable {
  /// By the register's name of a column (``PupilsCSV/columns``, or ``fullName``) the names that it may have in the
  /// header, the first one there counting. Case, spaces and punctuation do not count.
  public var columns: [String: [String]]
  /// By the register's name of a column words in any case with what each stands for, for example `Girl` for `F`.
  public var words: [String: [String: String]]

  public init(columns: [String: [String]] = [:], words: [String: [String: String]] = [:]) {
    self.columns = columns
    self.words = words
  }

  /// The name of a column that holds both names as `Surname, Forename`.
  public static let fullName = "surnameForename"

  /// A layout that names nothing of its own.
  public static let standard = PupilLayout()

  private static let mostNames = 10
  private static let mostWords = 100
  private static let wordBytes = 60

  /// Everything that is wrong with it; empty when it can be used.
  var faults: [Fault] {
    var faults: [Fault] = []
    for (column, names) in columns.sorted(by: { $0.key < $1.key }) {
      let pointer = "/pupils/columns/\(column)"
      if !Self.isColumn(column) {
        faults.append(Fault(pointer, "is not a column of a list of pupils"))
      } else if names.isEmpty || names.count > Self.mostNames || !names.allSatisfy(Self.isWord) {
        faults.append(
          Fault(pointer, "must have 1 to \(Self.mostNames) names of 1 to \(Self.wordBytes) bytes"))
      }
    }
    let all = columns.values.flatMap { Set($0.map(HeaderName.key)) }
    if Set(all).count < all.count {
      faults.append(Fault("/pupils/columns", "must not use one name for two columns"))
    }
    for (column, words) in words.sorted(by: { $0.key < $1.key }) {
      let pointer = "/pupils/words/\(column)"
      if !Self.isColumn(column) {
        faults.append(Fault(pointer, "is not a column of a list of pupils"))
      } else if words.count > Self.mostWords || !words.allSatisfy({ Self.isWord($0.key) && Self.isMeaning($0.value) })
        || Set(words.keys.map { $0.lowercased() }).count < words.count
      {
        faults.append(
          Fault(
            pointer, "must have at most \(Self.mostWords) words, each once in any case, of 1 to \(Self.wordBytes) bytes"
          )
        )
      }
    }
    return faults
  }

  private static func isColumn(_ name: String) -> Bool { PupilsCSV.columns.contains(name) || name == fullName }
  private static func isWord(_ text: String) -> Bool { !text.isEmpty && isMeaning(text) && text.trimmed == text }
  private static func isMeaning(_ text: String) -> Bool { text.utf8.count <= wordBytes && !text.hasControls }

  /// The folded names that a column may have, the first there counting: the dialect's own, the register's, the usual.
  func names(of column: String) -> [String] {
    ((columns[column] ?? []) + [column] + (Self.usual[column] ?? [])).map(HeaderName.key)
  }

  /// What a text of a column stands for.
  func meaning(of text: String, in column: String) -> String {
    guard let words = words[column] else { return text }
    let folded = text.inPlainSpaces.lowercased()
    return words.first { $0.key.lowercased() == folded }?.value ?? text
  }

  /// A needed column with the usual names for it, as a school is told.
  static func accepted(_ column: String) -> String {
    let names = (usual[column] ?? []).prefix(3)
    return "\(column)" + (names.isEmpty ? "" : " (also \(names.joined(separator: ", ")))")
  }

  /// What English schools' systems call the columns.
  private static let usual: [String: [String]] = {
    var names = Dictionary(uniqueKeysWithValues: PupilField.columns.map { ($0.column, $0.declaration.usual) })
    let contact = [
      "GivenName": ["Forename", "First Name"], "FamilyName": ["Surname", "Last Name"],
      "Relation": ["Relationship", "Relation to Pupil"], "ParentalResponsibility": ["Parental Responsibility", "PR"],
      "LivesWith": ["Lives With Pupil", "Same Address"], "Telephone": ["Phone", "Mobile", "Phone Number"],
      "Email": ["Email Address", "E-mail"], "Address": ["Full Address"], "Postcode": ["Post Code"],
    ]
    for number in 1...PupilLimits.contactsInCSV {
      for (value, usual) in contact { names["contact\(number)\(value)"] = usual.map { "Contact \(number) \($0)" } }
    }
    // Lists with one row a contact have one contact's columns.
    for value in PupilsCSV.contactColumns {
      names["contact1\(value)", default: []] += ["Contact \(value)"] + (contact[value] ?? []).map { "Contact \($0)" }
    }
    return names
  }()
}

/// Where the columns of a list of pupils lie in one file.
struct PupilColumns {
  /// By the register's name of a column its places; several when the file has it more than once.
  let places: [String: [Int]]
  private let names: [String]
  /// How far a row must reach.
  let reach: Int
  let count: Int

  /// - Throws: ``HeaderFault/missing(_:)``.
  init(_ headers: [String], _ layout: PupilLayout) throws(HeaderFault) {
    let names = headers.map(HeaderName.key)
    var places: [String: [Int]] = [:]
    var taken: Set<Int> = []
    // A name as it is comes before one without what stands behind it in brackets.
    for (keys, most) in [(names, Int.max), (headers.map(HeaderName.keyWithoutRemarks), 1)] {
      for column in PupilsCSV.columns + [PupilLayout.fullName] where places[column] == nil {
        guard column != PupilLayout.fullName || layout.columns[column] != nil else { continue }
        for name in layout.names(of: column) {
          let found = keys.indices.filter { keys[$0] == name && !taken.contains($0) }
          guard !found.isEmpty, found.count <= most else { continue }
          places[column] = found
          taken.formUnion(found)
          break
        }
      }
    }
    let hasFullName = places[PupilLayout.fullName] != nil
    let missing = PupilsCSV.requiredColumns.filter { column in
      places[column] == nil && !(hasFullName && ["givenName", "familyName"].contains(column))
    }
    guard missing.isEmpty else { throw .missing(missing) }
    self.names = names
    self.places = places
    count = headers.count
    reach =
      (PupilsCSV.requiredColumns + [PupilLayout.fullName]).compactMap { places[$0]?.first }.max().map { $0 + 1 } ?? 0
  }

  /// Whether a row's texts are the header again.
  func isHeader(_ texts: [String]) -> Bool {
    let keys = texts.map(HeaderName.key)
    return keys.count == names.count && keys == names
  }
}
