public import Rulebook

/// What a sender should know of a row that was accepted.
public struct PupilNote: Hashable, Sendable {
  /// What becomes of a value that cannot be read.
  enum Consequence {
    case leftOut, takenAsProtecting, contactsStay, contactLeftOut, staysOnRoll, nameStays
    /// Nothing: the row counts as it is.
    case none

    var sentence: String {
      switch self {
      case .leftOut: " The child is entered without it; what is on record stays."
      case .takenAsProtecting: " To be safe, the program took the answer that protects."
      case .contactsStay: " The child is entered; the contacts on record stay."
      case .contactLeftOut: " The child is entered without this contact. The contacts on record do not change."
      case .staysOnRoll: " The leaving is not recorded: a child that is on the roll stays on it."
      case .nameStays: " The last day on roll is recorded; the name is not deleted."
      case .none: ""
      }
    }
  }

  public let refusal: Fault
  private let consequence: Consequence

  init(_ refusal: Fault, _ consequence: Consequence) {
    self.refusal = refusal
    self.consequence = consequence
  }

  init(reason: String, column: String, detail: String, fix: String) {
    self.init(Fault(reason, column, detail, fix), .none)
  }

  public var reason: String { refusal.reason }
  public var column: String { refusal.column }
  public var detail: String { refusal.detail + consequence.sentence }
  public var fix: String { refusal.fix }

  /// A child of compulsory school age left and the ground is not known.
  public static let groundMissing = PupilNote(
    Fault(
      "ground-missing", "ground", "A child of compulsory school age left and no ground was given (reg 9(1)).",
      "Send the row again with the ground, a to o, before the name is deleted."), .none)

  /// A line of a report.
  static let notAChild = PupilNote(
    Fault(
      "not-a-child", "", "The row is a total or another line of a report and not a child: it was passed over.",
      "Nothing, if that is so."), .none)

  /// What is to be said of the number of an entry.
  public static func ofNumber(sent: UPN, taken: UPN) -> [PupilNote] {
    guard sent.isProvisional else { return [] }
    return [taken.isProvisional ? numberMissing : numberFound]
  }

  /// The row has no number, and its child is on the school's roll under one.
  public static let numberFound = PupilNote(
    Fault(
      "number-missing", "upn",
      "The row has no pupil number. A child of these names and this date of birth is on the roll: the row was taken as about it.",
      "Nothing, if it is the same child; else send the row with the child's own number."), .none)

  /// The child has no number yet.
  public static let numberMissing = PupilNote(
    Fault(
      "number-missing", "upn",
      "The child has no pupil number. The child is on the register and waits for one.",
      "When the child has a number, send the same row with it: names, date of birth and school as they are here. Until "
        + "then enter its marks by session, under the identifier in this answer."), .none)

  /// The entry waits for an officer. It says the same whatever the reason, so that it gives nothing away of the child.
  public static let waiting = PupilNote(
    reason: "waiting-for-confirmation", column: "upn",
    detail: "The entry does not count until an officer of the authority has confirmed it.",
    fix:
      "You do not need to do anything. Marks for the child are quarantined, and recorded automatically once it is confirmed. If the pupil "
      + "number is not this child's, send the child's own number.")

  /// What was said differs from the record and waits for an officer; the rest of the row counts.
  public static func proposed(_ fields: [PupilField]) -> PupilNote {
    PupilNote(
      reason: "proposed", column: fields.first?.rawValue ?? "",
      detail: "The row counts. Its \(fields.map(\.ofRecord).joined(separator: ", ")) differs from the child's "
        + "record, which does not change until an officer of the authority decides.",
      fix:
        "If the value you sent is right, you do not need to do anything. Otherwise send the row again with the right value."
    )
  }

  /// What was said differs from the record, and an officer decided that the record is right.
  public static func kept(_ fields: [PupilField]) -> PupilNote {
    PupilNote(
      reason: "record-kept", column: fields.first?.rawValue ?? "",
      detail: "The row counts. Its \(fields.map(\.ofRecord).joined(separator: ", ")) differs from the child's "
        + "record, and an officer of the authority decided to keep the record.",
      fix: "Correct it in your system, or ask the authority's attendance officer.")
  }

  /// The child is on another school's roll, and neither says that it shares the child.
  public static let singleElsewhere = PupilNote(
    reason: "single-elsewhere", column: "status",
    detail: "Another school also has the child on roll, and both schools have the status single.",
    fix: "If the child attends both schools, send status main or subsidiary. If the child should not be on your roll, "
      + "ask the authority's attendance officer to withdraw the entry.")
}
