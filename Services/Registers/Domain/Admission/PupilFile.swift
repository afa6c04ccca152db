/// The limits of one file of pupils.
public enum PupilLimits {
  /// The most children of one request.
  public static let pupils = 5_000
  /// The most bytes of a body.
  public static let fileBytes = 16 << 20
  /// The most columns of a CSV file.
  public static let columns = 128
  /// The most XML elements of a file, counted as they open.
  public static let elements = 1_000_000
  /// How deep XML elements may lie in each other; a transfer file needs about eight.
  public static let depth = 32
  /// The most bytes of one value.
  public static let textBytes = 1_000
  /// The most bytes of the values of one row of a CSV file.
  public static let rowBytes = 10_000
  /// The most contacts of one child in a transfer file.
  public static let contacts = 20
  /// The contacts that a CSV file has columns for.
  public static let contactsInCSV = 3
}

/// Children as a file says them: those that could be read, in order, and the rows that could not.
public struct PupilFile: Sendable {
  /// A child and its row.
  public struct Row: Sendable {
    /// As its sender counts: in CSV the header is row 1, in a transfer file the place of the child, from 1.
    public let number: Int
    public let pupil: PupilSubmission
  }

  /// A row that cannot be read.
  public struct Fault: Sendable {
    /// As in ``Row/number``.
    public let number: Int
    public let refusal: PupilRefusal
  }

  public let rows: [Row]
  public let faults: [Fault]

  /// How many children were sent.
  public var received: Int { rows.count + faults.count }

  /// Takes rows and faults in the order of the file. A child that is there twice with the same first day on roll is read
  /// once; which of the two is meant nobody can say, so that the first counts.
  init(rows: [Row], faults: [Fault]) {
    var known: Set<[String]> = []
    var kept: [Row] = []
    var twice: [Fault] = []
    for row in rows {
      let upn = row.pupil.upn?.trimmed.uppercased() ?? ""
      if upn.isEmpty || known.insert([upn, row.pupil.enrolledOn ?? ""]).inserted {
        kept.append(row)
      } else {
        twice.append(Fault(number: row.number, refusal: .twiceInFile))
      }
    }
    self.rows = kept
    self.faults = (faults + twice).sorted { $0.number < $1.number }
  }
}

/// Why a whole file of pupils cannot be read. Nothing of it is applied.
public enum PupilFileError: Error, Hashable, Sendable {
  case empty
  /// Not a file of text in rows.
  case other(OtherFile)
  /// XML that is not UTF-8.
  case notUTF8
  case missingColumns([String])
  case columnTwice(String)
  case tooManyColumns
  case unreadableHeader
  case tooManyPupils
  case tooLarge
  /// Not well-formed XML.
  case notXML
  /// It has a document type declaration, which could name entities and other files.
  case documentType
  /// The outermost element is not that of a transfer file.
  case notTransferFile
  case tooDeep
  case tooManyElements

  /// The last part of the problem's type.
  public var slug: String {
    switch self {
    case .empty: "empty-file"
    case .other(let file): file.slug
    case .notUTF8: "not-utf-8"
    case .missingColumns: "missing-columns"
    case .columnTwice: "column-twice"
    case .tooManyColumns: "too-many-columns"
    case .unreadableHeader: "unreadable-header"
    case .tooManyPupils: "too-many-pupils"
    case .tooLarge: "file-too-large"
    case .notXML: "not-xml"
    case .documentType: "document-type"
    case .notTransferFile: "not-a-transfer-file"
    case .tooDeep: "too-deep"
    case .tooManyElements: "too-many-elements"
    }
  }

  /// What is wrong and what to do. Never holds a value of the file.
  public var detail: String {
    switch self {
    case .empty: "The file is empty."
    case .other(let file): file.detail
    case .notUTF8: "The file is not UTF-8 text. Export it as UTF-8."
    case .missingColumns(let names):
      "The header lacks: \(names.joined(separator: ", ")). Columns are separated by commas."
    case .columnTwice(let name): "The column \(name) is there twice."
    case .tooManyColumns: "The header has more than \(PupilLimits.columns) columns."
    case .unreadableHeader: "The header row cannot be read."
    case .tooManyPupils: "The file has more than \(PupilLimits.pupils) children. Send it in parts."
    case .tooLarge: "The file is larger than \(PupilLimits.fileBytes) bytes. Send it in parts."
    case .notXML: "The file is not well-formed XML."
    case .documentType: "The file declares a document type or entities. A transfer file has none; remove it."
    case .notTransferFile: "The outermost element is not CTfile."
    case .tooDeep: "Elements lie in each other more than \(PupilLimits.depth) deep."
    case .tooManyElements: "The file has more than \(PupilLimits.elements) elements."
    }
  }
}

extension PupilFileError {
  init(_ fault: HeaderFault) {
    self =
      switch fault {
      case .empty: .empty
      case .tooManyColumns: .tooManyColumns
      case .unreadable, .unreadableDate, .dates: .unreadableHeader
      case .missing(let names): .missingColumns(names)
      case .twice(let name): .columnTwice(name)
      }
  }
}

extension PupilRefusal {
  static let twiceInFile = PupilRefusal(
    "pupil-twice", "upn", "The child is in the file already, with the same first day on roll.",
    "Send one row for each time on roll.")
  static let tooManyContacts = PupilRefusal(
    "too-many-contacts", "contacts", "The child has more than \(PupilLimits.contacts) contacts.",
    "Send those that matter most.")

  static func elementTwice(_ column: String) -> PupilRefusal {
    PupilRefusal("value-twice", column, "The value is there twice.", "Send it once.")
  }

  static func tooLong(_ column: String) -> PupilRefusal {
    PupilRefusal(
      "field-too-long", column, "The value is longer than \(PupilLimits.textBytes) bytes.", "Shorten the text.")
  }

  static let rowTooLong = PupilRefusal(
    "row-too-long", "", "The row holds more than \(PupilLimits.rowBytes) bytes.", "Shorten its texts.")

  static func control(_ column: String) -> PupilRefusal {
    PupilRefusal("control-character", column, "The value holds a control character.", "Remove the character.")
  }

  static func notTrueOrFalse(_ column: String) -> PupilRefusal {
    PupilRefusal("wrong-type", column, "The value is neither true nor false.", "Send true or false.")
  }

  /// A row whose text cannot be taken apart.
  init(_ reason: RowFault.Reason) {
    switch reason {
    case .fieldTooLong: self = .tooLong("")
    case .rowTooLong: self = .rowTooLong
    default: self.init(reason.rawValue, "", reason.detail(), reason.fix)
    }
  }
}
