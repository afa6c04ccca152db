import Contracts
import Foundation
import GRDB
import Rulebook
import ServiceKit
import SuiteDomain

/// Many alerts from one authority to another, for figures and for trials under kills.
public struct AlertTrial: Sendable {
  /// The authority that alerts, the one that is alerted, and one that only reads along.
  public static let authorities = NationalStories.authorities

  private let stories: NationalStories
  private let waiting: [(child: MadeUpPupil, search: String)]
  private let folder: StateFolder

  /// Opens a search for each of some made-up children.
  ///
  /// - Throws: ``SuiteError``.
  public init(_ suite: RunningSuite, alerts: Int) async throws {
    let made = MadeUpAuthority(try AuthorityCode(Self.authorities[0]), schools: 1, pupils: alerts * 2, seed: 11)
    guard let school = made.schools.first else { throw SuiteError.unexpected("a made-up authority has a school") }
    let registers = RegistersClient(try suite.client(.registers, of: Self.authorities[0], as: .attendanceOfficer))
    let ids = try await registers.open(school)
    try await CatchUp(suite).wait(within: .seconds(120))
    stories = NationalStories(suite: suite, tell: Narrator(), patience: .seconds(60))
    folder = suite.folder
    var waiting: [(child: MadeUpPupil, search: String)] = []
    for (child, id) in zip(school.pupils, ids) where !["R", "10", "11"].contains(child.yearGroup) {
      if waiting.count == alerts { break }
      waiting.append((child, try await stories.search(for: id)))
    }
    self.waiting = waiting
  }

  /// How many there are to raise.
  public var count: Int { waiting.count }

  /// Raises some of the alerts; what a kill interrupts is tried again until it has had its effect.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)`` after a minute without effect.
  public func raise(_ places: Range<Int>) async throws {
    for place in places {
      let end = ContinuousClock.now + .seconds(60)
      while (try? await stories.raise(waiting[place].child, for: waiting[place].search)) == nil {
        // It was raised, and the answer was lost.
        if try sent().count > place { break }
        guard ContinuousClock.now < end else { throw SuiteError.unexpected("an alert could not be raised") }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  /// Waits until the sender knows of so many alerts that the other program has them.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)``.
  public func settle(_ count: Int, within patience: Duration = .seconds(120)) async throws {
    let end = ContinuousClock.now + patience
    while try known() < count {
      guard ContinuousClock.now < end else {
        throw SuiteError.unexpected("\(try known()) of \(count) alerts are known to be received after \(patience)")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// The identifiers of the alerts that were sent, and of those that were received.
  public func sent() throws -> [String] {
    try read(Self.authorities[0]) { try String.fetchAll($0, sql: "SELECT id FROM alert WHERE received IS NULL") }
  }

  public func received() throws -> [String] {
    try read(Self.authorities[1]) { try String.fetchAll($0, sql: "SELECT id FROM alert WHERE received IS NOT NULL") }
  }

  /// How long each alert took from being raised to being received, milliseconds, by the programs' own histories; the
  /// shortest first.
  public func times() throws -> [Int64] { try Self.times(folder) }

  static func times(_ folder: StateFolder) throws -> [Int64] {
    func began(_ authority: String, _ isReceived: Bool) throws -> [String: Int64] {
      try read(folder, authority) {
        try Row.fetchAll(
          $0,
          sql: """
            SELECT a.id, e.at_millis FROM alert a JOIN case_entry e ON e.case_number = a.case_number AND e.number = 1
            WHERE (a.received IS NOT NULL) = ?
            """, arguments: [isReceived]
        ).reduce(into: [:]) { $0[$1[0]] = $1[1] }
      }
    }
    let arrived = try began(authorities[1], true)
    return try began(authorities[0], false).compactMap { id, raised in arrived[id].map { $0 - raised } }.sorted()
  }

  private func known() throws -> Int {
    try read(Self.authorities[0]) {
      try Int.fetchOne(
        $0, sql: "SELECT count(*) FROM case_file WHERE kind = 'sent-alert' AND state <> 'raised'") ?? 0
    }
  }

  private func read<Value: Sendable>(_ authority: String, _ body: (Database) throws -> Value) throws -> Value {
    try Self.read(folder, authority, body)
  }

  private static func read<Value: Sendable>(
    _ folder: StateFolder, _ authority: String, _ body: (Database) throws -> Value
  ) throws -> Value {
    try DatabaseQueue(path: folder.storePath(authority: authority, service: "cme")).read(body)
  }
}
