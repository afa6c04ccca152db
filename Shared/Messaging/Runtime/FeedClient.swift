public import AsyncHTTPClient
public import Contracts
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import ServiceKit

/// Where a topic's lost events are fetched from: the feed of the service that wrote them.
public protocol EventFeed: Sendable {
  /// The events after a sequence, in order, and whether the feed has more after them now.
  func page(after sequence: Int64) async throws -> FeedPage

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

  public init(events: [Event], isLast: Bool) {
    self.events = events
    self.isLast = isLast
  }
}

/// Why a feed could not be read.
public enum FeedError: Error, Hashable, Sendable {
  /// It answered with another status.
  case refused(status: UInt)
  /// The answer is no batch of events, or one of more than were asked for.
  case unreadable
}

/// The feed of another service over HTTP.
public struct FeedClient: EventFeed {
  /// Set on the last page, and only there: the reader is then level with the outbox.
  static let endHeader = "esd-feed-end"
  static let endField = HTTPField.Name(endHeader) ?? .via

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

  public func page(after sequence: Int64) async throws -> FeedPage {
    var request = HTTPClientRequest(url: "\(base)/events?after=\(sequence)&limit=\(settings.feedPageEvents)")
    request.headers.add(name: "authorization", value: "Bearer \(try token())")
    let answer = try await OutgoingHTTP.answer(
      to: request, from: http, within: .milliseconds(settings.feedMillis), atMost: settings.feedAnswerBytes)
    guard answer.status == .ok else { throw FeedError.refused(status: answer.status.code) }
    guard
      let events = try? JSONBatchFormat.decode(
        Array(answer.body.readableBytesView), atMost: settings.feedPageEvents)
    else { throw FeedError.unreadable }
    return FeedPage(events: events, isLast: answer.headers.contains(name: Self.endHeader))
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
