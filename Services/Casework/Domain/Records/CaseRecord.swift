public import Contracts
public import Rulebook

/// Something that was put on record in a case beside its acts: written once, never changed; what comes of it is a record of
/// its own that names it.
public protocol CaseRecord: Codable, Hashable, Sendable {
  /// Its kind in the store. Never changed once released.
  static var kind: RecordKind { get }
  /// What is wrong with it, each by its JSON pointer.
  var faults: Faults { get }
  /// The record that it is about, by number; `nil` where it is about none.
  var about: Int64? { get }
}

extension CaseRecord {
  public var about: Int64? { nil }
}

/// The kinds of record.
public enum RecordKind: String, Sendable, Hashable, Codable, CaseIterable {
  case visit
  case visitOutcome = "visit-outcome"
  case meeting, minutes, consent, assessment, plan
  case stepDone = "step-done"
  case review, handover, contact

  /// The kind that a record of this kind is about; `nil` where it is about none.
  public var about: RecordKind? {
    switch self {
    case .visitOutcome: .visit
    case .minutes: .meeting
    case .stepDone: .plan
    case .visit, .meeting, .consent, .assessment, .plan, .review, .handover, .contact: nil
    }
  }
}

extension Faults {
  /// The most characters of a text of a record, and the most rows of a list.
  static let mostCharacters = 4_000
  static let mostRows = 50

  /// Notes a text that is blank or too long.
  mutating func words(_ text: String, _ pointer: String, mayBeBlank: Bool = false) {
    require(
      (mayBeBlank || !text.allSatisfy(\.isWhitespace)) && text.count <= Self.mostCharacters, pointer,
      mayBeBlank ? "must have at most 4000 characters" : "must have 1 to 4000 characters")
  }

  /// Notes a list that is too long, or empty where it may not be, and texts of it that are blank or too long.
  mutating func list(_ texts: [String], _ pointer: String, atLeast least: Int = 0) {
    require((least...Self.mostRows).contains(texts.count), pointer, "must have \(least) to 50 rows")
    for (place, text) in texts.prefix(Self.mostRows).enumerated() { words(text, "\(pointer)/\(place)") }
  }
}

/// Something that somebody is to do by a day.
public struct ActionPoint: Codable, Hashable, Sendable {
  public let what: String
  /// By role, or by an opaque identifier.
  public let owner: String
  public let due: Day

  public init(what: String, owner: String, due: Day) {
    self.what = what
    self.owner = owner
    self.due = due
  }

  func check(_ faults: inout Faults, at pointer: String) {
    faults.words(what, "\(pointer)/what")
    faults.words(owner, "\(pointer)/owner")
  }
}

/// Consent to voluntary help, for one agency. Statutory steps do not rest on it.
public struct AgencyConsent: CaseRecord {
  /// What the family says to help of an agency.
  public enum Answer: String, Codable, Hashable, Sendable, CaseIterable { case given, refused, withdrawn }

  public static let kind = RecordKind.consent
  public let agency: String
  public let answer: Answer
  /// Who answered.
  public let person: PersonID
  public let on: Day

  public init(agency: String, answer: Answer, person: PersonID, on day: Day) {
    self.agency = agency
    self.answer = answer
    self.person = person
    on = day
  }

  public var faults: Faults {
    var faults = Faults()
    faults.words(agency, "/agency")
    return faults
  }

  /// The agencies that may be told, by the latest answer of each.
  ///
  /// - Parameter consents: in the order in which they were recorded.
  public static func agencies(_ consents: [AgencyConsent]) -> [String] {
    let latest = Dictionary(consents.map { ($0.agency, $0.answer) }, uniquingKeysWith: { $1 })
    return latest.filter { $0.value == .given }.map(\.key).sorted()
  }
}
