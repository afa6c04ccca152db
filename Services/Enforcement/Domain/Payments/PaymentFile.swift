public import Rulebook

/// Where money comes in. The same payment is told by one source only, so that a payment by card and one by bank on the same
/// day, of the same sum and for the same notice, are two.
public enum PaymentSource: String, Hashable, Sendable, Codable, CaseIterable {
  /// The authority's bank account.
  case bank
  /// The service by which people pay on the web, such as GOV.UK Pay.
  case payService = "pay-service"
  /// Entered by a person: cheques, cash, money found in another account.
  case hand
}

/// The limits of one file of payments.
public enum PaymentLimits {
  /// Some ten times what the largest authority is paid in a year.
  public static let rows = 50_000
  public static let columns = 100
  public static let fieldBytes = 1_000
  public static let rowBytes = 16_384
  /// The most bytes of a file.
  public static let fileBytes = 8 * 1024 * 1024
  /// The most bytes of an identifier of the bank or the pay service.
  public static let identifierBytes = 100
}

/// Money that came in or went out, as one row of a file tells.
public struct PaymentRow: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case payment
    /// Money that went back to a payer.
    case refund
  }

  /// The row as its sender counts: the file's first line is row 1.
  public let number: Int
  public let kind: Kind
  /// The day in England.
  public let on: Day
  /// More than nothing, whichever way it went.
  public let sum: Money
  public let reference: PaymentReference
  /// What makes it this one and no other row of its source, so that a file that comes twice, or overlaps another, tells
  /// nothing twice: the identifier of the bank or the pay service, else day, sum and reference with its place among those
  /// that are alike. It can hold what the payer wrote: keep a digest of it.
  public let identity: String
}

/// A file of payments as it was read: every row is in one of the three lists.
public struct PaymentFile: Hashable, Sendable {
  /// A row that holds no money for or from anybody.
  public struct Aside: Hashable, Sendable {
    public let number: Int
    public let reason: PassedOver
  }

  /// A row that cannot be read: nothing of it is booked.
  public struct BadRow: Hashable, Sendable {
    public let number: Int
    public let fault: Fault

    public init(number: Int, fault: Fault) {
      self.number = number
      self.fault = fault
    }
  }

  /// In the order of the file.
  public internal(set) var rows: [PaymentRow] = []
  public internal(set) var passedOver: [Aside] = []
  public internal(set) var refused: [BadRow] = []

  /// How many rows were sent, without blank ones and the header.
  public var received: Int { rows.count + passedOver.count + refused.count }
}

/// Why a row is not a payment, though it can be read.
public enum PassedOver: String, Hashable, Sendable, Codable, CaseIterable {
  /// A title, a total, a balance or a remark.
  case report = "not-a-payment"
  /// The header once more.
  case header
  /// The pay service says that no money moved, or not yet.
  case notCompleted = "not-completed"
  /// Money out that names no notice.
  case debit
  /// No money at all.
  case nothing = "no-money"
  /// The same row with the same identifier stands above.
  case repeated

  /// What it is and what happens.
  public var detail: String {
    switch self {
    case .report: "The row is a heading, a total, a balance or a remark."
    case .header: "The row is the header once more."
    case .notCompleted:
      "The state says that no money has moved, or not yet. The payment is booked from a later file in which it is complete."
    case .debit: "Money left the account, and the reference names no notice."
    case .nothing: "The sum is nothing."
    case .repeated: "The same row, with the same identifier, stands further up in this file. It is booked once."
    }
  }
}

/// Why a whole file of payments cannot be read. Nothing of it is booked.
public enum PaymentFileError: Error, Hashable, Sendable {
  case empty
  /// Not a file of text in rows; the last part of the problem's type, and what is wrong.
  case other(slug: String, detail: String)
  case missingColumns([String])
  case columnTwice(String)
  case tooManyColumns
  case unreadableHeader
  /// A date that is written month first, in a row.
  case monthFirst(row: Int, dayFirstRow: Int?)
  case tooManyRows
  case tooLarge

  /// The last part of the problem's type.
  public var slug: String {
    switch self {
    case .empty: "empty-file"
    case .other(let slug, _): slug
    case .missingColumns: "missing-columns"
    case .columnTwice: "column-twice"
    case .tooManyColumns: "too-many-columns"
    case .unreadableHeader: "unreadable-header"
    case .monthFirst: "dates-month-first"
    case .tooManyRows: "too-many-rows"
    case .tooLarge: "file-too-large"
    }
  }

  /// What is wrong and what to do. Holds no value of the file.
  public var detail: String {
    switch self {
    case .empty: "The file is empty. Send a header row and a row for each payment."
    case .other(_, let detail): detail
    case .missingColumns(let names):
      "No row near the top of the file is a header with the columns \(names.joined(separator: ", ")). Add a first row with their names."
    case .columnTwice(let name):
      "Two columns of the header can be the column \(name). Delete one of them, or give it another name."
    case .tooManyColumns:
      "The header has more than \(PaymentLimits.columns) columns. Send the columns of the date, the amount, the reference, the identifier and the state."
    case .unreadableHeader:
      "The header row cannot be read: a quotation mark in it opens a cell and nothing closes it, or it is longer than \(PaymentLimits.rowBytes) bytes. Write the names of the columns without quotation marks."
    case .monthFirst(let row, let other):
      "Row \(row): the date is written with the month before the day, and the days of all rows are read day first.\(other.map { " Row \($0) has the day first." } ?? "") No row was booked. Write all dates like 2026-09-07 and send the file again."
    case .tooManyRows: "The file has more than \(PaymentLimits.rows) rows. Send it in parts."
    case .tooLarge: "The file is larger than \(PaymentLimits.fileBytes) bytes. Send it in parts."
    }
  }
}
