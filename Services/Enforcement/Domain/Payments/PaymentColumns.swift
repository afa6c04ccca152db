import SchoolFiles

/// Where the columns of a file of payments lie, by the names that banks and pay services give them.
struct PaymentColumns {
  let count: Int
  let date: Int
  let amount: Int?
  /// Money in and money out, where a bank has a column for each.
  let credit, debit: Int?
  let reference: Int?
  /// Free text that may hold the reference where its own column is empty.
  let narrative: Int?
  let identifier: Int?
  let state: Int?
  let type: Int?
  let currency: Int?
  private let keys: [String]

  /// The columns that are read.
  var used: [Int] {
    [date, amount, credit, debit, reference, narrative, identifier, state, type, currency].compactMap { $0 }
  }

  /// What a column that is read is called in a fault.
  func name(_ column: Int) -> String {
    let named: [(Int?, String)] = [
      (date, "date"), (amount, "amount"), (credit, "credit"), (debit, "debit"), (reference, "reference"),
      (narrative, "description"), (identifier, "payment id"), (state, "state"), (type, "type"), (currency, "currency"),
    ]
    return named.first { $0.0 == column }?.1 ?? ""
  }

  /// Finds the columns by their headers: the first of the usual names that the file has.
  ///
  /// - Throws: ``HeaderFault`` when one that is needed is missing, or is there twice.
  init(_ headers: [String]) throws(HeaderFault) {
    let keys = headers.map(Self.key)
    func find(_ column: String, _ names: [String]) throws(HeaderFault) -> Int? {
      for name in names {
        let places = keys.indices.filter { keys[$0] == name }
        guard places.count <= 1 else { throw .twice(column) }
        if let place = places.first { return place }
      }
      return nil
    }
    let date = try find("date", Self.dates)
    amount = try find("amount", Self.amounts)
    let hasAmount = amount != nil
    credit = hasAmount ? nil : try find("credit", Self.credits)
    debit = hasAmount ? nil : try find("debit", Self.debits)
    reference = try find("reference", Self.references)
    narrative = try find("description", Self.narratives)
    identifier = try find("payment id", Self.identifiers)
    state = try find("state", Self.states)
    type = try find("type", Self.types)
    currency = try find("currency", Self.currencies)
    var missing: [String] = []
    if date == nil { missing.append("date") }
    if amount == nil, credit == nil { missing.append("amount") }
    if reference == nil, narrative == nil { missing.append("reference") }
    guard missing.isEmpty, let date else { throw .missing(missing) }
    self.date = date
    self.keys = keys
    count = headers.count
  }

  /// Whether a row is the header once more.
  func isHeader(_ cells: [String]) -> Bool { cells.count == keys.count && cells.map(Self.key) == keys }

  /// A name without its currency.
  private static func key(_ name: String) -> String {
    let key = HeaderName.key(name)
    return key.hasSuffix("gbp") ? String(key.dropLast(3)) : key
  }

  private static let dates = [
    "datereceived", "receiveddate", "paymentdate", "datepaid", "paiddate", "paidon", "dateofpayment", "date",
    "transactiondate", "datecreated", "createddate", "created", "createdat", "postingdate", "dateposted", "bookingdate",
    "entrydate", "valuedate", "settlementdate",
  ]
  private static let amounts = [
    "amount", "paymentamount", "amountpaid", "transactionamount", "sum", "value", "grossamount",
    "gross", "totalamount",
  ]
  private static let credits = [
    "credit", "credits", "creditamount", "paidin", "moneyin", "in", "receipts", "deposit", "deposits",
  ]
  private static let debits = [
    "debit", "debits", "debitamount", "paidout", "moneyout", "out", "payments", "withdrawal", "withdrawals",
  ]
  private static let references = [
    "noticenumber", "noticereference", "penaltynoticenumber", "pnnumber", "pnreference", "reference",
    "paymentreference", "payerreference", "payerreferenceid", "customerreference", "yourreference", "referencenumber",
    "ref", "paymentref", "customerref",
  ]
  private static let narratives = [
    "narrative", "description", "transactiondescription", "details", "transactiondetails", "particulars", "memo",
    "text", "message",
  ]
  /// The pay service's own identifier before that of the provider behind it, which rows may lack.
  private static let identifiers = [
    "govukpaymentid", "paymentid", "transactionid", "chargeid", "providerid", "providerreference", "bankreference",
    "uniqueid", "uniquereference", "fitid", "receiptnumber", "receiptno", "id",
  ]
  private static let states = ["state", "status", "paymentstate", "paymentstatus", "transactionstatus"]
  private static let types = ["type", "transactiontype", "paymenttype"]
  private static let currencies = ["currency", "currencycode"]
}

/// What a pay service says of a row.
enum PaymentState {
  case paid
  case refunded
  /// No money moved, or not yet.
  case notCompleted

  /// - Returns: `nil` for a word that is not known.
  init?(_ word: String) {
    let key = HeaderName.key(word)
    if Self.paidWords.contains(key) {
      self = .paid
    } else if Self.refundedWords.contains(key) {
      self = .refunded
    } else if Self.otherWords.contains(key) {
      self = .notCompleted
    } else {
      return nil
    }
  }

  /// Whether a type says that money went back; other types are the bank's business.
  static func isRefund(type: String) -> Bool { refundTypes.contains(HeaderName.key(type)) }

  private static let paidWords: Set<String> = [
    "success", "successful", "succeeded", "paid", "captured", "complete", "completed", "settled", "confirmed",
    "cleared",
    "accepted", "received", "paymentsuccess", "paymentsuccessful", "posted", "booked",
  ]
  private static let refundedWords: Set<String> = [
    "refund", "refunded", "refundsuccess", "refundsuccessful", "chargeback", "disputelost", "disputelosttopayer",
    "reversed", "reversal",
  ]
  private static let otherWords: Set<String> = [
    "declined", "failed", "failure", "error", "cancelled", "canceled", "timedout", "expired", "rejected", "abandoned",
    "created", "started", "submitted", "inprogress", "pending", "capturable", "processing", "authorised", "authorized",
    "refundsubmitted", "refunderror", "refundfailed", "disputewon", "disputewonbyservice", "disputeunderreview",
    "disputeawaitingevidence",
  ]
  private static let refundTypes: Set<String> = ["refund", "chargeback", "reversal", "dispute", "returnedpayment"]
}
