import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import Testing

/// Random changes of rolls, records, calendars, marks and amendments, and of what is kept, made through the registers'
/// interface.
struct RandomHistory {
  static let schools = ["900101", "900102"]
  static let children = 5

  let world: World
  private(set) var random: SeededGenerator
  /// How often each kind of change was taken.
  private(set) var taken: [String: Int] = [:]
  private var year = 2026

  init(_ world: World, seed: UInt64) {
    self.world = world
    random = SeededGenerator(seed: seed)
  }

  /// Opens the schools and puts every child on a roll.
  mutating func begin() async throws {
    world.move(to: MadeUp.day("2026-11-28"))
    for school in Self.schools {
      _ = try await world.send(
        .put, "/schools/\(school)", #"{"name":"Harbour Lane \#(school)","phase":"primary","type":"maintained"}"#)
      _ = try await put(Self.calendar(2026), 2026, school)
    }
    for child in 0..<Self.children { try await enrol(child, "2026-09-02", nil, Self.schools[child % 2]) }
  }

  /// Makes one change; one that is refused changes nothing.
  mutating func step() async throws {
    switch random.pick(weights: [30, 18, 12, 12, 6, 6, 6, 6]) {
    case 0: try await marks()
    case 1: try await roll()
    case 2: try await calendar()
    case 3: try await amend()
    case 4: try await merge()
    case 5: try await withdraw()
    case 6: try await decide()
    default: try await move()
    }
  }

  /// Years later: what was marked has had its time.
  mutating func passYears() async throws {
    year = 2033
    world.move(to: MadeUp.day("2033-11-28"))
    for school in Self.schools { _ = try await put(Self.calendar(2033), 2033, school) }
    // The newest rows of the logs stay for their numbers.
    for school in Self.schools { try await enrol(90, "2033-09-05", nil, school) }
    for school in Self.schools {
      _ = try await world.upload([row(90, "2033-09-06", "AM", "/")], school: school)
      _ = try await world.upload([row(90, "2033-09-06", "AM", "I")], school: school)
    }
  }

  /// Proposes what has had its time and carries it out.
  mutating func dispose() async throws -> Int? {
    let proposed = try await world.send(.post, "/disposals", as: .manager)
    guard let number = proposed.json["disposal"] as? Int else { return nil }
    _ = try await world.send(.post, "/disposals/\(number)/approve", as: .manager)
    let done = try await world.send(.post, "/disposals/\(number)/approve", as: .attendanceOfficer)
    count("disposed", done)
    return number
  }

  mutating func reverse(_ disposal: Int) async throws {
    count("restored", try await world.send(.post, "/disposals/\(disposal)/reverse", as: .manager))
  }

  private mutating func count(_ kind: String, _ answer: World.Answer) {
    if answer.status == 200 { taken[kind, default: 0] += 1 }
  }

  private func row(_ child: Int, _ day: String, _ session: String, _ code: String) -> String {
    "\(MadeUp.upn(child)),\(day),\(session),\(code)"
  }

  private mutating func day() -> Day { MadeUp.day("\(year)-09-05").adding(days: random.below(28)) }

  private mutating func marks() async throws {
    let school = random.pick(Self.schools)
    var rows: [String] = []
    for _ in 0..<(1 + random.below(40)) {
      let child = random.below(Self.children) + (random.below(4) == 0 ? 50 : 0)
      let code = random.pick(["O", "O", "N", "U", "G", "/", "I", "Y1"])
      rows.append(row(child, day().iso, random.pick(["AM", "PM"]), code == "/" ? "L" : code))
    }
    let answer = try await world.upload(rows, school: school)
    if answer.counts[0] + answer.counts[1] > 0 { count("marks", answer) }
  }

  /// Enters a child, ends its time, moves its days, lets it come back; corrects a date of birth or a year group.
  private mutating func roll() async throws {
    let child = random.below(Self.children) + (random.below(4) == 0 ? 50 : 0)
    let first = random.pick(["\(year)-09-02", "\(year)-09-10", "\(year)-09-22"])
    let last = random.pick([nil, nil, "\(year)-09-13", "\(year)-09-18", "\(year)-09-30"])
    try await enrol(
      child, first, last.flatMap { $0 < first ? nil : $0 }, random.pick(Self.schools),
      born: random.below(5) == 0 ? random.pick(["2014-03-17", "2022-01-10", "2014-09-01"]) : "2014-03-17",
      group: random.pick([nil, nil, "7", "8"]))
  }

  private mutating func enrol(
    _ child: Int, _ first: String, _ last: String?, _ school: String, born: String = "2014-03-17",
    group: String? = nil
  ) async throws {
    let more = [last.map { #","leftOn":"\#($0)""# }, group.map { #","yearGroup":"\#($0)""# }].compactMap { $0 }.joined()
    let answer = try await world.send(
      .post, "/schools/\(school)/pupils",
      """
      {"pupils":[{"upn":"\(MadeUp.upn(child))","givenName":"Zed\(child % 50)","familyName":"Quarrington",
       "dateOfBirth":"\(born)","enrolledOn":"\(first)"\(more)}]}
      """)
    if answer["refused"] == 0, answer["unchanged"] == 0 { count(last == nil ? "entered" : "left", answer) }
  }

  /// A school's year, with closed days, mornings, days without some year groups and Saturdays.
  private mutating func calendar() async throws {
    let closed = (0..<random.below(4)).map { _ in day() }.filter { $0.weekday <= 5 }
    let mornings = (0..<random.below(2)).map { _ in day() }
    let saturday = day().monday.adding(days: 5)
    let closure = day()
    let isPlain = random.below(3) == 0
    let calendar = Self.calendar(
      year, closed: isPlain ? [] : closed, mornings: isPlain ? [] : mornings,
      saturdays: random.below(2) == 0 ? [] : [saturday],
      closures: isPlain || random.below(2) == 0 ? [] : [(random.pick(["7", "8"]), closure, closure.adding(days: 4))])
    count("calendar", try await put(calendar, year, random.pick(Self.schools)))
  }

  private func put(_ calendar: String, _ year: Int, _ school: String) async throws -> World.Answer {
    try await world.send(.put, "/schools/\(school)/calendars/\(year)-\((year + 1) % 100)", calendar)
  }

  private static func calendar(
    _ year: Int, closed: [Day] = [], mornings: [Day] = [], saturdays: [Day] = [],
    closures: [(group: String, first: Day, last: Day)] = []
  ) -> String {
    func list(_ days: [Day]) -> String { Set(days).sorted().map { "\"\($0)\"" }.joined(separator: ",") }
    let halves = Set(mornings).sorted().map { "\"\($0)\":\"AM\"" }.joined(separator: ",")
    let some = closures.map { #"{"yearGroups":["\#($0.group)"],"first":"\#($0.first)","last":"\#($0.last)"}"# }
    return """
      {"terms":[{"first":"\(year)-09-01","last":"\(year)-10-22"},{"first":"\(year)-11-02","last":"\(year)-12-18"}],
       "closed":[\(list(closed))],"oneSessionDays":{\(halves)},"additionalDays":[\(list(saturdays))],
       "yearGroupClosures":[\(some.joined(separator: ","))]}
      """
  }

  private mutating func amend() async throws {
    let rows = try world.sql(
      """
      SELECT p.id, r.school FROM registrations r JOIN pupils p ON p.number = r.pupil ORDER BY r.number
      """)
    let row = random.pick(rows)
    let school: String = row["school"]
    let answer = try await world.send(
      .post, "/schools/\(school)/amendments", as: .school, schools: [school],
      """
      {"pupil":"\(row["id"] as String)","date":"\(day())","session":"\(random.pick(["AM", "PM"]))",
       "code":"\(random.pick(["O", "G", "I", "L", "#"]))","reason":"Made up"}
      """)
    if answer["amended"] == true { count("amended", answer) }
  }

  /// Makes two records one, where two may be.
  private mutating func merge() async throws {
    let pairs = try await world.send(.get, "/matches").list("pairs")
    guard !pairs.isEmpty, let number = random.pick(pairs)["number"] as? Int else { return }
    count("merged", try await world.send(.post, "/matches/\(number)/same", #"{"reason":"The same child"}"#))
  }

  /// Takes an entry back as made by mistake. A later row of the same child may enter it again.
  private mutating func withdraw() async throws {
    let rows = try world.sql(
      """
      SELECT p.id, r.school, r.enrolled_on FROM registrations r JOIN pupils p ON p.number = r.pupil
      WHERE r.withdrawn_millis IS NULL ORDER BY r.number
      """)
    guard rows.count > 3 else { return }
    let row = random.pick(rows)
    let first = Day(ordinal: row["enrolled_on"])
    count(
      "withdrawn",
      try await world.send(
        .post, "/schools/\(row["school"] as String)/withdrawals",
        #"{"entries":[{"pupil":"\#(row["id"] as String)","enrolledOn":"\#(first)"}],"reason":"A mistake"}"#))
  }

  /// An officer lets what schools said count, or not.
  private mutating func decide() async throws {
    let waiting = try await world.send(.get, "/pupil-changes").list("changes")
    guard !waiting.isEmpty, let number = random.pick(waiting)["number"] as? Int else { return }
    let word = random.below(4) == 0 ? "reject" : "accept"
    count(
      "decided",
      try await world.send(.post, "/pupil-changes/\(word)", #"{"numbers":[\#(number)],"reason":"Looked at"}"#))
  }

  /// Time goes on a little, so that moments differ.
  private mutating func move() async throws {
    world.clock.set(world.clock.now().addingTimeInterval(Double(1 + random.below(600))))
  }
}
