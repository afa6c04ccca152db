import SchoolFiles

/// Reads sums of money as banks, pay services and people write them: `80`, `80.00`, `£1,160.00`, `80,00`, `-80.00`,
/// `(80.00)`, `80.00 DR`.
struct PaymentSum {
  /// Negative for money that went out.
  let sum: Money

  /// The most that one row can be, in pence: no notice costs a thousandth of it.
  static let most = 100_000_000

  /// Why a cell is not a sum.
  enum Fault: Error, Hashable {
    case empty
    case currency
    /// Not to the penny, or a point or comma that may stand for two things.
    case unclear
    /// A spreadsheet's short form of a long number.
    case shortened
    case spreadsheetError
    case tooMuch
    case unknown
  }

  /// - Throws: ``Fault``.
  init(_ cell: String) throws(Fault) {
    var text = SpreadsheetCell.unwrapped(cell).uppercased()
    guard !SpreadsheetCell.isError(text) else { throw .spreadsheetError }
    guard text.utf8.count <= Self.longest else { throw .unknown }
    text = String(text.map { Self.minuses.contains($0) ? "-" : $0 }).filter { !$0.isWhitespace }
    guard !text.isEmpty else { throw .empty }
    let isNegative = try Self.takeSign(from: &text)
    let pence = try Self.pence(text)
    guard pence <= Self.most else { throw .tooMuch }
    sum = Money(pence: isNegative ? -pence : pence)
  }

  private static let longest = 40
  private static let minuses: Set<Character> = ["−", "–", "—", "‐", "‑"]

  /// Takes away the currency and whatever says that it is money out.
  private static func takeSign(from text: inout String) throws(Fault) -> Bool {
    var signs = 0
    func take(_ mark: String, atEnd: Bool) -> Bool {
      guard atEnd ? text.hasSuffix(mark) : text.hasPrefix(mark) else { return false }
      text = String(atEnd ? text.dropLast(mark.count) : text.dropFirst(mark.count))
      return true
    }
    var isLeft = true
    while isLeft {
      isLeft =
        take("£", atEnd: false) || take("GBP", atEnd: false) || take("GBP", atEnd: true) || take("+", atEnd: false)
      if take("-", atEnd: false) || take("-", atEnd: true) || take("DR", atEnd: true) {
        signs += 1
        isLeft = true
      }
      if take("CR", atEnd: true) { isLeft = true }
      if text.hasPrefix("("), text.hasSuffix(")") {
        text = String(text.dropFirst().dropLast())
        signs += 1
        isLeft = true
      }
    }
    guard !["€", "$", "¥"].contains(where: text.contains), !["EUR", "USD"].contains(where: text.contains) else {
      throw .currency
    }
    guard signs <= 1 else { throw .unclear }
    return signs == 1
  }

  private static func pence(_ text: String) throws(Fault) -> Int {
    if text.wholeMatch(of: /[0-9.]+E[+-]?[0-9]+/) != nil { throw .shortened }
    guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || $0 == 0x2C || $0 == 0x2E }), text.first?.isNumber == true else {
      throw .unknown
    }
    let (whole, part): (String, Substring)
    if let found = text.wholeMatch(of: /([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,2})?)?/) {
      (whole, part) = (found.1.filter { $0 != "," }, found.2 ?? "")
    } else if let found = text.wholeMatch(of: /([0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),([0-9]{1,2})/) {
      (whole, part) = (found.1.filter { $0 != "." }, found.2)
    } else if let found = text.wholeMatch(of: /([0-9]+)\.([0-9]{2})0{2,}/) {
      // A database writes 80.0000.
      (whole, part) = (String(found.1), found.2)
    } else {
      throw .unclear
    }
    guard whole.utf8.count <= 12, let pounds = Int(whole), let rest = Int((part + "00").prefix(2)) else {
      throw .tooMuch
    }
    return pounds * 100 + rest
  }
}
