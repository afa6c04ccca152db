public import Rulebook
import SchoolFiles

// Why a pupil cannot be entered. Each names the field, never its value.

// Numbers and names.
extension Fault {
  /// The number is another child's.
  public static let differentChild = Fault(
    "different-child", "upn",
    "The number belongs to a child whose given name, family name, date of birth or sex is another.",
    "Check the number with the school that gave it. If this is another child, such as a twin, send the child's own "
      + "number. If it is the same child, correct one thing at a time or ask the authority's attendance officer.")

  /// Two children of one file have one number. Neither counts: which of them it belongs to only the sender can say.
  public static func oneNumber(rows: [Int]) -> Fault {
    let list = rows.map(String.init).joined(separator: ", ")
    return Fault(
      "one-number-for-two-children", "upn", "Rows \(list) give one pupil number to two different children.",
      "Send each child with its own number. Do not give a twin the other twin's number.")
  }

  /// The row makes an entry again that an officer took back.
  /// A sign stands where a name should (interpretation *a child with one name*).
  static func nameWithoutLetters(_ column: String) -> Fault {
    Fault(
      "malformed-name", column, "The \(ColumnWords.phrase(column)) has no letter.",
      "Correct the name. For a child who has one name only, write it in both columns.")
  }
  public static let takenBack = Fault(
    "taken-back", "enrolledOn", "An entry with this first day on roll was taken back as made by mistake.",
    "Send the first day that the register has, or ask the authority's attendance officer.")

  /// An officer has decided that the child does not join the roll.
  public static let notConfirmed = Fault(
    "not-confirmed", "upn", "An officer of the authority did not confirm this entry.",
    "Check the pupil number. If the entry is right, ask the authority's attendance officer.")

  /// What is wrong with one value of a row.
  private static func value(_ column: String, _ reason: String, _ says: String, _ fix: String) -> Fault {
    Fault(reason, column, "The \(ColumnWords.phrase(column)) \(says)", fix)
  }

  static func missing(_ column: String) -> Fault {
    value(column, "missing-value", "is missing.", "Fill in the \(ColumnWords.phrase(column)) and send the row again.")
  }

  static func malformedNumber(_ column: String) -> Fault {
    value(
      column, "malformed-upn",
      "is not a letter followed by 12 digits; the last may be a letter in a temporary one.",
      "Correct the number. If the child has none, leave it empty.")
  }

  static func wrongCheckLetter(_ column: String) -> Fault {
    Fault(
      "wrong-check-letter", column, "The first letter of the \(ColumnWords.phrase(column)) does not fit its digits.",
      "Correct the number: a digit is wrong, or two are transposed.")
  }

  static func notText(_ column: String) -> Fault {
    value(column, "wrong-type", "is neither text nor a whole number.", "Send it as a JSON string.")
  }

  static func notTrueOrFalse(_ column: String) -> Fault {
    value(column, "wrong-type", "is neither yes nor no.", "Send true or false; yes, no, Y, N, 1 and 0 are read too.")
  }
}

// Closed lists.
extension Fault {
  static let unreadableSex = Fault(
    "unknown-value", "sex", "The sex is neither F nor M.",
    "Send F or M; Female, Male, 2 (female) and 1 (male) are read too.")
  static let sexNotKnown = Fault(
    "sex-not-known", "sex", "The sex is not stated.", "The register must hold it (reg 8): send F or M when you know it."
  )
  static let unreadableYearGroup = Fault(
    "malformed-year-group", "yearGroup", "The year group is not a national curriculum year.",
    "Send N1, N2, R, 1 to 14, M for a mixed class, or X where the national curriculum is not followed.")
  static let unreadableStatus = Fault(
    "unknown-value", "status", "The status is not a kind of registration.", "Send single, main or subsidiary.")
  static let unreadableGround = Fault(
    "unknown-value", "ground", "The ground of deletion is not a ground of reg 9(1).",
    "Send its letter, a to o, for example a for registered at another school.")
}

// Days.
extension Fault {
  /// The time on roll runs into two earlier ones.
  public static let overlappingEnrolments = Fault(
    "overlapping-enrolments", "enrolledOn", "The time on roll overlaps several that are recorded.",
    "Send the times one by one with the days they have in the register.")

  static func impossible(_ column: String, _ detail: String) -> Fault {
    Fault("impossible-date", column, detail, "Correct one of the two dates.")
  }

  static func beforeBirth(_ column: String) -> Fault {
    value(column, "impossible-date", "is before the date of birth.", "Correct one of the two dates.")
  }

  static func impossibleYear(_ column: String) -> Fault {
    Fault(
      "impossible-date", column, "The year of the \(ColumnWords.phrase(column)) cannot be right.", "Correct the year.")
  }

  static func impossibleBirth(oldest: Int, today: Int) -> Fault {
    Fault(
      "impossible-date", "dateOfBirth",
      "The year of the date of birth cannot be right: pupils of today were born between \(oldest) and \(today).",
      "Correct the date of birth.")
  }

  static let leftBeforeFirst = Fault(
    "impossible-date", "leftOn", "The last day on roll is before the first day on roll.",
    "Correct the date. If the child was entered by mistake, ask the authority's attendance officer to take the entry "
      + "back: it needs no last day and no ground.")
  static let leavingWithoutDay = Fault(
    "missing-value", "leftOn", "The row has a ground or a day of deletion and no last day on roll.",
    "Fill in the last day on roll; or leave ground and deletedOn empty while the child is on the roll.")
  static let deletionWithoutGround = Fault(
    "ground-missing", "ground", "A name is deleted at compulsory school age on a ground only (reg 9(1)).",
    "Send the ground, a to o; or leave deletedOn out while the ground is not known. If the child was entered by mistake, "
      + "ask the authority's attendance officer to take the entry back: it needs no ground.")
}

// Contacts.
extension Fault {
  static let tooManyContacts = Fault(
    "too-many-contacts", "contacts", "The child has more than \(PupilLimits.contacts) contacts.",
    "Send at most \(PupilLimits.contacts): those that matter most.")

  static func contactTwice(_ column: String) -> Fault {
    Fault(
      "contact-twice", column, "The same person is among the child's contacts already, with other details.",
      "Send each person once.")
  }

  static func shortenedNumber(_ column: String) -> Fault {
    Fault(
      "shortened-number", column, "A spreadsheet has shortened the telephone number, so that its digits are lost.",
      "Format the column as text in the spreadsheet, enter the number again and send the file.")
  }

  static func namelessContact(_ column: String) -> Fault {
    Fault(
      "missing-value", column, "The contact has no family name.", "Fill in the family name, or remove the contact.")
  }
}

// Files.
extension Fault {
  public static let twiceInFile = Fault(
    "pupil-twice", "upn", "The child is in the file already, with the same first day on roll.",
    "Send one row for each time on roll.")

  /// Two columns of one name that differ. Of no row: the whole file is refused.
  static let columnsDiffer = "column-twice"

  static func elementTwice(_ column: String) -> Fault {
    value(column, "value-twice", "is there twice, with different values.", "Send it once.")
  }

  /// Which of two values of one JSON name is meant nobody can tell.
  static func nameTwice(_ column: String) -> Fault {
    value(column, "repeated-name", "is in the row more than once.", "Send each name of an object once.")
  }

  static func tooLong(_ column: String) -> Fault {
    value(column, "field-too-long", "is longer than \(PupilLimits.textBytes) bytes.", "Shorten the text.")
  }

  static let rowTooLong = Fault(
    "row-too-long", "", "The row holds more than \(PupilLimits.rowBytes) bytes.", "Shorten its texts.")

  static func control(_ column: String) -> Fault {
    value(column, "control-character", "holds a control character.", "Remove the character: type the value anew.")
  }

  /// A row, or a cell of it, whose text cannot be taken apart.
  init(_ fault: CSVFault, _ column: String = "") {
    switch fault {
    case .fieldTooLong: self = .tooLong(column)
    case .rowTooLong: self = .rowTooLong
    case .controlCharacter where !column.isEmpty: self = .control(column)
    default:
      let reason = RowFault.Reason(fault)
      self.init(reason.rawValue, column, reason.detail(), reason.fix)
    }
  }
}
