/// Takes in one child of a transfer file. Paths are those of elements within the child's own, in small letters and without
/// prefixes: `["basicdetails", "ncyearactual"]`.
public protocol CTFPupilReader {
  init()
  /// An element begins.
  mutating func open(_ path: ArraySlice<String>)
  /// An element ends.
  ///
  /// - Parameter text: its text without white space at the ends; `nil` when it is too long.
  mutating func close(_ path: ArraySlice<String>, _ text: String?)
}

/// Why a transfer file cannot be read.
public enum CTFFault: Error, Hashable, Sendable {
  case empty
  case tooLarge
  /// Text of an encoding that is not read.
  case unknownEncoding
  /// A file of another kind.
  case other(OtherFile)
  case notWellFormed
  /// It has a document type declaration, which could name entities and other files.
  case documentType
  /// The outermost element is not that of a transfer file.
  case notTransferFile
  case tooDeep
  case tooManyElements
  case tooManyPupils
}

/// What one transfer file may hold.
public struct CTFLimits: Hashable, Sendable {
  public let fileBytes: Int
  public let pupils: Int
  /// Elements, counted as they open.
  public let elements: Int
  /// How deep elements may lie in each other; a transfer file needs about eight.
  public let depth: Int
  /// Bytes of one value.
  public let textBytes: Int

  public init(fileBytes: Int, pupils: Int, elements: Int, depth: Int, textBytes: Int) {
    self.fileBytes = fileBytes
    self.pupils = pupils
    self.elements = elements
    self.depth = depth
    self.textBytes = textBytes
  }
}

/// The Common Transfer File by which English schools hand a child's record on (Department for Education, CTF 24 and 25;
/// Education (Pupil Information) (England) Regulations 2005, reg 9): `CTfile/CTFpupilData/Pupil`.
///
/// What a child's element means is its reader's; the frame, the encodings and the limits are here.
///
/// ```swift
/// struct Name: CTFPupilReader {
///   var surname: String?
///   init() {}
///   mutating func open(_ path: ArraySlice<String>) {}
///   mutating func close(_ path: ArraySlice<String>, _ text: String?) {
///     if path.elementsEqual(["surname"]) { surname = text }
///   }
/// }
///
/// let limits = CTFLimits(fileBytes: 16 << 20, pupils: 5_000, elements: 1_000_000, depth: 32, textBytes: 1_000)
/// let names = try CTFFile.pupils(in: bytes, limits) as [Name]
/// let file = CTFFile.write(from: school, to: .unknown, at: "2026-11-28T09:00:00") { xml in
///   xml.element("Pupil") { $0.value("Surname", "Sample") }
/// }
/// ```
public enum CTFFile {
  /// The version of the format that is written.
  public static let version = "25.0"

  /// Writes a file.
  ///
  /// - Parameters:
  ///   - source: the school; `nil` for a file that must not say where a child is or was.
  ///   - at: when it was made, `YYYY-MM-DDThh:mm:ss`.
  ///   - pupils: writes the children's elements.
  public static func write(
    from source: CTFSource?, to destination: CTFDestination, at: String, pupils: (inout XMLText) -> Void
  ) -> [UInt8] {
    var xml = XMLText()
    xml.element("CTfile") { xml in
      xml.element("Header") { xml in
        xml.value("DocumentName", "Common Transfer File")
        xml.value("CTFversion", version)
        xml.value("DateTime", at)
        xml.value("DocumentQualifier", "partial")
        xml.element("SourceSchool") { xml in
          if let source {
            source.write(to: &xml)
          } else {
            xml.value("LEA", CTFDestination.unknown.authority)
            xml.value("Estab", CTFDestination.unknown.establishment)
          }
        }
        xml.element("DestSchool") { xml in
          xml.value("LEA", destination.authority)
          xml.value("Estab", destination.establishment)
        }
      }
      xml.element("CTFpupilData", pupils)
    }
    return xml.bytes
  }

  /// Reads the children of a file. UTF-8, UTF-16, ISO-8859-1 and Windows-1252 are read, whichever of them the file names:
  /// its bytes say which it is.
  ///
  /// - Throws: ``CTFFault`` when nothing can be read.
  public static func pupils<Pupil: CTFPupilReader>(
    in input: [UInt8], _ limits: CTFLimits, as: Pupil.Type = Pupil.self
  ) throws(CTFFault) -> [Pupil] {
    try read(input, limits, as: Pupil.self).pupils
  }

  /// Reads the children of a file with what its header says. As ``pupils(in:_:as:)``.
  ///
  /// - Throws: ``CTFFault`` when nothing can be read.
  public static func read<Pupil: CTFPupilReader>(
    _ input: [UInt8], _ limits: CTFLimits, as: Pupil.Type = Pupil.self
  ) throws(CTFFault) -> (header: CTFHeader, pupils: [Pupil]) {
    guard input.count <= limits.fileBytes else { throw .tooLarge }
    let text = TextFile(decoding: input).bytes
    try check(text)
    var scanner = XMLScanner(text, textBytes: limits.textBytes)
    var walk = CTFWalk<Pupil>(limits)
    while true {
      let event: XMLScanner.Event
      do throws(XMLFault) { event = try scanner.next() } catch {
        throw error == .documentType ? .documentType : .notWellFormed
      }
      switch event {
      case .open(let name): try walk.open(name)
      case .close(let text): walk.close(text)
      case .end: return (CTFHeader(walk.header), walk.pupils)
      }
    }
  }

  /// The encodings that a file may name. Which of them it is in its bytes say better than its first line.
  private static let encodings: Set = [
    "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "iso8859-1", "latin1",
    "windows-1252", "cp1252",
  ]

  /// Refuses beforehand what no transfer file is: unknown encodings, control characters, document types, entities.
  private static func check(_ bytes: [UInt8]) throws(CTFFault) {
    let text = bytes[...]
    guard let first = text.first(where: { $0 != 32 && !(9...13).contains($0) }) else { throw .empty }
    if let other = OtherFile(bytes), other != .webPage { throw .other(other) }
    // XML has no place for control characters.
    guard first == UInt8(ascii: "<"), !text.contains(where: { $0 < 32 && $0 != 9 && $0 != 10 && $0 != 13 }) else {
      throw .notWellFormed
    }
    guard !contains("<!DOCTYPE", text), !contains("<!ENTITY", text) else { throw .documentType }
    if let encoding = declaredEncoding(text), !encodings.contains(encoding.lowercased()) { throw .unknownEncoding }
  }

  private static func contains(_ word: StaticString, _ text: ArraySlice<UInt8>) -> Bool {
    word.withUTF8Buffer { word in
      text.indices.contains { index in
        text[index] == word[0] && text[index...].starts(with: word)
      }
    }
  }

  private static func declaredEncoding(_ text: ArraySlice<UInt8>) -> Substring? {
    let head = String(decoding: text.prefix(200), as: UTF8.self)
    guard head.hasPrefix("<?xml"), let end = head.firstRange(of: "?>"),
      let name = head[..<end.lowerBound].firstRange(of: "encoding")
    else { return nil }
    let value = head[name.upperBound..<end.lowerBound].drop { $0 == " " || $0 == "=" || $0 == "'" || $0 == "\"" }
    return value.prefix { $0 != "'" && $0 != "\"" }
  }
}

/// The elements of a transfer file as they come.
private struct CTFWalk<Pupil: CTFPupilReader> {
  private(set) var pupils: [Pupil] = []
  /// The texts of the header by their path in it.
  private(set) var header: [String: String] = [:]
  private let limits: CTFLimits
  private var path: [String] = []
  private var elements = 0
  private var pupil: Pupil?
  /// Where a child's element lies.
  private let pupilPath = ["ctfile", "ctfpupildata", "pupil"]
  private let nameBytes = 60

  init(_ limits: CTFLimits) { self.limits = limits }

  /// Takes the start of an element. Case and prefix of its name do not count: suppliers write both.
  mutating func open(_ qualifiedName: String) throws(CTFFault) {
    let name =
      qualifiedName.utf8.count > nameBytes
      ? "" : qualifiedName.split(separator: ":").last.map { $0.lowercased() } ?? ""
    if path.isEmpty, name != pupilPath[0] { throw .notTransferFile }
    elements += 1
    path.append(name)
    guard path.count <= limits.depth else { throw .tooDeep }
    guard elements <= limits.elements else { throw .tooManyElements }
    if path == pupilPath {
      guard pupils.count < limits.pupils else { throw .tooManyPupils }
      pupil = Pupil()
    } else if path.count > pupilPath.count {
      let inner = path[pupilPath.count...]
      pupil?.open(inner)
    }
  }

  /// Takes the end of an element with its text; `nil` when that is too long.
  mutating func close(_ text: String?) {
    if path == pupilPath, let read = pupil {
      pupils.append(read)
      pupil = nil
    } else if path.count > pupilPath.count {
      let inner = path[pupilPath.count...]
      pupil?.close(inner, text?.trimmed)
    }
    if path.count > 2, path[1] == "header" { header[path[2...].joined(separator: "/")] = text?.trimmed }
    path.removeLast()
  }
}
