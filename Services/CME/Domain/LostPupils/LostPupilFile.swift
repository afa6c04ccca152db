public import Rulebook
public import SchoolFiles
import Search

/// A child as the store of lost pupils has it: what finds the child, and no more.
public struct LostPupil: Hashable, Sendable {
  public let givenName, familyName: String
  public let dateOfBirth: Day
  public let sex: Sex?
  public let upn: UPN?

  public init(givenName: String, familyName: String, dateOfBirth: Day, sex: Sex?, upn: UPN?) {
    self.givenName = givenName
    self.familyName = familyName
    self.dateOfBirth = dateOfBirth
    self.sex = sex
    self.upn = upn
  }

  /// How much a pupil of a file says that it is a child. A person decides in either case.
  public enum Likeness: String, Hashable, Sendable, Codable, CaseIterable {
    /// The pupil number and the date of birth, or the names, the date of birth and the sex, are the child's.
    case match
    /// The pupil number alone, or the names as they may be misspelt with the date of birth.
    case lead
  }

  /// `nil` where nothing says that it is the child (chapter 13 of `cme.md`).
  public func likeness(to other: LostPupil) -> Likeness? {
    let isSameNumber = upn != nil && upn == other.upn
    let birth = BirthLikeness(dateOfBirth, other.dateOfBirth)
    if isSameNumber { return birth == .same ? .match : .lead }
    let given = NameLikeness(NameFolding.words(givenName), NameFolding.words(other.givenName))
    let family = NameLikeness(NameFolding.words(familyName), NameFolding.words(other.familyName))
    guard birth == .same, given != .other, family != .other else { return nil }
    guard let sex, let otherSex = other.sex else { return .lead }
    guard sex == otherSex else { return nil }
    return given == .same && family == .same ? .match : .lead
  }
}

/// The transfer file of a pupil whose destination nobody knows, for the Department's store of lost pupils, and the files
/// that it gives back (chapter 13 of `cme.md`; Education (Pupil Information) (England) Regulations 2005). One pupil a
/// file.
public enum LostPupilFile {
  /// What a file may hold that is read here.
  public static let limits = CTFLimits(
    fileBytes: 1 << 20, pupils: 100, elements: 50_000, depth: 32, textBytes: 1_000)

  /// Writes the file of one pupil.
  ///
  /// - Parameters:
  ///   - source: the last school; `nil` for a child whose address is protected, whose school nobody may learn.
  ///   - at: when it was made, `YYYY-MM-DDThh:mm:ss`.
  public static func write(_ pupil: LostPupil, from source: CTFSource?, at: String) -> [UInt8] {
    CTFFile.write(from: source, to: .unknown, at: at) { xml in
      xml.element("Pupil") { xml in
        xml.value("UPN", pupil.upn?.text)
        xml.value("Surname", pupil.familyName)
        xml.value("Forename", pupil.givenName)
        xml.value("DOB", pupil.dateOfBirth.iso)
        xml.value("Sex", pupil.sex?.rawValue)
      }
    }
  }

  /// What was read of a file.
  public struct Contents: Hashable, Sendable {
    public let header: CTFHeader
    /// How many pupils the file has.
    public let received: Int
    /// Those that can be read, by their place in the file from 1.
    public let pupils: [Int: LostPupil]
    /// Those that cannot: who they are nobody can say.
    public let unreadable: [Int]
  }

  /// Reads a file. Elements that are not known here are passed over.
  ///
  /// - Throws: `CTFFault` when nothing can be read.
  public static func read(_ bytes: [UInt8]) throws(CTFFault) -> Contents {
    let file = try CTFFile.read(bytes, limits, as: Reader.self)
    var pupils: [Int: LostPupil] = [:]
    for (place, reader) in file.pupils.enumerated() { pupils[place + 1] = reader.pupil }
    return Contents(
      header: file.header, received: file.pupils.count, pupils: pupils,
      unreadable: file.pupils.indices.map { $0 + 1 }.filter { pupils[$0] == nil })
  }

  /// The name of a file by its template.
  ///
  /// - Parameters:
  ///   - template: with `{source}`, `{destination}` and `{number}` in it.
  ///   - source: seven characters; unknown where the school may not be named.
  ///   - number: the running number, three digits or more.
  public static func name(_ template: String, source: CTFSource?, number: Int64) -> String {
    let (unknown, digits) = (CTFDestination.unknown, String(number))
    let from =
      (source?.authority ?? unknown.authority) + (source.flatMap(\.establishment) ?? unknown.establishment)
    return template.replacing("{source}", with: from)
      .replacing("{destination}", with: unknown.authority + unknown.establishment)
      .replacing("{number}", with: String(repeating: "0", count: max(0, 3 - digits.count)) + digits)
  }

  private struct Reader: CTFPupilReader {
    private var texts: [String: String] = [:]
    private static let elements: Set = ["upn", "surname", "forename", "dob", "sex", "gender"]

    init() {}
    mutating func open(_ path: ArraySlice<String>) {}
    mutating func close(_ path: ArraySlice<String>, _ text: String?) {
      guard path.count == 1, let name = path.first, Self.elements.contains(name), let text, !text.isEmpty else {
        return
      }
      texts[name] = texts[name] ?? text
    }

    var pupil: LostPupil? {
      guard let given = texts["forename"], let family = texts["surname"],
        let born = texts["dob"].flatMap(Day.init(iso:))
      else { return nil }
      return LostPupil(
        givenName: given, familyName: family, dateOfBirth: born,
        sex: (texts["sex"] ?? texts["gender"]).flatMap { Sex(rawValue: $0.uppercased()) },
        upn: texts["upn"].flatMap { try? UPN($0) })
    }
  }
}
