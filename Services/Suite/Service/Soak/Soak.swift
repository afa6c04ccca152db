import AsyncHTTPClient
import Contracts
import Foundation
import HTTPTypes
import NIOCore
import Rulebook
import ServiceKit
import SuiteDomain

/// The real programs under load while any of them, and the broker, is killed; then everything is compared.
struct Soak: Sendable {
  /// How it is run.
  struct Plan: Sendable {
    var kills: Int
    var seed: UInt64
    /// Over how long the kills are spread; as fast as they come when 0.
    var seconds: Double
    var schools: Int
    var pupils: Int
  }

  /// What came of it.
  struct Outcome: Sendable {
    let evidence: SoakEvidence
    /// From the end of load and kills until every program had everything.
    let caughtUp: Duration
  }

  let plan: Plan
  let suite: RunningSuite
  let receiver: WebhookReceiver
  let tell: Narrator

  static let authority = "880"
  /// How long catching up may take.
  static let patience = Duration.seconds(180)
  private static let receivers = [("first", "hmac"), ("second", "ed25519")]

  /// The authority, its marks, and the moment that the programs take for now: the end of the school year.
  static func options(_ plan: Plan, _ folder: StateFolder) throws -> SuiteOptions {
    var options = SuiteOptions(authorities: [try AuthorityCode(authority)], folder: folder)
    options.now = Date(timeIntervalSince1970: Double(MadeUpAuthority.schoolYear.last.ordinal) * 86_400)
    options.isFresh = true
    options.allowsLoopbackWebhooks = true
    options.limits.firstPauseMillis = 10
    return options
  }

  /// Runs load and kills, waits until everything has arrived, stops the programs and compares.
  func run() async throws -> Outcome {
    let made = MadeUpAuthority(
      try AuthorityCode(Self.authority), schools: plan.schools, pupils: plan.pupils, seed: plan.seed)
    let http = OutgoingHTTP.client {
      $0.timeout.connect = .seconds(2)
      // The load repeats by itself, at once, when a program is away.
      $0.connectionPool.retryConnectionEstablishment = false
    }
    do {
      let outcome = try await run(made, http)
      try await http.shutdown()
      return outcome
    } catch {
      try? await http.shutdown()
      throw error
    }
  }

  private func run(_ made: MadeUpAuthority, _ http: HTTPClient) async throws -> Outcome {
    let subscriptions = try await subscribe()
    let officer = RegistersClient(
      try suite.client(.registers, of: Self.authority, as: .attendanceOfficer, http: http))
    var identifiers: [[String]] = []
    for school in made.schools { identifiers.append(try await officer.open(school)) }
    tell.say("\(made.schools.count) schools with \(made.pupilCount) pupils are open; load and kills begin")
    let accepted = try await loadAndKill(made, identifiers, http)
    let stopped = ContinuousClock.now
    try await CatchUp(suite).wait(within: Self.patience)
    try await waitForMessages()
    let caughtUp = ContinuousClock.now - stopped
    await suite.stop()
    let messages = receiver.messages
    let evidence = SoakEvidence(
      folder: suite.folder, authority: Self.authority, accepted: accepted,
      identifiers: accepted.map { identifiers[$0.book.school.number] },
      received: subscriptions.mapValues { name in messages.filter { $0.receiver == name }.map(\.id) })
    for line in try evidence.lines() { tell.say(line) }
    let deaths = await suite.supervisor.deaths
    tell.say("programs that died of themselves: \(deaths.isEmpty ? "none" : deaths.joined(separator: ", "))")
    return Outcome(evidence: evidence, caughtUp: caughtUp)
  }

  /// - Returns: the receivers' names by subscription.
  private func subscribe() async throws -> [String: String] {
    let client = NotifierClient(client: try suite.client(.notifier, of: Self.authority, as: .integration))
    var names: [String: String] = [:]
    for (name, algorithm) in Self.receivers {
      let made = try await client.subscribe(
        .init(
          name: name, recipientKind: "early-help", scope: .init(schools: nil), level: "L2",
          agreement: .init(
            reference: "soak", expiresOn: MadeUpAuthority.schoolYear.last.adding(months: 12)),
          address: receiver.address(of: name), algorithm: algorithm))
      receiver.trust(made.key, for: name)
      names[made.id] = name
    }
    return names
  }

  private func loadAndKill(
    _ made: MadeUpAuthority, _ identifiers: [[String]], _ http: HTTPClient
  ) async throws -> [SchoolLoad.Accepted] {
    let goesOn = Locked(true)
    return try await withThrowingTaskGroup(of: (Int, SchoolLoad.Accepted)?.self) { group in
      for school in made.schools where !school.pupils.isEmpty {
        let client = RegistersClient(
          try suite.client(
            .registers, of: Self.authority, as: .school, schools: [school.urn.text], http: http))
        group.addTask {
          var load = SchoolLoad(
            AttendanceBook(of: school, in: MadeUpAuthority.schoolYear, seed: made.seed), client,
            identifiers: identifiers[school.number], seed: plan.seed)
          try await load.run { goesOn.withLock { $0 } }
          return (school.number, load.accepted)
        }
      }
      group.addTask {
        var killer = Killer(suite.supervisor, names: suite.state.programs.map(\.name), seed: plan.seed)
        try await killer.run(plan.kills, overSeconds: plan.seconds)
        goesOn.withLock { $0 = false }
        let kills = killer.kills.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        tell.say("killed: \(kills.joined(separator: ", "))")
        return nil
      }
      group.addTask {
        try await suite.supervisor.waitForFailure()
        return nil
      }
      var accepted: [(Int, SchoolLoad.Accepted)] = []
      while accepted.count < made.schools.filter({ !$0.pupils.isEmpty }).count, let next = try await group.next() {
        if let next { accepted.append(next) }
      }
      group.cancelAll()
      return accepted.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private struct Page: Decodable {
    struct Subscription: Decodable {
      let id, status: String
      let suspendedFor: String?
      let waiting: Int
    }
    let subscriptions: [Subscription]
  }

  /// Resumes what was suspended because the notifier was killed twice in a row during an attempt, as a person would who
  /// knows that the receiver is not to blame.
  private func resume(_ page: Page, _ client: ServiceClient) async throws {
    for subscription in page.subscriptions where subscription.suspendedFor == "program-ended" {
      tell.say("resumed a subscription that was suspended by the kills")
      let answer = try await client.call(.post, "/subscriptions/\(subscription.id)/resume")
      guard answer.isSuccess || answer.status == 409 else {
        throw SuiteError.unexpected("resume was answered \(answer.status)")
      }
    }
  }

  /// Waits until no message waits to be delivered.
  private func waitForMessages() async throws {
    let client = try suite.client(.notifier, of: Self.authority, as: .operator)
    let end = ContinuousClock.now + Self.patience
    while true {
      let page = try await client.get(Page.self, "/subscriptions")
      try await resume(page, client)
      let waiting = page.subscriptions.reduce(0) { $0 + $1.waiting }
      if waiting == 0 { break }
      guard ContinuousClock.now < end else { throw SuiteError.unexpected("\(waiting) messages were not delivered") }
      try await Task.sleep(for: .milliseconds(20))
    }
    // What was disclosed last is an event too.
    try await CatchUp(suite).wait(within: Self.patience)
  }
}
