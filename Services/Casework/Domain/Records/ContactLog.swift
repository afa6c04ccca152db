public import Contracts
public import Rulebook

/// A line of the contact log: a call, a letter, a message or a talk with somebody of the family, or the attempt at one.
public struct ContactEntry: CaseRecord {
  /// How it was made.
  public enum Way: String, Codable, Hashable, Sendable, CaseIterable {
    case telephone, letter, message, email, meeting, visit
  }

  /// What came of it.
  public enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
    case reached, refused
    case noAnswer = "no-answer"
    case leftMessage = "left-message"
  }

  public static let kind = RecordKind.contact
  public let on: Day
  /// Whom it was with, by registers' opaque identifier; absent for the child.
  public let person: PersonID?
  public let way: Way
  public let outcome: Outcome
  /// What was said, and what comes next.
  public let note: String
  public let next: String
  /// Whether the person can be contacted safely, and what must not be done; blank where there is nothing to heed.
  public let isSafeToContact: Bool
  public let conditions: String
  /// In which language and format the person reads, where that is known.
  public let language: String?
  public let format: String?

  public var faults: Faults {
    var faults = Faults()
    faults.words(note, "/note")
    faults.words(next, "/next", mayBeBlank: true)
    faults.words(conditions, "/conditions", mayBeBlank: isSafeToContact)
    for (text, pointer) in [(language, "/language"), (format, "/format")] {
      if let text { faults.words(text, pointer) }
    }
    return faults
  }
}
