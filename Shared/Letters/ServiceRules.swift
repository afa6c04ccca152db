public import Rulebook

/// How a document reached, or was sent to, the person it is for.
public enum ServiceMethod: String, Hashable, Sendable, Codable, CaseIterable {
  /// Into the person's own hands.
  case hand
  /// Left at the person's usual or last known address.
  case left
  case firstClass = "first_class"
  case secondClass = "second_class"
  case email
}

/// On which day a document counts as served, by the way in which it was sent: dated law.
public struct ServiceRules: Sendable {
  /// When a document sent in some way counts as served.
  public enum Counting: Hashable, Sendable {
    case sameDay
    /// On the n-th working day after the day of sending.
    case workingDays(Int)
  }

  /// The id under which a record of service names the rule.
  public let id: String
  /// The ways in which it may be served; another is no service.
  public let methods: Dated<[ServiceMethod: Counting]>

  public init(id: String, methods: Dated<[ServiceMethod: Counting]>) {
    self.id = id
    self.methods = methods
  }

  /// The day from which a document counts as served, and the law that says so.
  ///
  /// - Parameter day: the day on which it was handed over, left or sent.
  /// - Returns: `nil` when it cannot be served in this way on this day.
  public func served(_ method: ServiceMethod, on day: Day) -> (day: Day, source: String)? {
    guard let rule = methods.inForce(on: day), let counting = rule.value[method] else { return nil }
    switch counting {
    case .sameDay: return (day, rule.source)
    case .workingDays(let count): return (WorkingDays.add(count, to: day), rule.source)
    }
  }

  /// Letters that start no clock: the day on which they can be expected to have come.
  public static let ordinary = ServiceRules(
    id: "ordinary-letter",
    methods: [
      InForce(
        [
          .hand: .sameDay, .left: .sameDay, .firstClass: .workingDays(2), .secondClass: .workingDays(4),
          .email: .workingDays(1),
        ], source: "the ordinary course of post; the product's own (DOC-4)")
    ])

  /// Penalty notices: by hand, left at or posted first class to the usual or last known address (PN-12). Post and e-mail
  /// are rebuttable: what the parent shows of the actual day is recorded beside it.
  public static let penaltyNotice = ServiceRules(
    id: "penalty-notice-service",
    methods: [
      InForce(
        [.hand: .sameDay, .left: .sameDay, .firstClass: .workingDays(2), .email: .workingDays(1)],
        from: Day(year: 2007, month: 9, day: 1),
        source: "SI 2007/1867, Education (Penalty Notices) (England) Regulations 2007; interpretation PN-12")
    ])

  /// Notices and orders of the Education Act 1996 (ss 437 to 442): delivered, left at the usual or last known place of
  /// residence, or sent there by prepaid letter.
  public static let educationAct = ServiceRules(
    id: "education-act-service",
    methods: [
      InForce(
        [.hand: .sameDay, .left: .sameDay, .firstClass: .workingDays(2), .secondClass: .workingDays(4)],
        from: Day(year: 1996, month: 11, day: 1),
        source: "Education Act 1996 s572; Interpretation Act 1978 s7; interpretation DOC-4")
    ])
}
