import Contracts
import EnforcementDomain
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Seeded
import ServiceKit
import TestKit
import Testing

/// What enforcement counts toward the threshold is what the register counts, after every change there can be.
@Suite(.timeLimit(.minutes(10))) struct CountingAgreementTests {
  /// Where the two disagree; empty when they agree.
  private static func disagreements(_ world: World, _ enforcing: Enforcing) async throws -> [String] {
    try await enforcing.catchUp(world)
    let today = Day(ordinal: Int32(world.clock.now().timeIntervalSince1970 / 86_400))
    let answer = try RegistersAnswer(world, today: today)
    var found: [String] = []
    let ids = try world.sql("SELECT id FROM pupils WHERE merged_into IS NULL").map { $0["id"] as String }
    let open = try await enforcing.openProposals()
    let counted = try await enforcing.sessions(of: ids, at: RandomHistory.schools)
    for id in ids {
      for school in RandomHistory.schools {
        let key = "\(id) \(school)"
        let own = answer.sessions[key] ?? []
        let theirs = counted[key] ?? []
        if own != theirs { found.append("\(school): register \(own.count), enforcement \(theirs.count)") }
        guard let calendar = answer.calendars[school], !own.isEmpty || open[key] != nil else { continue }
        let register = try own.map { text -> ProposalGrounds.CountedSession in
          let parts = text.split(separator: " ")
          return .init(
            date: MadeUp.day(String(parts[0])), session: try #require(Session(rawValue: String(parts[1]))),
            code: try #require(AttendanceCode(parts[2])))
        }
        let met = PenaltyNoticeThreshold(calendar: calendar).judge(register, dateOfBirth: nil, asOf: today).met
        if open[key]?.sessions != met?.sessions { found.append("\(school): a proposal rests on other sessions") }
      }
    }
    return found
  }

  /// The figures of a child are those of the plain answer too: one rule for both.
  private static func figuresDiffer(_ world: World) async throws -> Bool {
    let answer = try RegistersAnswer(world, today: Day(ordinal: .max))
    let rows = try world.sql(
      "SELECT DISTINCT p.id, r.school FROM pupils p JOIN standing_registrations r ON r.pupil = p.number")
    for row in rows {
      let (id, school): (String, String) = (row["id"], row["school"])
      var counted = 0
      for start in [2026, 2033] {
        let span = "from=\(start)-08-01&to=\(start + 1)-07-31"
        let figures = try await world.send(.get, "/pupils/\(id)/attendance?\(span)")
        #expect(figures.status == 200, "\(figures.text)")
        let rolls = figures.list("registrations").filter { $0["school"] as? String == school }
        counted += rolls.compactMap { ($0["figures"] as? [String: Any])?["unauthorised"] as? Int }.reduce(0, +)
      }
      if counted != answer.unauthorised["\(id) \(school)"] ?? 0 { return true }
    }
    return false
  }

  @Test(arguments: UInt64(0)..<4) func enforcementCountsWhatTheRegisterCounts(part: UInt64) async throws {
    let seed = SeededGenerator.mixed(SeededGenerator.chosenSeed ^ part)
    print("seed \(seed)")
    try await World.run { world in
      let enforcing = try Enforcing(beside: world)
      var history = RandomHistory(world, seed: seed)
      try await history.begin()
      var proposed = 0
      let kinds = ["marks", "entered", "left", "calendar", "amended"]
      var step = 0
      // Chance may keep one kind away for long.
      while step < 60 || (step < 300 && kinds.contains { history.taken[$0] == nil }) {
        defer { step += 1 }
        try await history.step()
        let found = try await Self.disagreements(world, enforcing)
        try #require(found == [], "seed \(seed) step \(step) \(history.taken)")
        proposed = max(proposed, try await enforcing.openProposals().count)
      }
      #expect(try await !Self.figuresDiffer(world), "seed \(seed)")
      try await history.passYears()
      for turn in 0..<3 {
        let disposal = try await history.dispose()
        #expect(try await Self.disagreements(world, enforcing) == [], "seed \(seed) disposal \(turn)")
        for _ in 0..<6 { try await history.step() }
        #expect(try await Self.disagreements(world, enforcing) == [], "seed \(seed) after disposal \(turn)")
        if let disposal, turn < 2 { try await history.reverse(disposal) }
        #expect(try await Self.disagreements(world, enforcing) == [], "seed \(seed) reversal \(turn)")
      }
      #expect(try await !Self.figuresDiffer(world), "seed \(seed)")
      print("seed \(seed): \(history.taken.sorted { $0.key < $1.key }), at most \(proposed) open proposals")
      for kind in kinds {
        #expect(history.taken[kind] ?? 0 > 0, "seed \(seed): \(kind)")
      }
    }
  }

  /// The property finds a reader that passes over any of the events that change the count.
  @Test(arguments: [
    PupilLeft.type.name, RegistrationWithdrawn.type.name, CalendarRecorded.type.name, PupilsMerged.type.name,
    MarksAmended.type.name,
    MarksDisposed.type.name, PupilEnrolled.type.name,
  ])
  func aReaderThatForgetsDisagrees(type: String) async throws {
    var found: [String] = []
    for part in UInt64(0)..<12 where found.isEmpty {
      found = try await Self.foundForgetting(type, seed: 7 + part)
    }
    #expect(!found.isEmpty, "\(type)")
  }

  private static func foundForgetting(_ type: String, seed: UInt64) async throws -> [String] {
    let found = Found()
    try await World.run { world in
      let enforcing = try Enforcing(beside: world, forgets: [type])
      var history = RandomHistory(world, seed: seed)
      try await history.begin()
      for _ in 0..<100 where await found.list.isEmpty {
        try await history.step()
        await found.add(try await Self.disagreements(world, enforcing))
      }
      guard await found.list.isEmpty else { return }
      try await history.passYears()
      _ = try await history.dispose()
      await found.add(try await Self.disagreements(world, enforcing))
    }
    return await found.list
  }

  private actor Found {
    private(set) var list: [String] = []
    func add(_ more: [String]) { list += more }
  }
}
