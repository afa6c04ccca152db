public import Rulebook

/// Whether and how a subscription is told of a report. Both answers go on record (UK GDPR art 5(1)).
public enum Decision: Hashable, Sendable {
  case send(Message)
  case withhold(Reason)

  /// Why nothing is sent.
  public enum Reason: String, Codable, Sendable, CaseIterable {
    /// No rule in force allows the receiver this event, or it allows less than the subscription's lawful basis needs.
    case notAllowed = "not-allowed"
    /// The rule asks for a fact about the child that the event does not establish.
    case conditionNotEstablished = "condition-not-established"
    /// It takes back what this receiver was never told.
    case notTold = "not-told"
    /// The child's address is protected, and that a receiver of these schools is told at all would tell the school.
    case placeProtected = "place-protected"
    /// At this level the receiver would be told what it was told before.
    case nothingNew = "nothing-new"
    /// The sharing agreement has ended.
    case agreementExpired = "agreement-expired"
  }

  /// Decides for one subscription that matches the report's type and school, or was told what the report takes back.
  ///
  /// Asked again at every attempt, so that a child protected or an agreement ended meanwhile changes what is told.
  public static func make(
    _ report: Report, _ context: ReportContext, for subscription: Subscription, policy: DisclosurePolicy, on day: Day
  ) -> Decision {
    guard subscription.agreement.isInForce(on: day) else { return .withhold(.agreementExpired) }
    guard let rule = policy.rule(for: report.type, to: subscription.recipientKind, on: day)?.value,
      rule.bases.contains(subscription.lawfulBasis)
    else { return .withhold(.notAllowed) }
    var level = min(subscription.level, rule.highest)
    if report.course == .withdraws {
      // A correction goes to exactly those who were told, at no more than they were told; whether they may still be told
      // anything new does not matter (UK GDPR art 5(1)).
      guard let told = context.told else { return .withhold(.notTold) }
      level = min(level, told)
    } else if let condition = rule.condition, !condition.isEstablished(by: report) {
      return .withhold(.conditionNotEstablished)
    }
    if context.identity?.addressProtected == true, subscription.recipientKind != .school,
      case .schools = subscription.scope
    {
      return .withhold(.placeProtected)
    }
    let message = Message.cut(report, context, to: level)
    if report.course == .changes, message.level <= .identity { return .withhold(.nothingNew) }
    return .send(message)
  }
}
