public import CaseFlow
public import Rulebook

/// How long another authority has for an alert about a child, and when the sender asks again (CME-2, CME-7).
public enum AlertClocks {
  /// To send the alert once it is decided that the child may live elsewhere.
  public static let send: Dated<Span> = [InForce(.workingDays(1), source: "CME-7")]
  /// To acknowledge it.
  public static let acknowledge: Dated<Span> = [InForce(.workingDays(2), source: "CME-2")]
  /// To say what was found.
  public static let result: Dated<Span> = [InForce(.workingDays(10), source: "CME-2")]
  /// The sender asks for the first time.
  public static let firstReminder: Dated<Span> = [InForce(.workingDays(5), source: "CME-7")]
  /// The sender asks for the second time.
  public static let secondReminder: Dated<Span> = [InForce(.workingDays(10), source: "CME-7")]
  /// Managers of both authorities speak.
  public static let escalation: Dated<Span> = [InForce(.workingDays(15), source: "CME-7")]
  /// To close an alert that has its result.
  public static let closing: Dated<Span> = [InForce(.workingDays(5), source: "CME-7")]
}

/// The days of one alert to another authority, and where it stands.
///
/// Only a confirmation of receipt ends the reminders; without one the sender's case stays open (CME-7).
public struct AlertDays: Hashable, Sendable {
  /// How far the sender's patience has come.
  public enum Standing: String, Hashable, Sendable, Codable, CaseIterable {
    case waiting
    case firstReminder = "reminder_1"
    case secondReminder = "reminder_2"
    case escalated
    /// The other authority has confirmed that it received the alert.
    case acknowledged
  }

  /// The last day for the acknowledgement.
  public let acknowledgeBy: Day
  /// The last day for the result.
  public let resultBy: Day
  public let firstReminderOn: Day
  public let secondReminderOn: Day
  public let escalateOn: Day

  public init(sent day: Day) {
    func end(_ span: Dated<Span>) -> Day { span.value(on: day).end(from: day, in: nil).day }
    acknowledgeBy = end(AlertClocks.acknowledge)
    resultBy = end(AlertClocks.result)
    firstReminderOn = end(AlertClocks.firstReminder)
    secondReminderOn = end(AlertClocks.secondReminder)
    escalateOn = end(AlertClocks.escalation)
  }

  /// Where it stands at the end of a day, by what was known then.
  ///
  /// - Parameter acknowledged: the day of the other authority's receipt.
  public func standing(on day: Day, acknowledged: Day?) -> Standing {
    if let acknowledged, acknowledged <= day { return .acknowledged }
    if escalateOn <= day { return .escalated }
    if secondReminderOn <= day { return .secondReminder }
    return firstReminderOn <= day ? .firstReminder : .waiting
  }

  /// Whether the receipt came in time; `nil` while none is known.
  public func isInTime(on day: Day, acknowledged: Day?) -> Bool? {
    acknowledged.flatMap { $0 <= day ? $0 <= acknowledgeBy : nil }
  }
}
