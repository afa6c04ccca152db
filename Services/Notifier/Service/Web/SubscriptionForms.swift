import Contracts
import Foundation
import HTTPTypes
import NotifierDomain
import Rulebook
import Schemas
import ServiceKit

/// The schools of a subscription: `{"schools": ["100001"]}` or `{"schools": "all"}`.
struct SchoolScope: Codable, Sendable, SchemaDescribed {
  /// `nil` is all.
  let schools: [String]?

  private enum Key: CodingKey { case schools }

  static let jsonSchema = JSONSchema.object([
    .init("schools", .anyOf([.array(.urn), .oneOf(["all"])]), "The schools by unique reference number, or `all`.")
  ])
  static let sample: JSONValue = .object(["schools": ["100001"]])

  init(_ scope: Subscription.Scope) {
    switch scope {
    case .all: schools = nil
    case .schools(let listed): schools = listed.map(\.text).sorted()
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard let word = try? container.decode(String.self, forKey: .schools) else {
      schools = try container.decode([String].self, forKey: .schools)
      return
    }
    guard word == "all" else {
      throw DecodingError.dataCorruptedError(forKey: .schools, in: container, debugDescription: "not all")
    }
    schools = nil
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    if let schools {
      try container.encode(schools, forKey: .schools)
    } else {
      try container.encode("all", forKey: .schools)
    }
  }
}

/// The body of `POST /subscriptions`.
struct SubscriptionForm: Codable, Sendable {
  struct Agreement: Codable, Sendable {
    let reference: String
    let expiresOn: String
  }

  /// The receiver's organisation.
  let name: String
  /// `school`, `social-care`, `youth-justice`, `virtual-school`, `early-help` and the other ``RecipientKind``s. Social
  /// care, youth justice and the virtual school are told only of the children whose concern they are on the day.
  let recipientKind: String
  /// Full names, for example `uk.everyschoolday.registers.unexplained-absence-found.v1`: any of ``Report/types`` that
  /// the disclosure policy lets this kind of receiver have. What takes back something that the receiver was told
  /// (`…-lapsed`, `register-received`) is sent to it whether it is named here or not, and to nobody else.
  let eventTypes: [String]
  let scope: SchoolScope
  /// `L0` to `L4`: the most that a message tells. Not above what the policy allows for any of the event types.
  let level: String
  /// `LB1` to `LB7`: one that the policy names for every one of the event types.
  let lawfulBasis: String
  let agreement: Agreement
  /// Where the messages are posted: `https`.
  let address: String
  /// `hmac` or `ed25519`.
  let algorithm: String

  var request: SubscriptionRequest {
    SubscriptionRequest(
      name: name, recipientKind: recipientKind, eventTypes: eventTypes, schools: scope.schools, level: level,
      lawfulBasis: lawfulBasis, agreementReference: agreement.reference, agreementExpiresOn: agreement.expiresOn,
      address: address, algorithm: algorithm)
  }
}

/// The body of `POST /subscriptions/{id}/keys`; may be empty.
struct RotationForm: Codable, Sendable {
  let overlapHours: Int?
}

/// The body of `POST /subscriptions/{id}/replay`.
struct ReplayForm: Codable, Sendable {
  let from: Timestamp
  let to: Timestamp
}

/// All subscriptions.
struct SubscriptionList: WholeList, Sendable {
  let subscriptions: [SubscriptionView]
  /// The ids of subscriptions whose rows in the store cannot be read. Nothing is sent to them; delete them.
  let unreadable: [String]
  var list: (name: String, rows: [SubscriptionView]) { ("subscriptions", subscriptions) }
}

/// What came of a test message.
struct TestAnswer: Codable, Sendable {
  /// Its `webhook-id`.
  let message: String
  /// `accepted`, `gone`, `status-` and the status, `timeout`, `invalid-answer`, `unreachable` or `forbidden-address`.
  let outcome: String
  /// The status that the receiver answered with, where it gave one.
  let status: Int?
  /// The outcome in words.
  let explanation: String

  init(_ sent: TestMessage.Sent) {
    message = sent.message
    outcome = "\(sent.outcome)"
    switch sent.outcome {
    case .accepted: (status, explanation) = (nil, "The receiver accepted the message.")
    case .gone: (status, explanation) = (410, "The receiver answered 410: it wants no more messages.")
    case .failed(.status(let code), _):
      (status, explanation) = (code, "The receiver answered \(code). It must answer 200 to 299.")
    case .failed(.timeout, _): (status, explanation) = (nil, "The receiver did not answer in time.")
    case .failed(.invalidAnswer, _):
      (status, explanation) = (nil, "The receiver answered with something that is not a valid HTTP/1.1 answer.")
    case .failed(.unreachable, _):
      (status, explanation) = (
        nil,
        "The receiver cannot be reached: its name does not resolve, the connection is refused, or its TLS certificate is "
          + "not valid."
      )
    case .failed(.forbiddenAddress, _):
      (status, explanation) = (nil, "The receiver's name leads to an address inside a network. It must be public.")
    case .failed(.internalFault, _), .withheld: (status, explanation) = (nil, "The message was not sent.")
    }
  }
}

/// What a replay did.
struct ReplayAnswer: Codable, Sendable {
  /// How many messages were queued.
  let queued: Int
}

/// A subscription as it is read.
struct SubscriptionView: Codable, Sendable {
  struct Agreement: Codable, Sendable {
    let reference: String
    let expiresOn: Day
    /// Only when the end is near.
    let daysLeft: Int?
  }

  let id: String
  let name: String
  let recipientKind: RecipientKind
  let eventTypes: [String]
  let scope: SchoolScope
  let level: DisclosureLevel
  let lawfulBasis: LawfulBasis
  let agreement: Agreement
  let address: String
  let algorithm: SigningAlgorithm
  let status: String
  let suspendedFor: String?
  /// Why it is suspended and what to do, in words.
  let explanation: String?
  /// How many messages wait to be delivered.
  let waiting: Int
  /// The shared secret, `whsec_…`, or `nil`; told once.
  private(set) var secret: String?
  /// The public key, `whpk_…`; told with every new key.
  private(set) var publicKey: String?

  /// The same with a new key.
  func telling(_ key: SigningKey?) -> SubscriptionView {
    var view = self
    view.secret = algorithm == .hmac ? key?.receiverText : nil
    view.publicKey = algorithm == .ed25519 ? key?.receiverText : nil
    return view
  }

  init(_ subscription: Subscription, waiting: Int, on day: Day) {
    id = subscription.id
    name = subscription.name
    recipientKind = subscription.recipientKind
    eventTypes = subscription.eventTypes.map(\.name)
    scope = SchoolScope(subscription.scope)
    level = subscription.level
    lawfulBasis = subscription.lawfulBasis
    agreement = Agreement(
      reference: subscription.agreement.reference, expiresOn: subscription.agreement.expiresOn,
      daysLeft: subscription.agreement.daysLeftToWarn(on: day))
    address = subscription.address.url.absoluteString
    algorithm = subscription.algorithm
    self.waiting = waiting
    switch subscription.status {
    case .active: (status, suspendedFor, explanation) = ("active", nil, nil)
    case .suspended(let reason):
      (status, suspendedFor, explanation) = ("suspended", reason.rawValue, reason.explanation)
    case .deleted: (status, suspendedFor, explanation) = ("deleted", nil, nil)
    }
  }
}

extension ReceiverDisabled.Reason {
  /// What happened and what a person does about it.
  fileprivate var explanation: String {
    switch self {
    case .gone:
      "The receiver answered 410: it wants no more messages. Speak to it, then resume or delete the subscription."
    case .exhausted:
      "No attempt of the whole retry schedule reached the receiver. Speak to it, test it, then resume the subscription."
    case .agreementExpired:
      "The sharing agreement has ended. Open a new subscription under a new agreement, and delete this one."
    case .programEnded:
      "The notifier ended twice in a row while it sent to this receiver. It may be at fault. The log names the message. "
        + "Test the receiver when an interruption does no harm, then resume or delete the subscription."
    }
  }
}

extension SubscriptionView: PartlyGuarded {
  /// What people edit: without how many messages wait and how many days are left.
  var guarded: any Encodable {
    Guarded(
      texts: [name, recipientKind.rawValue, level.rawValue, lawfulBasis.rawValue, address, algorithm.rawValue, status],
      eventTypes: eventTypes, scope: scope, agreement: [agreement.reference, agreement.expiresOn.iso],
      suspendedFor: suspendedFor)
  }

  private struct Guarded: Encodable {
    let texts, eventTypes: [String]
    let scope: SchoolScope
    let agreement: [String]
    let suspendedFor: String?
  }
}

extension NotifierError: ProblemError {
  /// The error as a caller sees it.
  var problem: Problem? {
    switch self {
    case .subscriptionNotFound: .notFound("Subscription")
    case .refused(let faults): .invalid(faults.all)
    case .notSuspended: .conflict("not-suspended", "The subscription is not suspended")
    case .agreementEnded:
      .conflict(
        "agreement-ended", "The sharing agreement has ended", detail: "Make a new subscription under a new agreement.")
    case .emptyRange: .invalid([.init("/from", "must not be after to")])
    case .rangeTooLarge:
      .invalid([.init("/to", "the range holds more than \(ManageSubscriptions.mostReplayed) messages")])
    case .testedTooOften(let seconds):
      Problem(
        "tested-too-often", "The receiver was tested a moment ago", .tooManyRequests,
        detail: "Wait \(seconds) s, then test it again.", retryAfterSeconds: seconds)
    case .tooManyKeys:
      .conflict("too-many-keys", "Too many keys are in use at once", detail: "Wait until a replaced key has ended.")
    }
  }
}
