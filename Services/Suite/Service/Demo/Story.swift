import Contracts
import Foundation
import Rulebook
import ServiceKit
import SuiteDomain

/// The story that the demo tells, played through the real interfaces. Every step checks what it says.
struct Story: Sendable {
  let world: DemoWorld
  let suite: RunningSuite
  let receiver: WebhookReceiver
  let tell: Narrator

  /// How long any one thing may take.
  static let patience = Duration.seconds(30)
  static let schoolReceiver = "school"
  static let agencyReceiver = "family-support"
  static let otherReceiver = "family-support-383"
  static let socialCareReceiver = "social-care"
  static let partTimeReceiver = "school-part-time"

  /// Plays all of it.
  ///
  /// - Throws: ``SuiteError/unexpected(_:)`` with the first thing that is not as it should be.
  func play() async throws {
    let pupils = try await openSchools()
    let cast = Cast(pupils: pupils, world: world)
    try await flag(cast)
    // The notifier takes subscriptions for schools that it has heard of.
    try await CatchUp(suite).wait(within: Self.patience)
    try await subscribe()
    try await playTerm()
    let pupil = pupils[world.school][world.child]
    let sent = try await lastMorning(cast)
    let proposal = try await tenthSession(pupil, sentAt: sent)
    try await enrolTheUnknown()
    try await correct(pupil, proposal)
    try await partTime(cast)
    try await childrenInCare(cast)
    try await sumUp(pupil)
  }

  /// - Throws: ``SuiteError/unexpected(_:)`` unless it is so.
  func check(_ isSo: Bool, _ what: @autoclosure () -> String) throws {
    if !isSo { throw SuiteError.unexpected(what()) }
  }

  func officer(_ authority: String) throws -> RegistersClient {
    RegistersClient(try suite.client(.registers, of: authority, as: .attendanceOfficer))
  }

  /// A school's own information system.
  func system(of school: MadeUpSchool, _ authority: String) throws -> RegistersClient {
    RegistersClient(try suite.client(.registers, of: authority, as: .school, schools: [school.urn.text]))
  }

  /// - Returns: the opaque identifiers of the first authority's pupils, by school.
  private func openSchools() async throws -> [[String]] {
    tell.chapter("Two authorities open their schools")
    var identifiers: [[String]] = []
    for (index, authority) in world.authorities.enumerated() {
      let officer = try officer(authority.code)
      for school in authority.made.schools {
        let ids = try await officer.open(school)
        if index == 0 { identifiers.append(ids) }
      }
      let pupils = Narrator.grouped(authority.made.pupilCount)
      tell.say("\(authority.code): \(authority.made.schools.count) schools, their calendars, \(pupils) pupils on roll")
    }
    return identifiers
  }

  private func subscribe() async throws {
    tell.chapter("Who wants to be told says so, and under which agreement")
    func subscribe(
      _ authority: String, _ name: String, _ kind: String, schools: [String]?, level: String, _ receiver: String,
      _ algorithm: String, events: [String]? = nil
    ) async throws {
      let client = NotifierClient(client: try suite.client(.notifier, of: authority, as: .integration))
      var request = NotifierClient.Request(
        name: name, recipientKind: kind, scope: .init(schools: schools), level: level,
        agreement: .init(reference: "ISA-2026-\(receiver)", expiresOn: world.lastDay.adding(months: 12)),
        address: self.receiver.address(of: receiver), algorithm: algorithm)
      if let events { request.eventTypes = events }
      let made = try await client.subscribe(request)
      self.receiver.trust(made.key, for: receiver)
      let scope = schools.map { "school \($0.joined(separator: ", "))" } ?? "all schools"
      tell.say("\(name) (\(kind)): \(scope), level \(level), signed with \(algorithm)")
    }
    let school = world.childsSchool
    let code = world.first.code
    try await subscribe(
      code, school.name, "school", schools: [school.urn.text], level: "L2", Self.schoolReceiver, "hmac")
    try await subscribe(
      code, "Family Support Partnership", "early-help", schools: nil, level: "L1", Self.agencyReceiver, "ed25519")
    try await subscribe(
      code, "Children's social care", "social-care", schools: nil, level: "L2", Self.socialCareReceiver, "ed25519",
      events: [Found<UnexplainedAbsence>.type.name, Lapsed<UnexplainedAbsence>.type.name])
    let partTime = world.first.made.schools[world.partTime.weeks.school]
    try await subscribe(
      code, partTime.name, "school", schools: [partTime.urn.text], level: "L3", Self.partTimeReceiver, "hmac",
      events: [Found<PartTimeSixWeeks>.type.name, Found<PartTimeTwelveWeeks>.type.name])
    try await subscribe(
      world.authorities[1].code, "Family Support Partnership", "early-help", schools: nil, level: "L1",
      Self.otherReceiver, "ed25519")
  }

  /// Everything up to the day before the last.
  private func playTerm() async throws {
    tell.chapter("The autumn term: every week the schools send their registers")
    let began = ContinuousClock.now
    var marks = 0
    for monday in world.weeks {
      let range = DayRange(first: monday, last: min(monday.adding(days: 6), world.lastDay.adding(days: -1)))
      let counts = try await withThrowingTaskGroup(of: (files: Int, marks: Int).self) { group in
        for authority in world.authorities { group.addTask { try await sendWeek(range, authority) } }
        return try await group.reduce((files: 0, marks: 0)) { ($0.files + $1.files, $0.marks + $1.marks) }
      }
      marks += counts.marks
      tell.say("week of \(monday): \(counts.files) files, \(Narrator.grouped(counts.marks)) marks")
    }
    let sent = ContinuousClock.now
    try await CatchUp(suite).wait(within: Self.patience)
    let rate = Int(Double(marks) / Narrator.seconds(sent - began))
    tell.say("\(Narrator.grouped(marks)) marks in all, \(Narrator.grouped(rate)) a second")
    tell.say("everybody had heard of everything \(Narrator.millis(ContinuousClock.now - sent)) after the last file")
  }

  private func sendWeek(_ range: DayRange, _ authority: DemoWorld.Authority) async throws -> (files: Int, marks: Int) {
    var (files, marks) = (0, 0)
    for (school, book) in zip(authority.made.schools, authority.books) {
      let file = book.csv(range)
      let rows = file.count { $0 == UInt8(ascii: "\n") } - 1
      guard rows > 0 else { continue }
      let answer = try await system(of: school, authority.code).send(file, to: school.urn)
      try check(
        answer.recorded == rows && answer.problems.isEmpty,
        "\(authority.code), week of \(range.first): of \(rows) marks \(answer.recorded) were recorded: "
          + "\(answer.problems.first?.reason ?? "no problem")")
      files += 1
      marks += rows
    }
    return (files, marks)
  }
}
