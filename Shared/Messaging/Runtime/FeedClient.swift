public import AsyncHTTPClient
public import Contracts
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import ServiceKit

/// Where a topic's lost events are fetched from: the feed of the service that wrote them.
public protocol EventFeed: Sendable {
  /// The events after a sequence, in order, and whether the feed has more after them now. The last is signed.
  ///
  /// - Parameter link: the link of the event with that sequence, as the reader has it.
  /// - Throws: ``FeedError/forked`` when the source has another event there, or none.
  func page(after sequence: Int64, link: EventDigest?) async throws -> FeedPage

  /// What the source is now, and its links of so many sequences up to one.
  func chain(through sequence: Int64, limit: Int) async throws -> SourceChain

  /// Whether the source's audit log has the entry of an anchor that it published; `nil` when it cannot be asked.
  ///
  /// - Parameter reader: the topic of the program that asks.
  func confirms(_ anchor: AuditAnchor, reader: String) async throws -> Bool?
}

extension EventFeed {
  /// A feed that is nothing but a feed cannot be asked.
  public func confirms(_ anchor: AuditAnchor, reader: String) async throws -> Bool? { nil }
}

/// A part of a feed.
public struct FeedPage: Sendable {
  public let events: [Event]
  /// Whether nothing came after these when the page was served.
  public let isLast: Bool
  /// The part of the source's life that it is in.
  public let epoch: String

  public init(events: [Event], isLast: Bool, epoch: String) {
    self.events = events
    self.isLast = isLast
    self.epoch = epoch
  }
}

/// What a source says of itself and of its events.
public struct SourceChain: Codable, Hashable, Sendable {
  /// The link of one event.
  public struct Link: Codable, Hashable, Sendable {
    public let sequence: Int64
    /// 64 hexadecimal digits.
    public let link: String
  }

  /// The names of the parts of the source's life, oldest first: it begins another when it is restored from a backup.
  public let epochs: [String]
  /// The Ed25519 public key that its links are signed with, 64 hexadecimal digits.
  public let key: String
  /// The sequence of its last event.
  public let last: Int64
  /// In order.
  public let links: [Link]

  /// The link of a sequence; `nil` when it is not among them.
  func link(of sequence: Int64) -> EventDigest? {
    if sequence == 0 { return EventDigest.origin }
    guard let first = links.first?.sequence, links.indices.contains(Int(sequence - first)) else { return nil }
    let found = links[Int(sequence - first)]
    return found.sequence == sequence ? EventDigest(hex: found.link) : nil
  }
}

/// Why a feed could not be read.
public enum FeedError: Error, Hashable, Sendable {
  /// It answered with another status.
  case refused(status: UInt)
  /// The answer is no batch of events, or one of more than were asked for.
  case unreadable
  /// What the reader has applied is not what the source has.
  case forked
}

/// The feed of another service over HTTP.
public struct FeedClient: EventFeed {
  /// Set on the last page, and only there: the reader is then level with the outbox.
  static let endHeader = "esd-feed-end"
  static let endField = HTTPField.Name(endHeader) ?? .via
  /// The name of the part of its life that the source is in.
  static let epochHeader = "esd-feed-epoch"
  static let epochField = HTTPField.Name(epochHeader) ?? .via

  private let base: String
  private let token: @Sendable () throws -> String
  private let http: HTTPClient
  private let settings: MessagingSettings

  /// - Parameters:
  ///   - base: the service's address, for example `http://127.0.0.1:8101`.
  ///   - token: gives a bearer token of the role `service`.
  public init(
    base: String, http: HTTPClient, settings: MessagingSettings, token: @escaping @Sendable () throws -> String
  ) {
    self.base = base
    self.http = http
    self.settings = settings
    self.token = token
  }

  public func page(after sequence: Int64, link: EventDigest?) async throws -> FeedPage {
    let held = link.map { "&link=\($0)" } ?? ""
    var request = HTTPClientRequest(url: "\(base)/events?after=\(sequence)&limit=\(settings.feedPageEvents)\(held)")
    request.headers.add(name: "authorization", value: "Bearer \(try token())")
    let answer = try await OutgoingHTTP.answer(
      to: request, from: http, within: .milliseconds(settings.feedMillis), atMost: settings.feedAnswerBytes)
    if answer.status == .conflict { throw FeedError.forked }
    guard answer.status == .ok else { throw FeedError.refused(status: answer.status.code) }
    guard
      let events = try? JSONBatchFormat.decode(
        Array(answer.body.readableBytesView), atMost: settings.feedPageEvents)
    else { throw FeedError.unreadable }
    return FeedPage(
      events: events, isLast: answer.headers.contains(name: Self.endHeader),
      epoch: answer.headers.first(name: Self.epochHeader) ?? "")
  }

  public func chain(through sequence: Int64, limit: Int) async throws -> SourceChain {
    var request = HTTPClientRequest(url: "\(base)/events/chain?through=\(sequence)&limit=\(limit)")
    request.headers.add(name: "authorization", value: "Bearer \(try token())")
    let answer = try await OutgoingHTTP.answer(
      to: request, from: http, within: .milliseconds(settings.feedMillis), atMost: settings.chainAnswerBytes)
    guard answer.status == .ok else { throw FeedError.refused(status: answer.status.code) }
    guard let chain = try? JSONDecoder().decode(SourceChain.self, from: Data(answer.body.readableBytesView)) else {
      throw FeedError.unreadable
    }
    return chain
  }

  public func confirms(_ anchor: AuditAnchor, reader: String) async throws -> Bool? {
    struct Answer: Decodable { let held: Bool }
    let name = reader.split(separator: ".").last ?? ""
    var request = HTTPClientRequest(url: "\(base)/audit/anchor?head=\(anchor)&reader=\(name)")
    request.headers.add(name: "authorization", value: "Bearer \(try token())")
    let whole = try await OutgoingHTTP.answer(
      to: request, from: http, within: .milliseconds(settings.requestMillis), atMost: 1_024)
    guard whole.status == .ok else { throw FeedError.refused(status: whole.status.code) }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(whole.body.readableBytesView)) else {
      throw FeedError.unreadable
    }
    return answer.held
  }
}
