public import Rulebook
import SchoolFiles

/// What can be wrong with a row of a file of payments, and what to do. Repeats no value of the row but a date.
public enum PaymentFault {
  static func row(_ fault: CSVFault) -> Fault {
    let (detail, fix) = words(fault)
    return Fault(fault.rawValue, "", detail, fix)
  }

  static func cell(_ fault: CSVFault, _ column: String) -> Fault {
    let (detail, fix) = words(fault)
    return Fault(fault.rawValue, column, detail, fix)
  }

  private static func words(_ fault: CSVFault) -> (detail: String, fix: String) {
    switch fault {
    case .wrongColumnCount:
      (
        "The row has values behind the last column of the header.",
        "Put values with a comma, such as 1,160.00, in quotation marks."
      )
    case .controlCharacter: ("The cell holds a control character.", "Remove the character.")
    case .unterminatedQuote:
      ("A quotation mark opens a cell and nothing closes it.", "Close the cell, or remove the quotation mark.")
    case .strayQuote:
      (
        "The cell has a quotation mark inside it, or text after a closing quotation mark.",
        "Quote the whole cell and double the quotation marks within it."
      )
    case .fieldTooLong: ("The cell is too long.", "Send the reference or the identifier alone.")
    case .rowTooLong:
      ("The row is longer than \(PaymentLimits.rowBytes) bytes.", "Send only the columns that are read.")
    case .spreadsheetError:
      (
        "The cell holds a spreadsheet's error such as #N/A, or the ##### that stands for a value its column is too narrow to show.",
        "Export the file again from the bank or the pay service, or widen the column and save it as CSV again."
      )
    }
  }

  static func sum(_ fault: PaymentSum.Fault, _ column: String) -> Fault {
    switch fault {
    case .empty:
      Fault("no-amount", column, "The row has a date and no amount.", "Put in the amount, or remove the row.")
    case .currency: foreignCurrency
    case .unclear:
      Fault(
        "unclear-amount", column, "The amount can be read in two ways.",
        "Write pounds and pence with a point, like 1160.00.")
    case .shortened:
      Fault(
        "shortened-amount", column, "A spreadsheet has shortened the amount to a form such as 1.16E+03.",
        "Format the column as a number with two decimal places and save it as CSV again.")
    case .spreadsheetError: cell(.spreadsheetError, column)
    case .tooMuch:
      Fault(
        "amount-too-large", column, "The amount is more than £\(PaymentSum.most / 100).",
        "Check the amount: no penalty notice costs so much.")
    case .unknown:
      Fault("unreadable-amount", column, "The cell does not hold an amount of money.", "Write the amount like 80.00.")
    }
  }

  static func day(_ fault: DateFault) -> Fault {
    switch fault {
    case .otherForm:
      Fault(
        "unreadable-date", "date", "The date is written with the month before the day.",
        "Write the date like 2026-09-07.")
    case .timeOfDay:
      Fault(
        "unreadable-date", "date",
        "The time behind the date cannot be read, so that the day in England is not certain.",
        "Write the date alone, like 2026-09-07.")
    default: Fault("unreadable-date", "date", fault.detail, fault.fix)
    }
  }

  static let future = Fault(
    "date-in-future", "date", "The payment is dated after today.", "Correct the date, or send the row when it has come."
  )

  static let foreignCurrency = Fault(
    "foreign-currency", "amount", "The amount is not in pounds sterling.",
    "Enter what the bank credited in pounds as a payment by hand.")

  static let bothWays = Fault(
    "both-ways", "amount", "The row has money in and money out.", "Send a row for each.")

  static let unknownState = Fault(
    "unknown-state", "state", "The state is not one that says whether the money has moved.",
    "Write success, declined or refunded, as it was.")

  static let shortenedIdentifier = Fault(
    "shortened-identifier", "payment id",
    "A spreadsheet has shortened the identifier to a form such as 1.23E+17: its digits are lost, and several payments look like one.",
    "Export the file again and send it without opening it in a spreadsheet.")

  /// An identifier that was seen with another day or sum (PAY-3).
  public static let identifierReused = Fault(
    "identifier-reused", "payment id",
    "Another row has the same identifier with another date or amount, in this file or in one before.",
    "Check both with the bank or the pay service. Enter a payment that is missing by hand.")
}
