import Contracts
import Foundation
import HTTPTypes
import Rulebook

/// Sets up subscriptions.
struct NotifierClient: Sendable {
  /// What is asked for.
  struct Request: Encodable, Sendable {
    struct Scope: Encodable, Sendable {
      /// `nil` is all.
      let schools: [String]?

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        if let schools {
          try container.encode(schools, forKey: .schools)
        } else {
          try container.encode("all", forKey: .schools)
        }
      }

      private enum Key: CodingKey { case schools }
    }

    struct Agreement: Encodable, Sendable {
      let reference: String
      let expiresOn: Day
    }

    let name, recipientKind: String
    var eventTypes = [
      PenaltyNoticeProposed.type.name, PenaltyNoticeProposalRevised.type.name, PenaltyNoticeProposalLapsed.type.name,
    ]
    let scope: Scope
    let level: String
    var lawfulBasis = "LB1"
    let agreement: Agreement
    let address, algorithm: String
  }

  /// What was set up; the key is told once.
  struct Subscription: Decodable, Sendable {
    let id: String
    let secret, publicKey: String?

    var key: String { secret ?? publicKey ?? "" }
  }

  let client: ServiceClient

  func subscribe(_ request: Request) async throws -> Subscription {
    try await client.send(Subscription.self, .post, "/subscriptions", json: request)
  }
}
