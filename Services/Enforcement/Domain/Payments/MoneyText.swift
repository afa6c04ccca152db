extension Money {
  /// Pounds and pence, for example `1160.00`.
  public var text: String {
    let rest = String(abs(pence) % 100)
    return "\(pence < 0 ? "-" : "")\(abs(pence) / 100).\(rest.count == 1 ? "0" : "")\(rest)"
  }

  /// Reads a sum as people write it; `nil` unless it is more than nothing.
  public init?(_ text: String) {
    guard let sum = try? PaymentSum(text).sum, .zero < sum else { return nil }
    self = sum
  }
}
