/// What enforcement counts for the authority: each figure opens to the cases that it counts.
public enum EnforcementFigure: String, Hashable, Sendable, Codable, CaseIterable {
  /// Penalty notices (I13), by the day of what is counted.
  case proposed = "notices-proposed"
  case issued = "notices-issued"
  case first = "notices-issued-first"
  case second = "notices-issued-second"
  case paidReduced = "notices-paid-reduced"
  case paidFull = "notices-paid-full"
  case unpaid = "notices-unpaid"
  case withdrawn = "notices-withdrawn"
  /// The threshold was reached and no notice was issued (I14).
  case notIssued = "threshold-without-notice"
  /// Orders and prosecutions (I15).
  case supervisionMade = "supervision-orders-made"
  case supervisionEnded = "supervision-orders-ended"
  case prosecutionLaid = "prosecutions-laid"
  case prosecutionForNotice = "prosecutions-for-unpaid-notice"
  case prosecutionDecided = "prosecutions-decided"
  case attendanceNotices = "attendance-order-notices"
  case attendanceOrders = "attendance-orders-served"
  case parentingOrders = "parenting-orders-made"

  /// The indicator that it is part of.
  public var indicator: String {
    switch self {
    case .proposed, .issued, .first, .second, .paidReduced, .paidFull, .unpaid, .withdrawn: "I13"
    case .notIssued: "I14"
    case .supervisionMade, .supervisionEnded, .prosecutionLaid, .prosecutionForNotice, .prosecutionDecided,
      .attendanceNotices, .attendanceOrders, .parentingOrders:
      "I15"
    }
  }
}
