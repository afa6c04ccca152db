import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import Seeded
import Store
import Synchronization
import TestKit
import Testing

@testable import RollCopy

/// Random histories of registers' events against a plain model, at each detail.
@Suite(.timeLimit(.minutes(10))) struct RollHistoryTests {
  @Test(arguments: RollCopy.Detail.allCases)
  func theCopyIsWhatThePlainModelSays(detail: RollCopy.Detail) async throws {
    for part in 0..<12 {
      let seed = SeededGenerator.mixed(SeededGenerator.chosenSeed ^ UInt64(part << 8 | detail.rawValue.utf8.count))
      var history = RandomRoll(seed: seed)
      let world = try RollWorld(detail)
      for step in 0..<150 {
        let place: Comment = "seed \(seed) detail \(detail) step \(step) \(history.taken)"
        let before = history.model
        try await Self.apply(history.next(), &history, world, place)
        try await Self.compare(history.model, before, world, detail, place)
      }
      try Self.expectNothingBeyond(detail, in: world)
    }
  }

  private static func apply(
    _ data: any EventData, _ history: inout RandomRoll, _ world: RollWorld, _ place: Comment
  ) async throws {
    if let merge = data as? PupilsMerged, history.model.merge(merge) {
      await #expect(throws: PermanentFailure("merged-into-itself"), place) { try await world.apply(merge) }
      world.handler.reader.told.withLock { $0 = [] }
      return
    }
    switch data {
    case let data as SchoolRecorded: history.model.schools[data.urn] = data
    case let data as CalendarRecorded: history.model.calendars[data.school, default: [:]][data.schoolYear] = data
    case let data as PupilEnrolled: history.model.enrol(data)
    case let data as PupilLeft: history.model.leave(data)
    case let data as RegistrationWithdrawn: history.model.withdraw(data)
    default: break
    }
    let told = try await world.apply(data)
    let again = try await world.apply(data)
    #expect(again == [], place)
    world.handler.reader.told.withLock { $0 = told }
    if let watched = history.watch() {
      try await world.write("INSERT OR REPLACE INTO watched VALUES ('\(watched.0)', '\(watched.1)')")
    }
  }

  private static func compare(
    _ model: RollModel, _ before: RollModel, _ world: RollWorld, _ detail: RollCopy.Detail, _ place: Comment
  ) async throws {
    let told = world.handler.reader.told.withLock { $0 }
    try await world.store.read { db in
      for pupil in MadeUp.pupils {
        let current = try Roll.current(pupil, in: db)
        #expect(current == model.current(pupil), place)
        #expect(try Roll.pupil(pupil, in: db) == model.pupil(pupil, at: detail), place)
        #expect(try Roll.isKnown(pupil, in: db) == (model.children[pupil] != nil), place)
        let history = try Roll.history(of: pupil, in: db)
        #expect(Set(history) == model.registrations(of: pupil) && history.count == Set(history).count, place)
        #expect(try Roll.registrations(of: pupil, in: db) == history.filter { !$0.isWithdrawn }, place)
        for school in MadeUp.schools {
          #expect(
            try Roll.history(of: pupil, at: school, in: db) == history.filter { $0.school == school }, place)
        }
        // What the program was told is what became other than before.
        for entry in model.registrations(of: pupil).subtracting(before.registrations(of: pupil))
        where !told.contains(where: { if case .merged = $0 { true } else { false } }) {
          #expect(told.contains { if case .registration(_, let after) = $0 { after == entry } else { false } }, place)
        }
        if let after = model.pupil(pupil, at: detail), after != before.pupil(pupil, at: detail),
          before.became == model.became,
          before.numbered.values.filter({ $0.pupil == pupil }).count
            <= model.numbered.values.filter({ $0.pupil == pupil }).count
        {
          #expect(told.contains(.pupil(before: before.pupil(pupil, at: detail), after: after)), place)
        }
      }
      for urn in MadeUp.schools {
        #expect(try Roll.school(urn, in: db)?.name == model.schools[urn]?.name, place)
        let years = (model.calendars[urn] ?? [:]).sorted { $0.key < $1.key }.map(\.value.calendar)
        let joined = years.reduce(nil as SchoolCalendar?) { $0?.joined(with: $1) ?? $1 }
        #expect(try Roll.calendar(ofSchool: urn, in: db) == joined, place)
      }
      let watched = try Row.fetchAll(db, sql: "SELECT pupil, note FROM watched").map {
        "\($0[0] as String) \($0[1] as String)"
      }
      #expect(Set(watched) == Set(model.watched.map { "\($0.key) \($0.value)" }), place)
    }
  }

  /// What the detail does not ask for is nowhere in the file.
  private static func expectNothingBeyond(_ detail: RollCopy.Detail, in world: RollWorld) throws {
    let bytes = try world.bytes()
    #expect((bytes.range(of: Data(MadeUp.family.utf8)) != nil) == (detail == .names))
  }

  @Test func belowDatesNoDateOfBirthIsKept() async throws {
    for detail in RollCopy.Detail.allCases {
      let world = try RollWorld(detail)
      try await world.apply(MadeUp.enrolled(MadeUp.pupils[0], MadeUp.schools[0], number: 1))
      let kept = try await world.texts(
        """
        SELECT (date_of_birth IS NOT NULL) || (year_group IS NOT NULL) || (year_group_year IS NOT NULL)
          || (given_name IS NOT NULL) || (family_name IS NOT NULL) FROM roll_pupil
        """)
      #expect(kept == [[.opaque: "00000", .dates: "11100", .names: "10011"][detail]])
    }
  }
}

/// Draws events of a few schools and children, many of them about the same.
struct RandomRoll {
  var model = RollModel()
  private var random: SeededGenerator
  /// How many events of each type were drawn, for the message of a failure.
  private(set) var taken: [String: Int] = [:]
  private var notes = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func next() -> any EventData {
    let kinds = ["school", "calendar", "enrolled", "enrolled without a number", "left", "withdrawn", "merged"]
    let kind = kinds[random.pick(weights: [0.5, 0.5, 5, 2, 3, 2, 0.6])]
    taken[kind, default: 0] += 1
    let (pupil, school) = (random.pick(MadeUp.pupils), random.pick(MadeUp.schools))
    // A few numbers, some of which are at another school or another child's when they come again.
    let number = Int64(random.below(8)) + 1
    let isNumbered = random.below(3) > 0
    switch kind {
    case "school":
      return SchoolRecorded(
        urn: school, name: "School \(random.below(3))", phase: .primary, kind: random.pick(SchoolKind.allCases))
    case "calendar":
      let first = MadeUp.day(random.below(40))
      return CalendarRecorded(
        school: school, schoolYear: SchoolYear(startYear: 2025 + random.below(2)),
        calendar: SchoolCalendar(terms: [DayRange(first: first, last: first.adding(days: 20))]))
    case "left":
      return PupilLeft(
        pupil: pupil, school: school, leftOn: MadeUp.day(random.below(30)),
        ground: random.below(2) == 0 ? nil : random.pick(DeletionGround.allCases),
        destinationKnown: random.pick([true, false, nil]), registration: isNumbered ? number : nil)
    case "withdrawn": return RegistrationWithdrawn(pupil: pupil, school: school, registration: number)
    case "merged": return PupilsMerged(pupil: pupil, merged: random.pick(MadeUp.pupils))
    default:
      return MadeUp.enrolled(
        pupil, school, number: kind == "enrolled" ? number : nil, first: MadeUp.day(random.below(10)),
        last: random.below(3) == 0 ? MadeUp.day(10 + random.below(10)) : nil, isProtected: random.below(3) == 0,
        given: random.pick(["Ada", "Bea", "Cia"]), yearGroup: random.pick(["8", "R", nil]))
    }
  }

  /// Sometimes the program begins to watch a child.
  mutating func watch() -> (PupilID, String)? {
    guard random.below(4) == 0 else { return nil }
    notes += 1
    let pupil = model.current(random.pick(MadeUp.pupils))
    model.watched[pupil] = "note \(notes)"
    return (pupil, "note \(notes)")
  }
}
