import Contracts
import Crypto
import Foundation
import Store

/// How an event is tied to all before it (decision 0035).
enum EventChain {
  /// The digest of an event's data.
  static func digest(of data: [UInt8]) -> EventDigest {
    EventDigest(SHA256.hash(data: data)) ?? .origin
  }

  /// The link of an event: the digest of the link before it, of each attribute with its length, and of the digest of the
  /// data.
  static func link(of event: Event, data: EventDigest, after previous: EventDigest) -> EventDigest {
    var hash = SHA256()
    hash.update(data: previous.bytes)
    for text in [
      event.id, event.source, event.type, event.subject, String(event.sequence), String(event.time.millis),
      String(event.recordedTime.millis), event.traceparent ?? "", event.classification.rawValue,
      event.auditHead?.description ?? "",
    ] {
      withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { hash.update(bufferPointer: $0) }
      hash.update(data: Array(text.utf8))
    }
    hash.update(data: data.bytes)
    return EventDigest(hash.finalize()) ?? .origin
  }

  /// Whether an event is what its link says, behind another link.
  ///
  /// - Parameter trustsRemains: whether data that is what remains may stand for what was written: only the source's own
  ///   feed may say so.
  static func fits(_ event: Event, after previous: EventDigest, trustsRemains: Bool) -> Bool {
    guard let seal = event.seal, let data = event.data else { return false }
    if seal.dataDigest != nil, !trustsRemains { return false }
    return link(of: event, data: seal.dataDigest ?? digest(of: data), after: previous) == seal.link
  }

  /// What an event says, whatever its number and time: the beginning of a digest, by which a fact that is told again is
  /// known.
  static func content(of event: Event) -> Data {
    var hash = SHA256()
    for part in [Array(event.type.utf8), Array(event.subject.utf8), event.data ?? []] {
      withUnsafeBytes(of: UInt32(part.count).bigEndian) { hash.update(bufferPointer: $0) }
      hash.update(data: part)
    }
    return Data(hash.finalize().prefix(contentBytes))
  }

  private static let contentBytes = 16
}

/// Signs the links of a source. The key is derived from the first of its audit keys, which lie outside the store, so that
/// a restored store signs as before.
struct LinkSigner: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  init(_ store: Store) {
    let secret = store.auditKeys.secret(for: "event links of \(store.owner)")
    // Every secret of this length is a key.
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: secret) else {
      preconditionFailure("a secret has \(AuditKeys.bytes) bytes")
    }
    self.key = key
  }

  /// What readers pin.
  var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

  /// The event with a signature of its link.
  func sign(_ event: Event) throws -> Event {
    guard let seal = event.seal else { return event }
    let signature = try key.signature(for: Self.message(seal.link, event))
    return event.sealed(EventSeal(link: seal.link, signature: Array(signature), dataDigest: seal.dataDigest))
  }

  /// The number is signed with the link: a signature says nothing of any other.
  fileprivate static func message(_ link: EventDigest, _ event: Event) -> Data {
    Data("esd-link-1 \(event.source) \(event.id) \(event.sequence) \(link)".utf8)
  }
}

/// The public key of a source, as a reader has pinned it.
struct LinkKey: Hashable, Sendable {
  let bytes: [UInt8]

  /// Whether the source signed an event's link.
  func vouches(for event: Event) -> Bool {
    guard let seal = event.seal, let signature = seal.signature,
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
    else { return false }
    return key.isValidSignature(signature, for: LinkSigner.message(seal.link, event))
  }
}
