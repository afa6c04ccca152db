import Contracts
import Foundation
import HTTPTypes
import Rulebook
import Schemas
import ServiceKit
import SuiteDomain

/// Where the stories are played: the made-up world, the programs that run, and what every story needs.
final class Stage: Sendable {
  let world: DemoWorld
  let suite: RunningSuite
  let receiver: WebhookReceiver
  let tell: Narrator
  let letters: LetterFolder
  /// The opaque identifiers of the first authority's pupils, by school, once the schools are open.
  let pupils = Locked<[[String]]>([])
  /// When the register of the first day's morning was sent, by school.
  let mornings = Locked<[Int: ContinuousClock.Instant]>([:])

  /// How long any one thing may take.
  static let patience = Duration.seconds(60)

  init(world: DemoWorld, suite: RunningSuite, receiver: WebhookReceiver, tell: Narrator) {
    self.world = world
    self.suite = suite
    self.receiver = receiver
    self.tell = tell
    letters = LetterFolder(path: suite.folder.lettersPath, tell: tell)
  }

  /// Today, as the programs take it.
  var today: Day { suite.clock.today() }

  /// The opaque identifier of a child with a part.
  func id(_ part: DemoPart) -> String {
    let child = world.child(part)
    return pupils.withLock { $0[child.school][child.place] }
  }

  // MARK: Checking

  /// - Throws: ``SuiteError/unexpected(_:)`` unless it is so.
  func check(_ isSo: Bool, _ what: @autoclosure () -> String) throws {
    if !isSo { throw SuiteError.unexpected(what()) }
  }

  /// Keeps a promise of a story: says it when it is so.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)`` with what was found and what should have been.
  func promise<Value: Equatable>(_ words: String, _ found: Value, is expected: Value) throws {
    try Self.promise(words, found, is: expected, tell)
  }

  static func promise<Value: Equatable>(
    _ words: String, _ found: Value, is expected: Value, _ tell: Narrator
  ) throws {
    guard found == expected else {
      throw SuiteError.unexpected("\(words): it should be \(expected), and is \(found)")
    }
    tell.right(words)
  }

  /// Asks again and again until there is an answer: a signal between programs takes its time.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)`` when there is none in time.
  func wait<Value>(for what: String, _ look: () async throws -> Value?) async throws -> Value {
    let end = ContinuousClock.now + Self.patience
    var pauseMillis = 10
    while true {
      if let found = try await look() { return found }
      guard ContinuousClock.now < end else {
        throw SuiteError.unexpected("\(what) did not come within \(Self.patience)")
      }
      try await Task.sleep(for: .milliseconds(pauseMillis))
      pauseMillis = min(200, pauseMillis * 2)
    }
  }

  /// Waits until every program has heard of everything.
  func catchUp() async throws { try await CatchUp(suite).wait(within: Self.patience) }

  // MARK: People

  /// Somebody of the first authority who calls a program.
  func person(_ service: ServiceName, _ role: Role, _ name: String? = nil) throws -> StagePerson {
    StagePerson(client: try suite.client(service, of: world.first.code, as: role, person: name))
  }

  /// A school's own staff, calling a program.
  func staff(_ service: ServiceName, of part: DemoPart) throws -> StagePerson {
    let school = world.school(of: part).urn.text
    return StagePerson(client: try suite.client(service, of: world.first.code, as: .school, schools: [school]))
  }

  func officer(_ authority: String) throws -> RegistersClient {
    RegistersClient(try suite.client(.registers, of: authority, as: .attendanceOfficer))
  }

  /// A school's own information system.
  func system(of school: MadeUpSchool, _ authority: String) throws -> RegistersClient {
    RegistersClient(try suite.client(.registers, of: authority, as: .school, schools: [school.urn.text]))
  }

  // MARK: Registers

  /// Sends the register of the first day's morning, unless it was sent.
  ///
  /// - Returns: when it was sent.
  @discardableResult
  func sendMorning(of number: Int) async throws -> ContinuousClock.Instant {
    if let sent = mornings.withLock({ $0[number] }) { return sent }
    let school = world.first.made.schools[number]
    let sent = ContinuousClock.now
    let file = world.first.books[number].csv(DayRange(first: world.friday, last: world.friday), [.am])
    let answer = try await system(of: school, world.first.code).send(file, to: school.urn)
    try check(answer.problems.isEmpty, "\(school.name): \(answer.problems.first?.reason ?? "")")
    mornings.withLock { $0[number] = sent }
    return sent
  }

  /// Sends one child's marks of some days.
  func send(_ part: DemoPart, _ range: DayRange) async throws {
    let (child, school) = (world.child(part), world.school(of: part))
    let marks = world.first.books[child.school].marks(of: child.place, in: range)
    let upn = world.pupil(part).upn
    let rows = marks.map { "\(upn),\($0.day),\($0.session.rawValue),\($0.code)\n" }
    let answer = try await system(of: school, world.first.code).send(
      Array(("upn,date,session,code\n" + rows.joined()).utf8), to: school.urn)
    try check(
      answer.problems.isEmpty, "\(school.name): \(answer.problems.first.map { "\($0.reason), \($0.detail)" } ?? "")")
  }
}

/// Somebody who calls a program over HTTP.
struct StagePerson: Sendable {
  let client: ServiceClient

  func get(_ path: String) async throws -> JSONValue { try await client.get(JSONValue.self, path) }

  @discardableResult
  func post(_ path: String, _ body: JSONValue = [:]) async throws -> JSONValue {
    try await client.send(JSONValue.self, .post, path, json: body)
  }

  /// Does something in a case.
  @discardableResult
  func act(_ act: String, in path: String, because reason: String, _ facts: JSONValue = [:]) async throws -> JSONValue {
    try await post("\(path)/acts", ["act": .string(act), "reason": .string(reason), "facts": facts])
  }

  /// Agrees as the second person.
  @discardableResult
  func agree(in path: String) async throws -> JSONValue {
    try await post("\(path)/second", ["agrees": true, "reason": "Agreed"])
  }

  /// Asks for what must be refused.
  ///
  /// - Returns: the problem as the caller sees it.
  /// - Throws: ``SuiteError/unexpected(_:)`` when it is done.
  func refused(_ path: String, _ body: JSONValue) async throws -> JSONValue {
    let answer = try await client.call(.post, path, body: Array(try JSONEncoder().encode(body)))
    guard (400..<500).contains(answer.status) else {
      throw SuiteError.unexpected("POST \(path) should have been refused, and was answered \(answer.status)")
    }
    return try answer.json(JSONValue.self)
  }
}

extension JSONValue {
  /// The guards that a problem names.
  var guards: [String] { self["errors"].list.map(\.["pointer"].text) }
}
