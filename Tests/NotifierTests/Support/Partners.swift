import Contracts
import Foundation
import GRDB
import NotifierDomain
import RollCopy
import Rulebook
import Store
import TestKit
import Testing

@testable import NotifierService

/// What other suites use as well.
extension FindingStoryTests {
  /// Asks for findings as a partner of all schools.
  static func partner(
    _ kind: RecipientKind, _ types: [EventType], level: String = "L2"
  ) -> @Sendable (inout SubscriptionRequest) -> Void {
    { request in
      request.recipientKind = kind.rawValue
      request.eventTypes = types.map(\.name)
      request.level = level
      request.schools = nil
    }
  }

  static func data(_ request: Receiver.Request) -> [String: Any] { request.json["data"] as? [String: Any] ?? [:] }
}
