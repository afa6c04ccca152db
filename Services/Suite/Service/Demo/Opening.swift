import Contracts
import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import SuiteDomain

/// What goes before all stories: schools and their pupils, those who want to be told, and the term up to the first day.
struct Opening: Sendable {
  let stage: Stage
  private var world: DemoWorld { stage.world }
  private var tell: Narrator { stage.tell }

  func play() async throws {
    try await openSchools()
    try await flag()
    // The notifier takes subscriptions for schools that it has heard of.
    try await stage.catchUp()
    try await subscribe()
    try await playTerm()
  }

  private func openSchools() async throws {
    tell.chapter("Two authorities open their schools")
    for (index, authority) in world.authorities.enumerated() {
      let officer = try stage.officer(authority.code)
      for school in authority.made.schools {
        let ids = try await officer.open(school)
        if index == 0 { stage.pupils.withLock { $0.append(ids) } }
      }
      let pupils = Narrator.grouped(authority.made.pupilCount)
      tell.say("\(authority.code): \(authority.made.schools.count) schools, their calendars, \(pupils) pupils on roll")
    }
    for part in DemoPart.allCases {
      let system = try stage.system(of: world.school(of: part), world.first.code)
      _ = try await system.enrol(
        [world.pupil(part)], at: world.school(of: part).urn, contacts: DemoParents(of: world.pupil(part)).contacts)
    }
    tell.say("the schools enter the parents of \(DemoPart.allCases.count) children whose stories are told")
  }

  private struct Flag: Encodable { let first: Day }

  /// An officer enters what the authority knows of some children.
  private func flag() async throws {
    let officer = try suiteOfficer()
    func set(_ kind: String, _ part: DemoPart, since: Day) async throws {
      _ = try await officer.send(
        Nothing.self, .put, "/pupils/\(stage.id(part))/flags/\(kind)", json: Flag(first: since))
    }
    let before = MadeUpAuthority.schoolYear.first
    try await set("social-worker", .socialWorker, since: before)
    for part in DemoPart.inCare {
      try await set("looked-after", part, since: part == .careLate ? world.friday.adding(days: -7) : before)
    }
    tell.say("flags, seen by those who may: 1 child has a social worker, \(DemoPart.inCare.count) are looked after")
  }

  private func suiteOfficer() throws -> ServiceClient {
    try stage.suite.client(.registers, of: world.first.code, as: .attendanceOfficer)
  }

  private func subscribe() async throws {
    tell.chapter("Who wants to be told says so, and under which agreement")
    let school = world.school(of: .tenth)
    let code = world.first.code
    try await subscribe(code, school.name, "school", schools: [school.urn.text], level: "L2", Receiver.school, "hmac")
    try await subscribe(
      code, "Family Support Partnership", "early-help", schools: nil, level: "L1", Receiver.agency, "ed25519")
    try await subscribe(
      code, "Children's social care", "social-care", schools: nil, level: "L2", Receiver.socialCare, "ed25519",
      events: [Found<UnexplainedAbsence>.type.name, Lapsed<UnexplainedAbsence>.type.name])
    let partTime = world.school(of: .partTimeWeeks)
    try await subscribe(
      code, partTime.name, "school", schools: [partTime.urn.text], level: "L3", Receiver.partTime, "hmac",
      events: [Found<PartTimeSixWeeks>.type.name, Found<PartTimeTwelveWeeks>.type.name])
    try await subscribe(
      world.second.code, "Family Support Partnership", "early-help", schools: nil, level: "L1", Receiver.other,
      "ed25519")
  }

  private func subscribe(
    _ authority: String, _ name: String, _ kind: String, schools: [String]?, level: String, _ receiver: String,
    _ algorithm: String, events: [String]? = nil
  ) async throws {
    let client = NotifierClient(client: try stage.suite.client(.notifier, of: authority, as: .integration))
    var request = NotifierClient.Request(
      name: name, recipientKind: kind, scope: .init(schools: schools), level: level,
      agreement: .init(reference: "ISA-2026-\(receiver)", expiresOn: world.friday.adding(months: 12)),
      address: stage.receiver.address(of: receiver), algorithm: algorithm)
    if let events { request.eventTypes = events }
    let made = try await client.subscribe(request)
    stage.receiver.trust(made.key, for: receiver)
    let scope = schools.map { "school \($0.joined(separator: ", "))" } ?? "all schools"
    tell.say("\(name) (\(kind)): \(scope), level \(level), signed with \(algorithm)")
  }

  /// Everything up to the day before the first.
  private func playTerm() async throws {
    tell.chapter("The autumn term: every week the schools send their registers")
    let began = ContinuousClock.now
    var (files, marks) = (0, 0)
    for monday in world.weeks {
      let range = DayRange(first: monday, last: min(monday.adding(days: 6), world.friday.adding(days: -1)))
      let counts = try await withThrowingTaskGroup(of: (files: Int, marks: Int).self) { group in
        for authority in world.authorities { group.addTask { try await sendWeek(range, authority) } }
        return try await group.reduce((files: 0, marks: 0)) { ($0.files + $1.files, $0.marks + $1.marks) }
      }
      files += counts.files
      marks += counts.marks
    }
    let sent = ContinuousClock.now
    tell.say("\(world.weeks.count) weeks: \(Narrator.grouped(files)) files, \(Narrator.grouped(marks)) marks")
    try await stage.catchUp()
    let rate = Int(Double(marks) / Narrator.seconds(sent - began))
    tell.say("\(Narrator.grouped(rate)) marks a second")
    tell.say("everybody had heard of everything \(Narrator.millis(ContinuousClock.now - sent)) after the last file")
  }

  private func sendWeek(_ range: DayRange, _ authority: DemoWorld.Authority) async throws -> (files: Int, marks: Int) {
    var (files, marks) = (0, 0)
    for (school, book) in zip(authority.made.schools, authority.books) {
      let file = book.csv(range)
      let rows = file.count { $0 == UInt8(ascii: "\n") } - 1
      guard rows > 0 else { continue }
      let answer = try await stage.system(of: school, authority.code).send(file, to: school.urn)
      try stage.check(
        answer.recorded == rows && answer.problems.isEmpty,
        "\(authority.code), week of \(range.first): of \(rows) marks \(answer.recorded) were recorded: "
          + "\(answer.problems.first?.reason ?? "no problem")")
      files += 1
      marks += rows
    }
    return (files, marks)
  }
}

/// The receivers of messages.
enum Receiver {
  static let school = "school"
  static let agency = "family-support"
  static let other = "family-support-383"
  static let socialCare = "social-care"
  static let partTime = "school-part-time"
}
