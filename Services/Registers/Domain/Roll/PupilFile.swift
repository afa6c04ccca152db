public import Rulebook
public import Schemas
public import SchoolFiles

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
  /// The most contacts of one child.
  public static let contacts = 20
  /// The most contacts of one child that are looked at.
  static let contactsRead = 100
  /// The contacts that a CSV file has columns for.
  public static let contactsInCSV = 3
}

/// Children as a file says them: those that could be read, in order, and the rows that could not.
public struct PupilFile: Sendable {
  /// A child and its row.
  public struct Row: Sendable {
    /// As its sender counts: in CSV the first row of the file is 1, in a transfer file the first child, in JSON the first
    /// child is 0.
    public let number: Int
    public let pupil: PupilSubmission

    public init(number: Int, pupil: PupilSubmission) {
      self.number = number
      self.pupil = pupil
    }
  }

  /// A row that cannot be read.
  public struct BadRow: Sendable {
    /// As in ``Row/number``.
    public let number: Int
    public let refusal: Fault
  }

  /// A row that is no child's.
  public struct Aside: Sendable {
    /// As in ``Row/number``.
    public let number: Int
    public let note: PupilNote
  }

  public let rows: [Row]
  public let faults: [BadRow]
  /// Rows that were passed over and are not counted.
  public let asides: [Aside]
  /// How it writes dates.
  public let dates: PupilDates

  /// How many children were sent.
  public var received: Int { rows.count + faults.count }

  /// The children of a JSON body, numbered from 0.
  ///
  /// - Parameter repeated: where a child has a name twice, by the number of the child.
  /// - Throws: ``PupilFileError/dates(_:)``.
  public init(indexed pupils: [PupilSubmission], repeated: [Int: RepeatedNames.Place] = [:]) throws(PupilFileError) {
    let rows = pupils.enumerated().filter { repeated[$0.offset] == nil }
    try self.init(
      rows: rows.map { Row(number: $0.offset, pupil: $0.element) },
      faults: repeated.map { BadRow(number: $0.key, refusal: .nameTwice($0.value.steps.joined(separator: "/"))) })
  }

  /// Takes rows and faults in the order of the file. Of rows that say other things of one child and one first day nobody can
  /// tell which is meant, so that the first counts. Two children under one number are two rows: ``NumberClashes`` tells
  /// them.
  ///
  /// - Parameter joinsContacts: whether rows that say the same of a child are one child with the contacts of all, as
  ///   tables with one row a contact mean it.
  /// - Throws: ``PupilFileError/dates(_:)`` when its dates are not written in one order.
  init(
    rows: [Row], faults: [BadRow], asides: [Aside] = [], dates: PupilDates = .standard, joinsContacts: Bool = false
  ) throws(PupilFileError) {
    try dates.requireOneOrder(rows)
    var places: [[String]: Int] = [:]
    var kept: [Row] = []
    var twice: [BadRow] = []
    for row in rows {
      let upn = row.pupil[.upn]?.inPlainSpaces.uppercased() ?? ""
      let key = [upn, row.pupil[.enrolledOn]?.trimmed ?? ""] + row.pupil.identity
      guard !upn.isEmpty, let place = places[key] else {
        if !upn.isEmpty { places[key] = kept.count }
        kept.append(row)
        continue
      }
      let first = kept[place]
      guard first.pupil.saysTheSame(as: row.pupil) else {
        twice.append(BadRow(number: row.number, refusal: .twiceInFile))
        continue
      }
      if joinsContacts {
        kept[place] = Row(number: first.number, pupil: first.pupil.adding(contactsOf: row.pupil))
        kept.append(Row(number: row.number, pupil: row.pupil.with(contacts: nil)))
      } else {
        kept.append(row)
      }
    }
    self.rows = kept
    self.faults = (faults + twice).sorted { $0.number < $1.number }
    self.asides = asides
    self.dates = dates
  }
}

/// Why a whole file of pupils cannot be read. Nothing of it is applied.
public enum PupilFileError: Error, Hashable, Sendable {
  case empty
  /// Text of an encoding that is not read.
  case unknownEncoding
  /// No text, or text of another kind.
  case other(OtherFile)
  /// No transfer file, but a file of this kind.
  case otherThanTransfer(OtherFile)
  /// Dates that are written in different orders, or in another than was declared.
  case dates(DateColumn.Contradiction)
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
    case .unknownEncoding: "unknown-encoding"
    case .other(let file), .otherThanTransfer(let file): file.slug
    case .dates: "dates-contradict-dialect"
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
    case .empty: "The file has no rows. Send a header row and one row for each child and time on roll."
    case .unknownEncoding:
      "The file says that it is written in an encoding that is not read. Save it as UTF-8, UTF-16, ISO-8859-1 or Windows-1252."
    case .other(let file): file.detail
    case .otherThanTransfer:
      "This is not an XML file. Export a Common Transfer File from the school's system, or send a list of pupils as text/csv."
    case .dates(let contradiction): PupilDates.detail(of: contradiction)
    case .missingColumns(let names):
      "No row of the first \(SheetFormat.searchedRows) is a header with every column that is needed. Missing: \(names.map(PupilLayout.accepted).joined(separator: "; ")). Rename the columns, or name the dialect of your system with ?dialect=."
    case .columnTwice(let name):
      "Two columns are a \(ColumnWords.phrase(name)) (\(name)) and differ. Delete the one that is wrong."
    case .tooManyColumns: "The header has more than \(PupilLimits.columns) columns. Delete those that are empty."
    case .unreadableHeader:
      "The header row cannot be read: it has an odd quotation mark or a control character. Type it anew."
    case .tooManyPupils: "The file has more than \(PupilLimits.pupils) children. Send it in parts."
    case .tooLarge: "The file is larger than \(PupilLimits.fileBytes >> 20) MiB. Send it in parts."
    case .notXML: "The file is not well-formed XML. Export it again from the school's system; do not edit it by hand."
    case .documentType: "The file declares a document type or entities. A transfer file has none; remove it."
    case .notTransferFile: "The outermost element is not CTfile: this is not a Common Transfer File."
    case .tooDeep: "The file nests elements more than \(PupilLimits.depth) deep. A transfer file needs about eight."
    case .tooManyElements: "The file has more than \(PupilLimits.elements) elements."
    }
  }
}
