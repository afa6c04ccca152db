import Contracts
import EnforcementDomain
import Rulebook

extension FuzzTarget {
  private static let today = Day(ordinal: 20_558)
  /// How many references of a file are looked at: each has some hundred suggestions to try.
  private static let references = 2

  static func paymentsCSV(_ bytes: [UInt8]) -> String? {
    for source in [PaymentSource.bank, .payService] {
      guard let file = try? PaymentsCSV.read(bytes, from: source, today: today) else { continue }
      if let broken = placesOfPayments(file) ?? payments(file) { return broken }
      guard (try? PaymentsCSV.read(bytes, from: source, today: today)) == file else {
        return "the same is read the same"
      }
      guard takesALine(bytes), let more = try? PaymentsCSV.read(bytes + badLine, from: source, today: today) else {
        continue
      }
      if more.received != file.received + 1 { return "one line more is one row more" }
    }
    return nil
  }

  private static func placesOfPayments(_ file: PaymentFile) -> String? {
    let lists = [file.rows.map(\.number), file.passedOver.map(\.number), file.refused.map(\.number)]
    guard lists.allSatisfy(\.isStrictlyIncreasing) else { return "rows come in the order of the file" }
    return places(lists.flatMap { $0 }, file.received, PaymentLimits.rows)
  }

  private static func payments(_ file: PaymentFile) -> String? {
    guard file.rows.allSatisfy({ .zero < $0.sum && $0.on <= today }) else { return "money that came, and not tomorrow" }
    guard Set(file.rows.map(\.identity)).count == file.rows.count else { return "no row is told twice" }
    guard file.refused.allSatisfy({ !$0.fault.reason.isEmpty && !$0.fault.detail.isEmpty && !$0.fault.fix.isEmpty })
    else { return "a refused row has a reason and a fix" }
    for row in file.rows.prefix(references) {
      if let number = row.reference.number {
        let bare = row.reference.text.unicodeScalars.filter { $0 != "-" && $0 != " " }.map { String($0) }.joined()
        guard bare.uppercased().unicodeScalars.contains(number.text.filter { $0 != "-" }.unicodeScalars) else {
          return "the whole number stands in the text"
        }
      } else if let authority = try? AuthorityCode("880"),
        row.reference.suggestions(of: authority).count > PaymentReference.mostSuggestions
      {
        return "no more suggestions than the limit"
      }
    }
    return nil
  }
}
