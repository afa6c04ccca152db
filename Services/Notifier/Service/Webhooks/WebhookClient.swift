import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
public import NIOPosix
public import NotifierDomain
public import ServiceKit

/// Sends one webhook: to an address that was checked and to no other, without redirects, within limits.
public struct WebhookClient: Sendable {
  /// The limits of one attempt.
  public struct Limits: Sendable {
    /// For the whole attempt, from the name to the answer's head, milliseconds; the standard recommends 15 to 30 seconds.
    public var attemptMillis: Int64 = 20_000
    /// For the connection and the TLS handshake, milliseconds.
    public var connectMillis: Int64 = 5_000
    /// How much of an answer's body is read before the connection is dropped, bytes.
    public var answerBytes = 65_536
    /// How long an answer's body is read before the connection is dropped, milliseconds.
    public var answerMillis: Int64 = 1_000
    /// How many addresses of a name are tried.
    public var addresses = 2

    public init() {}
  }

  private let resolver: any HostResolver
  private let clients: PinnedClients
  private let limits: Limits
  private let allowsLoopback: Bool

  /// - Parameter allowsLoopback: the demo switch.
  public init(
    resolver: any HostResolver, group: MultiThreadedEventLoopGroup, limits: Limits, allowsLoopback: Bool,
    mostConnections: Int
  ) {
    self.resolver = resolver
    self.limits = limits
    self.allowsLoopback = allowsLoopback
    clients = PinnedClients(group: group, connectMillis: limits.connectMillis, most: mostConnections)
  }

  /// Posts a body and judges the answer by its head. Never throws: every ending is an outcome; one that was cancelled
  /// is a timeout.
  public func post(
    _ body: [UInt8], headers: WebhookHeaders, to receiver: ReceiverAddress, clock: any WallClock
  ) async -> Outcome {
    let answer = try? await withDeadline(.milliseconds(limits.attemptMillis)) {
      await attempt(body, headers, to: receiver, clock: clock)
    }
    guard let answer else { return .failed(.timeout, retryAfterMillis: nil) }
    if let body = answer.body {
      try? await withDeadline(.milliseconds(limits.answerMillis)) { await drain(body) }
    }
    return answer.outcome
  }

  private struct Answer: Sendable {
    let outcome: Outcome
    var body: HTTPClientResponse.Body?
  }

  private func attempt(
    _ body: [UInt8], _ headers: WebhookHeaders, to receiver: ReceiverAddress, clock: any WallClock
  ) async -> Answer {
    let addresses = await resolver.addresses(of: receiver.host)
    let unreachable = Answer(outcome: .failed(.unreachable, retryAfterMillis: nil))
    guard !addresses.isEmpty else { return unreachable }
    guard addresses.allSatisfy({ AddressGuard.permits($0, allowsLoopback: allowsLoopback) }) else {
      return Answer(outcome: .failed(.forbiddenAddress, retryAfterMillis: nil))
    }
    for address in addresses.prefix(limits.addresses) {
      let answer = await post(body, headers, to: receiver, at: address, clock: clock)
      if answer.outcome != unreachable.outcome { return answer }
    }
    return unreachable
  }

  /// Closes all connections.
  public func shutdown() async { await clients.shutdown() }

  private func post(
    _ body: [UInt8], _ headers: WebhookHeaders, to receiver: ReceiverAddress, at address: IPAddress,
    clock: any WallClock
  ) async -> Answer {
    var request = HTTPClientRequest(url: receiver.url.absoluteString)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.headers.add(name: "user-agent", value: "EverySchoolDay-Notifier/1")
    request.headers.add(name: "webhook-id", value: headers.id)
    request.headers.add(name: "webhook-timestamp", value: headers.timestamp)
    request.headers.add(name: "webhook-signature", value: headers.signature)
    request.body = .bytes(body)
    guard let client = await clients.borrow(host: receiver.host, address: address) else {
      return Answer(outcome: .failed(.unreachable, retryAfterMillis: nil))
    }
    let answer = await execute(request, with: client.http, clock: clock)
    await clients.giveBack(client)
    return answer
  }

  private func execute(
    _ request: HTTPClientRequest, with http: HTTPClient, clock: any WallClock
  ) async -> Answer {
    do {
      let response = try await http.execute(request, timeout: .milliseconds(limits.attemptMillis))
      let outcome = Outcome(
        status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"), now: clock.now())
      return Answer(outcome: outcome, body: response.body)
    } catch {
      return Answer(outcome: .failed(Self.failure(error), retryAfterMillis: nil))
    }
  }

  private static func failure(_ error: any Error) -> Outcome.Failure {
    switch error {
    case let error as HTTPClientError where [.deadlineExceeded, .readTimeout, .cancelled].contains(error): .timeout
    case is CancellationError: .timeout
    case is RefusedHead, is HTTPParserError, is NIOHTTPDecoderError: .invalidAnswer
    default: .unreachable
    }
  }

  /// Reads a short answer to its end so that the connection can be used again; the head alone decides.
  private func drain(_ body: HTTPClientResponse.Body) async {
    var bytes = 0
    do {
      for try await part in body {
        bytes += part.readableBytes
        if bytes > limits.answerBytes { return }
      }
    } catch {
      return
    }
  }
}

/// HTTP clients that can reach exactly one address each, kept for as long as a name resolves to it, so that a receiver's
/// connection is reused. TLS still asks for and verifies the host's name.
actor PinnedClients {
  struct Client: Sendable {
    let host: String
    let address: IPAddress
    let http: HTTPClient
  }

  private struct Entry {
    let client: Client
    var borrowers = 0
    var lastUse: UInt64 = 0
  }

  private struct Key: Hashable { let host: String, address: IPAddress }

  private let group: MultiThreadedEventLoopGroup
  private let connectMillis: Int64
  private let most: Int
  private var entries: [Key: Entry] = [:]
  private var uses: UInt64 = 0
  private var isShutDown = false

  init(group: MultiThreadedEventLoopGroup, connectMillis: Int64, most: Int) {
    self.group = group
    self.connectMillis = connectMillis
    self.most = most
  }

  /// `nil` once the program ends: an attempt that was given up may still ask.
  func borrow(host: String, address: IPAddress) async -> Client? {
    guard !isShutDown else { return nil }
    uses += 1
    let key = Key(host: host, address: address)
    var entry =
      entries[key] ?? Entry(client: Client(host: host, address: address, http: makeClient(host, address)))
    entry.borrowers += 1
    entry.lastUse = uses
    entries[key] = entry
    await evictOldest()
    return entry.client
  }

  func giveBack(_ client: Client) {
    entries[Key(host: client.host, address: client.address)]?.borrowers -= 1
  }

  func shutdown() async {
    isShutDown = true
    let all = entries.values.map(\.client)
    entries = [:]
    for client in all { await close(client) }
  }

  private func evictOldest() async {
    let idle = entries.filter { $0.value.borrowers == 0 }
    guard entries.count > most, let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
    entries[oldest.key] = nil
    await close(oldest.value.client)
  }

  private func close(_ client: Client) async {
    // Nothing can be done about a client that does not close; its connections end with the process.
    try? await client.http.shutdown()
  }

  private func makeClient(_ host: String, _ address: IPAddress) -> HTTPClient {
    OutgoingHTTP.client(on: group) { configuration in
      configuration.timeout.connect = .milliseconds(connectMillis)
      configuration.dnsOverride = [host: address.description]
      // Shorter than what common servers allow, so that a request rarely meets a connection that is being closed.
      configuration.connectionPool.idleTimeout = .seconds(4)
      configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = most
      configuration.connectionPool.retryConnectionEstablishment = false
    }
  }
}
