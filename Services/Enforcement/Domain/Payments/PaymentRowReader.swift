import Rulebook
import SchoolFiles

/// Makes payments of the rows of one file.
struct PaymentRowReader {
  private(set) var file = PaymentFile()
  private(set) var days = PaymentDays()

  private let columns: PaymentColumns
  private let source: PaymentSource
  private let today: Day
  /// How often a payment without an identifier came so far.
  private var alike: [String: Int] = [:]
  /// Rows with an identifier, by their identity.
  private var identified: [String: PaymentRow] = [:]

  init(_ columns: PaymentColumns, _ source: PaymentSource, today: Day) {
    self.columns = columns
    self.source = source
    self.today = today
  }

  mutating func refuse(_ number: Int, _ fault: Fault) { file.refused.append(.init(number: number, fault: fault)) }

  mutating func add(_ cells: PaymentCells, _ number: Int) {
    if columns.isHeader(cells.all) { return passOver(number, .header) }
    if cells.isTooLong { return refuse(number, PaymentFault.row(.wrongColumnCount)) }
    if let (column, fault) = cells.broken { return refuse(number, PaymentFault.cell(fault, columns.name(column))) }
    if isOfAReport(cells) { return passOver(number, .report) }
    do throws(Fault) {
      switch try read(cells, number) {
      case .row(let row): try book(row)
      case .passedOver(let reason): passOver(number, reason)
      }
    } catch {
      refuse(number, error)
    }
  }

  private mutating func passOver(_ number: Int, _ reason: PassedOver) {
    file.passedOver.append(.init(number: number, reason: reason))
  }

  /// Keeps a row unless it was there already.
  private mutating func book(_ row: PaymentRow) throws(Fault) {
    guard let before = identified[row.identity] else {
      identified[row.identity] = row
      file.rows.append(row)
      return
    }
    guard before.on == row.on, before.sum == row.sum else { throw PaymentFault.identifierReused }
    passOver(row.number, .repeated)
  }

  // MARK: one row

  private enum Reading {
    case row(PaymentRow)
    case passedOver(PassedOver)
  }

  private mutating func read(_ cells: PaymentCells, _ number: Int) throws(Fault) -> Reading {
    let state = try state(of: cells)
    if state == .notCompleted { return .passedOver(.notCompleted) }
    let sum = try sum(of: cells)
    if sum == .zero { return .passedOver(.nothing) }
    let reference = try reference(of: cells)
    let isOut = sum < .zero
    let isSaid = state == .refunded || PaymentState.isRefund(type: cells[columns.type])
    if isOut, !isSaid, source == .bank, reference.number == nil { return .passedOver(.debit) }
    let day = try day(of: cells, number)
    let kind: PaymentRow.Kind = isOut || isSaid ? .refund : .payment
    let identifier = try identifier(of: cells)
    let size = Money(pence: abs(sum.pence))
    return .row(
      PaymentRow(
        number: number, kind: kind, on: day, sum: size, reference: reference,
        identity: identity(kind, identifier, day, size, reference)))
  }

  /// An identifier of a refund may be that of the payment which it takes back, and so of several refunds.
  private mutating func identity(
    _ kind: PaymentRow.Kind, _ identifier: String, _ day: Day, _ sum: Money, _ reference: PaymentReference
  ) -> String {
    if kind == .payment, !identifier.isEmpty { return "payment \(identifier)" }
    let who = identifier.isEmpty ? "by \(reference.text.uppercased())" : "of \(identifier)"
    let alikes = "\(kind.rawValue) \(day) \(sum.pence) \(who)"
    defer { alike[alikes, default: 0] += 1 }
    return "\(alikes) \(alike[alikes, default: 0])"
  }

  private func state(of cells: PaymentCells) throws(Fault) -> PaymentState? {
    let word = cells[columns.state]
    if word.isEmpty { return nil }
    guard let state = PaymentState(word) else { throw PaymentFault.unknownState }
    return state
  }

  /// Money in is more than nothing, money out less.
  private func sum(of cells: PaymentCells) throws(Fault) -> Money {
    let currency = HeaderName.key(cells[columns.currency])
    guard ["", "gbp", "£"].contains(currency) else { throw PaymentFault.foreignCurrency }
    if let amount = columns.amount { return try sum(cells, amount) }
    if cells[columns.debit].isEmpty { return try sum(cells, columns.credit) }
    let moneyOut = Money(pence: -abs(try sum(cells, columns.debit).pence))
    if cells[columns.credit].isEmpty { return moneyOut }
    let moneyIn = try sum(cells, columns.credit)
    guard moneyIn == .zero || moneyOut == .zero else { throw PaymentFault.bothWays }
    return moneyIn + moneyOut
  }

  private func sum(_ cells: PaymentCells, _ column: Int?) throws(Fault) -> Money {
    let name = column.map(columns.name) ?? ""
    do throws(PaymentSum.Fault) {
      return try PaymentSum(cells[column]).sum
    } catch {
      throw PaymentFault.sum(error, name)
    }
  }

  private mutating func day(of cells: PaymentCells, _ number: Int) throws(Fault) -> Day {
    switch days.read(cells[columns.date], row: number) {
    case .failure(let fault): throw PaymentFault.day(fault)
    case .success(let day):
      guard day <= today else { throw PaymentFault.future }
      return day
    }
  }

  private func reference(of cells: PaymentCells) throws(Fault) -> PaymentReference {
    let own = cells[columns.reference]
    let text = own.isEmpty ? cells[columns.narrative] : own
    guard text.utf8.count <= PaymentReference.longest else { throw PaymentFault.cell(.fieldTooLong, "reference") }
    guard !SpreadsheetCell.isError(text) else { throw PaymentFault.cell(.spreadsheetError, "reference") }
    return PaymentReference(text)
  }

  private func identifier(of cells: PaymentCells) throws(Fault) -> String {
    let text = cells[columns.identifier]
    guard text.utf8.count <= PaymentLimits.identifierBytes else { throw PaymentFault.cell(.fieldTooLong, "payment id") }
    guard !SpreadsheetCell.isError(text) else { throw PaymentFault.cell(.spreadsheetError, "payment id") }
    guard text.wholeMatch(of: /[0-9][0-9.]*[Ee]\+?[0-9]+/) == nil else { throw PaymentFault.shortenedIdentifier }
    return text
  }

  // MARK: reports

  /// Whether a row is a title, a total, a balance or a remark: it has no day, and no money or nobody's.
  private func isOfAReport(_ cells: PaymentCells) -> Bool {
    let words = cells.all.filter { !$0.isEmpty }
    if words.isEmpty { return true }
    let (date, reference) = (cells[columns.date], cells[columns.reference] + cells[columns.narrative])
    guard PaymentReference(reference).number == nil, cells[columns.identifier].isEmpty else { return false }
    let hasMoney = [columns.amount, columns.credit, columns.debit].contains { !cells[$0].isEmpty }
    let isBalance = words.contains { Self.opens($0) }
    if DateFault(date).isOfADate { return !hasMoney && isBalance }
    return !hasMoney || isBalance || reference.isEmpty && date.isEmpty
  }

  /// Whether a text begins as the lines of a report do that are no payments.
  private static func opens(_ text: String) -> Bool {
    let text = text.lowercased()
    return openings.contains { text == $0 || text.hasPrefix($0 + " ") || text.hasPrefix($0 + ":") }
  }

  private static let openings = [
    "total", "totals", "subtotal", "sub-total", "sub total", "grand total", "opening balance", "closing balance",
    "balance", "balance brought forward", "balance carried forward", "brought forward", "carried forward",
    "end of report", "number of payments", "number of transactions",
  ]
}

extension DateFault {
  /// Whether the cell is a date at least by its looks.
  fileprivate var isOfADate: Bool {
    switch self {
    case .empty, .unknown: false
    default: true
    }
  }
}
