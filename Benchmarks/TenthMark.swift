import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Rulebook
import ServiceKit
import SuiteDomain
import SuiteService

/// From the upload of a tenth unauthorised session to the webhook that tells of the proposal.
struct TenthMark {
  let suite: RunningSuite
  let authority: String

  /// Measures with so many pupils, one after the other.
  ///
  /// - Returns: milliseconds, one for each.
  func measure(count: Int) async throws -> [Double] {
    let receiver = Receiver()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await receiver.run() }
      let port = await receiver.port()
      let millis = try await measure(count: count, receiver, address: "http://127.0.0.1:\(port)/hook")
      group.cancelAll()
      return millis
    }
  }

  private struct Subscription: Encodable {
    struct Agreement: Encodable { let reference, expiresOn: String }
    struct Scope: Encodable { let schools = "all" }
    let name = "bench"
    let recipientKind = "early-help"
    let eventTypes = [PenaltyNoticeProposed.type.name]
    let scope = Scope()
    let level = "L2"
    let lawfulBasis = "LB1"
    let agreement = Agreement(reference: "BENCH-1", expiresOn: "2030-01-01")
    let address: String
    let algorithm = "hmac"
  }

  private func measure(count: Int, _ receiver: Receiver, address: String) async throws -> [Double] {
    _ = try await suite.client(.notifier, of: authority, as: .integration).send(
      Nothing.self, .post, "/subscriptions", json: Subscription(address: address))
    let made = MadeUpAuthority(try AuthorityCode(authority), schools: 40, pupils: 40 * count, seed: 7)
    guard let school = made.schools.last(where: { $0.pupils.count >= count }) else { throw BenchError("no pupils") }
    let load = Load(suite: suite, authority: authority)
    try await load.open(school)
    let client = try suite.client(.registers, of: authority, as: .school, schools: [school.urn.text])
    let book = AttendanceBook(of: school, in: MadeUpAuthority.schoolYear, seed: 7)
    let days = book.days.filter { school.calendars[MadeUpAuthority.schoolYear]?.oneSessionDays[$0] == nil }.prefix(5)
    func send(_ rows: [String]) async throws {
      let body = Array((["upn,date,session,code"] + rows).joined(separator: "\n").utf8)
      let answer = try await client.call(
        .post, "/schools/\(school.urn.text)/marks", body: body, contentType: "text/csv")
      guard answer.isSuccess, try answer.json(Load.Receipt.self).recorded == rows.count else {
        throw BenchError("marks did not count")
      }
    }
    let sessions = days.flatMap { day in Session.allCases.map { (day, $0) } }
    let pupils = school.pupils.prefix(count)
    for pupil in pupils {
      try await send(sessions.dropLast().map { "\(pupil.upn.text),\($0.0.iso),\($0.1.rawValue),O" })
    }
    try await load.waitUntilApplied()
    var millis: [Double] = []
    for pupil in pupils {
      guard let last = sessions.last else { throw BenchError("no sessions") }
      let start = ContinuousClock.now
      try await send(["\(pupil.upn.text),\(last.0.iso),\(last.1.rawValue),O"])
      try await receiver.next()
      millis.append(start.duration(to: .now).seconds * 1_000)
    }
    return millis
  }
}

/// Takes webhooks and tells that one has come.
private final class Receiver: Sendable {
  private let arrivals: AsyncStream<Void>
  private let arrived: AsyncStream<Void>.Continuation
  private let ports: AsyncStream<Int>
  private let bound: AsyncStream<Int>.Continuation

  init() {
    (arrivals, arrived) = AsyncStream.makeStream()
    (ports, bound) = AsyncStream.makeStream()
  }

  func run() async throws {
    let router = Router()
    router.post("hook") { [arrived] request, _ in
      _ = try await request.body.collect(upTo: 1 << 20)
      arrived.yield()
      return HTTPResponse.Status.noContent
    }
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { [bound] in bound.yield($0.localAddress?.port ?? 0) },
      logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() })
    try await application.run()
  }

  func port() async -> Int {
    for await port in ports { return port }
    return 0
  }

  /// Waits for the next webhook.
  func next() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [arrivals] in for await _ in arrivals { return } }
      group.addTask {
        try await Task.sleep(for: .seconds(20))
        throw BenchError("no webhook within 20 seconds")
      }
      try await group.next()
      group.cancelAll()
    }
  }
}
