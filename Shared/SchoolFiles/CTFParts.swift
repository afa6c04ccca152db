/// Whom a transfer file goes to.
public enum CTFDestination: Hashable, Sendable {
  /// The authority itself: any number of children.
  case authority(String)
  /// A school by its authority's three digits and its own four.
  case school(authority: String, establishment: String)
  /// Nobody knows: the store of lost pupils, one child a file.
  case unknown
  /// Out of the maintained sector: an independent school, education at home, abroad.
  case outsideMaintained

  /// The authority's part.
  public var authority: String {
    switch self {
    case .authority(let authority), .school(let authority, _): authority
    case .unknown: "XXX"
    case .outsideMaintained: "MMM"
    }
  }

  /// The school's part.
  public var establishment: String {
    switch self {
    case .authority: "LLLL"
    case .school(_, let establishment): establishment
    case .unknown: "XXXX"
    case .outsideMaintained: "MMMM"
    }
  }

  /// Reads seven characters as they stand in a file's name: `8801234`, `880LLLL`, `XXXXXXX`, `MMMMMMM`.
  public init?(_ text: String) {
    let isDigit: (Character) -> Bool = { $0.isASCII && $0.isWholeNumber }
    let authority = String(text.prefix(3))
    switch text {
    case "XXXXXXX": self = .unknown
    case "MMMMMMM": self = .outsideMaintained
    case _ where text.count == 7 && authority.allSatisfy(isDigit):
      let rest = text.dropFirst(3)
      if rest == "LLLL" {
        self = .authority(authority)
      } else if rest.allSatisfy(isDigit) {
        self = .school(authority: authority, establishment: String(rest))
      } else {
        return nil
      }
    default: return nil
    }
  }
}

/// What the header of a transfer file says: each as it stands there, `nil` where it says nothing.
public struct CTFHeader: Hashable, Sendable {
  /// The version of the format.
  public let version: String?
  /// The authority's and the school's part of the sender.
  public let sourceAuthority, sourceEstablishment: String?
  /// `nil` where it names no destination that the format knows.
  public let destination: CTFDestination?

  init(_ texts: [String: String]) {
    version = texts["ctfversion"]
    sourceAuthority = texts["sourceschool/lea"]
    sourceEstablishment = texts["sourceschool/estab"]
    destination = CTFDestination((texts["destschool/lea"] ?? "") + (texts["destschool/estab"] ?? ""))
  }

  /// Whether the version is newer than the one that is written here; `false` where none can be read.
  public var isNewer: Bool { version.flatMap(Double.init).map { $0 > Double(CTFFile.version) ?? 0 } ?? false }
}

/// The school a transfer file comes from.
public struct CTFSource: Hashable, Sendable {
  /// The authority's three digits.
  public let authority: String
  /// The school's four digits; `nil` when the register does not know them.
  public let establishment: String?
  public let urn: String
  public let name: String

  public init(authority: String, establishment: String?, urn: String, name: String) {
    self.authority = authority
    self.establishment = establishment
    self.urn = urn
    self.name = name
  }

  /// Writes the elements that name the school.
  public func write(to xml: inout XMLText) {
    xml.value("LEA", authority)
    xml.value("Estab", establishment ?? CTFDestination.unknown.establishment)
    xml.value("SchoolName", name)
    xml.value("URN", urn)
  }
}

/// An address as a transfer file has it, in lines or in the parts of British Standard 7666, as one text.
public struct CTFAddress: Sendable {
  /// How many lines the format has.
  public static let lines = 5
  public static let names: Set = [
    "saon", "paon", "street", "locality", "town", "administrativearea", "posttown", "addressline1", "addressline2",
    "addressline3", "addressline4", "addressline5", "county", "postcode", "zip",
  ]

  public private(set) var parts: [String] = []
  public private(set) var postcode: String?

  public init() {}

  public var text: String { parts.joined(separator: ", ") }

  public mutating func take(_ name: String, _ value: String) {
    guard !value.isEmpty else { return }
    if name == "postcode" || name == "zip" {
      postcode = postcode ?? value
    } else {
      parts += Self.parts(of: value)
    }
  }

  /// What stands between commas and line ends.
  static func parts(of text: String) -> [String] {
    text.split { $0 == "," || $0.isNewline }.map { String($0).trimmed }.filter { !$0.isEmpty }
  }

  /// A text as the lines of the format: what is too much stands in the last.
  public static func lines(of text: String) -> [String] {
    let parts = parts(of: text)
    guard parts.count > lines else { return parts }
    return parts[..<(lines - 1)] + [parts[(lines - 1)...].joined(separator: ", ")]
  }
}
