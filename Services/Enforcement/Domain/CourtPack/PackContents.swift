public import Foundation
public import Rulebook

/// One entry of the register as a pack shows it.
public struct PackMark: Hashable, Sendable, Codable, Comparable {
  public let date: Day
  public let session: Session
  public let code: AttendanceCode

  public init(date: Day, session: Session, code: AttendanceCode) {
    self.date = date
    self.session = session
    self.code = code
  }

  public var place: RegisterSession { RegisterSession(date, session) }

  public static func < (a: PackMark, b: PackMark) -> Bool { a.place < b.place }
}

/// One document of a pack, with its bytes.
public struct PackPart: Hashable, Sendable, Codable {
  public let document: PackDocument
  /// The file's name in the pack: small letters, digits, dots and hyphens; nothing of a person.
  public let name: String
  public let mediaType: String
  public let maker: PackMaker
  /// Who made it, opaque.
  public let madeBy: String
  public let madeOn: Day
  /// What it contains, as the person says who put it in.
  public let contents: [PackContent]
  public let bytes: Data

  public init(
    document: PackDocument, name: String, mediaType: String, maker: PackMaker, madeBy: String, madeOn: Day,
    contents: [PackContent], bytes: Data
  ) {
    self.document = document
    self.name = name
    self.mediaType = mediaType
    self.maker = maker
    self.madeBy = madeBy
    self.madeOn = madeOn
    self.contents = contents
    self.bytes = bytes
  }
}

/// What a court pack is made of: a plain value that whoever prosecutes or applies fills. A pack is about one child and
/// one parent.
public struct PackContents: Hashable, Sendable {
  public let route: PackRoute
  /// The prosecution or application, by its opaque identifier.
  public let matter: String
  /// The defendant or respondent, opaque.
  public let person: String
  /// The case officer, opaque: the full code test is another's.
  public let caseOfficer: String
  public let circumstances: Set<PackCircumstance>
  /// The register of the period, entry by entry, as it stands.
  public let register: [PackMark]
  /// The sessions charged.
  public let charged: [RegisterSession]
  /// The figures that documents state: each must be what the register gives.
  public let stated: [PackFigure.Name: Int]
  public let parts: [PackPart]

  public init(
    route: PackRoute, matter: String, person: String, caseOfficer: String, circumstances: Set<PackCircumstance> = [],
    register: [PackMark], charged: [RegisterSession], stated: [PackFigure.Name: Int] = [:], parts: [PackPart]
  ) {
    self.route = route
    self.matter = matter
    self.person = person
    self.caseOfficer = caseOfficer
    self.circumstances = circumstances
    self.register = register
    self.charged = charged
    self.stated = stated
    self.parts = parts
  }
}

/// The most that a pack may hold.
public enum PackLimits {
  public static let parts = 100
  public static let partBytes = 8 << 20
  /// Of all parts together.
  public static let bytes = 16 << 20
  /// Two school years of sessions.
  public static let marks = 1_000
  /// Of an identifier, a media type or a name.
  public static let textBytes = 100
}

extension PackContents {
  /// Checks what can be wrong with the value itself, complete or not.
  ///
  /// - Throws: `Faults`, all of them; no text repeats a value.
  public func check() throws(Faults) {
    var faults = Faults()
    for (pointer, text) in [("/matter", matter), ("/person", person), ("/caseOfficer", caseOfficer)] {
      faults.require(Self.isIdentifier(text), pointer, "must be 1 to \(PackLimits.textBytes) printable characters")
    }
    checkRegister(&faults)
    checkParts(&faults)
    if !faults.all.isEmpty { throw faults }
  }

  private func checkRegister(_ faults: inout Faults) {
    faults.require(register.count <= PackLimits.marks, "/register", "must have at most \(PackLimits.marks) entries")
    faults.require(Set(register.map(\.place)).count == register.count, "/register", "must have each session once")
    faults.require(Set(charged).count == charged.count, "/charged", "must have each session once")
    faults.require(
      Set(charged).isSubset(of: register.map(\.place)), "/charged", "must be sessions of the register in the pack")
  }

  private func checkParts(_ faults: inout Faults) {
    faults.require(parts.count <= PackLimits.parts, "/parts", "must be at most \(PackLimits.parts)")
    faults.require(Set(parts.map(\.name)).count == parts.count, "/parts", "must each have a name of their own")
    faults.require(
      parts.reduce(0) { $0 + $1.bytes.count } <= PackLimits.bytes, "/parts",
      "must have at most \(PackLimits.bytes) bytes together")
    for (index, part) in parts.enumerated() {
      let at = "/parts/\(index)"
      faults.require(
        Self.isFileName(part.name), "\(at)/name",
        "must be 1 to 80 small letters, digits, dots and hyphens, beginning with a letter or digit, and none of the "
          + "pack's own")
      faults.require(
        part.mediaType.wholeMatch(of: /[a-z]+\/[a-z0-9.+-]{1,80}/) != nil, "\(at)/mediaType", "must be a media type")
      faults.require(
        Self.isIdentifier(part.madeBy), "\(at)/madeBy", "must be 1 to \(PackLimits.textBytes) printable characters")
      faults.require(
        (1...PackLimits.partBytes).contains(part.bytes.count), "\(at)/bytes",
        "must have 1 to \(PackLimits.partBytes) bytes")
    }
  }

  /// The names that the pack gives to what it makes itself.
  public static let ownNames: Set = ["manifest.json", "manifest.sig", "register.csv", "figures.csv"]

  private static func isFileName(_ name: String) -> Bool {
    name.wholeMatch(of: /[a-z0-9][a-z0-9.-]{0,79}/) != nil && !ownNames.contains(name)
  }

  private static func isIdentifier(_ text: String) -> Bool {
    (1...PackLimits.textBytes).contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) }
  }
}
