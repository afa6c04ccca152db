import Contracts
import Foundation
import GRDB
import Messaging
import Rulebook
import Store
import Synchronization
import Testing

@testable import RollCopy

@Suite("A program's copy of the roll")
struct RollCopyTests {
  private let one = MadeUp.pupils[0]
  private let two = MadeUp.pupils[1]
  private let three = MadeUp.pupils[2]
  private let school = MadeUp.schools[0]
  private let other = MadeUp.schools[1]

  private func registrations(_ world: RollWorld, _ pupil: PupilID) async throws -> [Registration] {
    try await world.store.read { try Roll.registrations(of: pupil, in: $0) }
  }

  private func pupil(_ world: RollWorld, _ pupil: PupilID) async throws -> RolledPupil? {
    try await world.store.read { try Roll.pupil(pupil, in: $0) }
  }

  @Test func aChildEntersLeavesAndComesBack() async throws {
    let world = try RollWorld()
    #expect(
      try await world.apply(MadeUp.enrolled(one, school, number: 1)).count == 2,
      "the child becomes known and the registration is entered")
    let left = PupilLeft(
      pupil: one, school: school, leftOn: MadeUp.day(20), ground: .f, destinationKnown: false, registration: 1)
    let changes = try await world.apply(left)
    guard case .registration(let before, let after)? = changes.first, changes.count == 1 else {
      Issue.record("one registration ended: \(changes)")
      return
    }
    #expect(before?.last == nil && after.last == MadeUp.day(20) && after.ground == .f)
    #expect(after.destinationKnown == false)
    #expect(after.stands(on: MadeUp.day(20)) && !after.stands(on: MadeUp.day(21)) && !after.stands(on: MadeUp.day(-1)))
    #expect(try await world.apply(left).isEmpty, "the same again changes nothing")
    #expect(world.handler.reader.handled.withLock { $0.count } == 2, "the program's own types come every time")

    try await world.apply(MadeUp.enrolled(one, school, number: 2, first: MadeUp.day(40)))
    let numbers = try await world.store.read { db in
      try [10, 30, 45].map { try Roll.number(covering: MadeUp.day($0), of: one, at: school, in: db) }
    }
    #expect(numbers == [1, nil, 2])
    let together = try await world.store.read { db in
      try [10, 30, 45].map { try Roll.numbers(covering: MadeUp.day($0), of: [one, two], at: school, in: db) }
    }
    #expect(together == [[one: 1], [:], [one: 2]], "of many children at once, those who are on the roll")
    try await world.apply(MadeUp.enrolled(one, school, number: 1))
    #expect(
      try await registrations(world, one).map(\.ground) == [nil, nil], "a registration that goes on has no ground")
  }

  private func concerns(_ world: RollWorld, _ pupil: PupilID, _ days: [Int]) async throws -> [[Concern]] {
    try await world.store.read { db in try days.map { try Roll.concerns(of: pupil, on: MadeUp.day($0), in: db) } }
  }

  @Test func concernsAreKeptWhereTheProgramAsksForThem() async throws {
    let world = try RollWorld(concerns: true)
    let told = ConcernsRecorded(
      pupil: one,
      concerns: [
        .init(concern: .virtualSchool, first: MadeUp.day(8), last: nil),
        .init(concern: .socialCare, first: MadeUp.day(1), last: MadeUp.day(5)),
      ])
    #expect(try await world.apply(told) == [.concerns(of: one)])
    #expect(try await world.apply(told).isEmpty, "the same again changes nothing")
    let first = try await concerns(world, one, [0, 1, 5, 6, 8])
    #expect(first == [[], [.socialCare], [.socialCare], [], [.virtualSchool]])
    let ended = ConcernsRecorded(
      pupil: one, concerns: [.init(concern: .virtualSchool, first: MadeUp.day(8), last: MadeUp.day(9))])
    #expect(try await world.apply(ended) == [.concerns(of: one)])
    let then = try await concerns(world, one, [5, 9, 10])
    #expect(then == [[], [.virtualSchool], []], "the event has all that there are")

    try await world.apply(
      ConcernsRecorded(pupil: two, concerns: [.init(concern: .youthJustice, first: MadeUp.day(9), last: nil)]))
    try await world.apply(PupilsMerged(pupil: one, merged: two))
    #expect(try await concerns(world, one, [9]) == [[.youthJustice, .virtualSchool]])
    #expect(try await concerns(world, two, [9]) == [[]])
  }

  @Test(arguments: RollCopy.Detail.allCases)
  func concernsAreNeverWrittenWhereTheProgramDoesNotAsk(detail: RollCopy.Detail) async throws {
    let world = try RollWorld(detail)
    #expect(!world.handler.handledTypes.contains(ConcernsRecorded.type.name), "the intake passes them over")
    let told = ConcernsRecorded(
      pupil: one, concerns: [.init(concern: .youthJustice, first: MadeUp.day(1), last: nil)])
    await #expect(throws: PermanentFailure.self) { try await world.apply(told) }
    #expect(try await world.texts("SELECT concern FROM roll_concern").isEmpty)
  }

  /// Days from, to and what they become; -1 is a last day that is not known.
  @Test(arguments: [
    ([(1, 5), (3, 8)], [(1, 8)]), ([(3, 8), (1, 5)], [(1, 8)]), ([(1, 5), (6, 8)], [(1, 8)]),
    ([(1, 5), (7, 8)], [(1, 5), (7, 8)]), ([(1, -1), (7, 8)], [(1, -1)]), ([(1, 9), (3, 4)], [(1, 9)]),
    ([(1, 5), (3, -1)], [(1, -1)]),
  ])
  func theDaysOfOneConcernDoNotOverlap(days: [(Int, Int)], joined: [(Int, Int)]) {
    func spans(_ days: [(Int, Int)]) -> [ConcernsRecorded.Span] {
      days.map {
        .init(concern: .socialCare, first: MadeUp.day($0.0), last: $0.1 < 0 ? nil : MadeUp.day($0.1))
      }
    }
    #expect(ConcernsRecorded(pupil: one, concerns: spans(days)).concerns == spans(joined))
  }

  @Test func aWithdrawnRegistrationCountsNowhereAndMayComeBack() async throws {
    let world = try RollWorld()
    try await world.apply(MadeUp.enrolled(one, school, number: 1))
    let withdrawn = RegistrationWithdrawn(pupil: one, school: school, registration: 1)
    #expect(try await world.apply(withdrawn).count == 1)
    #expect(try await registrations(world, one).isEmpty)
    #expect(try await world.store.read { try Roll.history(of: one, in: $0) }.map(\.isWithdrawn) == [true])
    #expect(try await world.apply(withdrawn).isEmpty)
    try await world.apply(MadeUp.enrolled(one, school, number: 1))
    #expect(try await registrations(world, one).map(\.number) == [1])
    #expect(try await world.apply(RegistrationWithdrawn(pupil: two, school: school, registration: 9)).isEmpty)
  }

  @Test func aNumberTakesThePlaceOfNone() async throws {
    let world = try RollWorld()
    try await world.apply(MadeUp.enrolled(one, school, number: nil, isProtected: true))
    try await world.apply(PupilLeft(pupil: one, school: school, leftOn: MadeUp.day(9)))
    #expect(try await registrations(world, one).map(\.last) == [MadeUp.day(9)])
    try await world.apply(MadeUp.enrolled(one, school, number: 4, first: MadeUp.day(2)))
    #expect(try await registrations(world, one).map(\.number) == [4])
    #expect(try await registrations(world, one).map(\.first) == [MadeUp.day(2)])
    #expect(try await pupil(world, one)?.addressProtected == false)
    try await world.apply(MadeUp.enrolled(one, school, number: nil))
    #expect(try await registrations(world, one).map(\.number) == [4], "one without a number adds nothing to it")
  }

  @Test func protectionOfOneSchoolHoldsEverywhere() async throws {
    let world = try RollWorld()
    try await world.apply(MadeUp.enrolled(one, school, number: 1, isProtected: true))
    try await world.apply(MadeUp.enrolled(one, other, number: 2))
    #expect(try await pupil(world, one)?.addressProtected == true)
    try await world.apply(RegistrationWithdrawn(pupil: one, school: school, registration: 1))
    #expect(try await pupil(world, one)?.addressProtected == true, "while no other school says so")
    try await world.apply(MadeUp.enrolled(one, other, number: 2, isProtected: true))
    try await world.apply(RegistrationWithdrawn(pupil: one, school: school, registration: 1))
    try await world.apply(MadeUp.enrolled(one, other, number: 2))
    #expect(try await pupil(world, one)?.addressProtected == false)
  }

  @Test func aMergeMovesEverythingOnce() async throws {
    let world = try RollWorld()
    try await world.apply(MadeUp.enrolled(one, school, number: 1, given: "Ada"))
    try await world.apply(MadeUp.enrolled(two, other, number: 2, isProtected: true, given: "Bea"))
    try await world.write(
      """
      INSERT INTO watched VALUES ('\(one)', 'one'), ('\(two)', 'two');
      INSERT INTO visit (pupil) VALUES ('\(one)'), ('\(two)'), ('\(two)'); INSERT INTO said (pupil) VALUES ('\(two)');
      """)
    #expect(try await world.apply(PupilsMerged(pupil: one, merged: two)) == [.merged(two, into: one)])
    #expect(world.handler.reader.merging.withLock { $0 } == ["\(two) \(one) 2"], "before anything moves")
    let known = try await pupil(world, one)
    #expect(known?.givenName == "Ada" && known?.addressProtected == true)
    #expect(try await pupil(world, two) == nil)
    #expect(try await registrations(world, one).map(\.number) == [1, 2])
    #expect(try await world.texts("SELECT note FROM watched WHERE pupil = '\(one)'") == ["two"])
    #expect(try await world.texts("SELECT DISTINCT pupil FROM visit") == [one.text])
    #expect(try await world.texts("SELECT pupil FROM said") == [two.text])

    // What still speaks of the identifier that is gone is about the child that it is.
    try await world.apply(MadeUp.enrolled(two, MadeUp.schools[2], number: 3, given: "Cia"))
    #expect(try await registrations(world, one).count == 3)
    #expect(try await pupil(world, one)?.givenName == "Cia")
    try await world.apply(PupilLeft(pupil: two, school: MadeUp.schools[2], leftOn: MadeUp.day(8), registration: 3))
    #expect(try await registrations(world, one).map(\.last) == [nil, nil, MadeUp.day(8)])

    try await world.apply(PupilsMerged(pupil: three, merged: one))
    #expect(try await world.apply(PupilsMerged(pupil: three, merged: two)).isEmpty, "published again under another id")
    let current = try await world.store.read { db in try [one, two, three].map { try Roll.current($0, in: db) } }
    #expect(try await world.store.read { try Roll.current([two, three, one], in: $0) } == [three], "each child once")
    #expect(try await world.store.read { try Roll.current([], in: $0) }.isEmpty)
    #expect(current == [three, three, three])
    #expect(try await registrations(world, three).count == 3)
  }

  @Test func aChildMergedIntoItselfIsParked() async throws {
    let world = try RollWorld()
    let parked = PermanentFailure("merged-into-itself")
    await #expect(throws: parked) { try await world.apply(PupilsMerged(pupil: one, merged: one)) }
    try await world.apply(PupilsMerged(pupil: one, merged: two))
    await #expect(throws: parked) { try await world.apply(PupilsMerged(pupil: two, merged: one)) }
  }

  @Test func rowsThatCannotBothBeOneChildsParkTheMerge() async throws {
    let world = try RollWorld(moves: [PupilColumn("watched")])
    try await world.write("INSERT INTO watched VALUES ('\(one)', 'one'), ('\(two)', 'two')")
    await #expect(throws: DatabaseError.self) { try await world.apply(PupilsMerged(pupil: one, merged: two)) }
  }

  @Test func schoolsAndCalendarsAreToldWhenTheyChange() async throws {
    let world = try RollWorld()
    let recorded = SchoolRecorded(urn: school, name: "Larkspur", phase: .primary, kind: .academy)
    let after = RolledSchool(urn: school, name: "Larkspur", phase: .primary, kind: .academy)
    #expect(try await world.apply(recorded) == [.school(before: nil, after: after)])
    #expect(try await world.apply(recorded).isEmpty)
    #expect(try await world.store.read { try Roll.unknownSchools([school, other], in: $0) } == [other])
    for (year, first) in [(2025, MadeUp.day(-300)), (2026, MadeUp.day(0))] {
      let calendar = SchoolCalendar(terms: [DayRange(first: first, last: first.adding(days: 30))])
      let event = CalendarRecorded(school: school, schoolYear: SchoolYear(startYear: year), calendar: calendar)
      #expect(try await world.apply(event) == [.calendar(school: school)])
      #expect(try await world.apply(event).isEmpty)
    }
    let calendar = try await world.store.read { try Roll.calendar(ofSchool: school, in: $0) }
    #expect(calendar?.terms.count == 2)
    #expect(try await world.store.read { try Roll.calendar(ofSchool: other, in: $0) } == nil)
  }

  @Test func whatIsMadeOfACalendarIsMadeOnceForEachChange() async throws {
    let world = try RollWorld()
    let made = Mutex(0)
    let memo = CalendarMemo { calendar in
      made.withLock { $0 += 1 }
      return calendar
    }
    func isCurrent(_ times: Int) async throws {
      try await world.store.read { db in
        for urn in [school, other] {
          let known = try memo.find(ofSchool: urn, in: db)
          #expect(try known == Roll.calendar(of: Roll.calendarYears(ofSchool: urn, in: db)))
          #expect(try known == Roll.calendar(ofSchool: urn, in: db))
        }
      }
      #expect(made.withLock { $0 } == times)
    }
    try await isCurrent(0)
    for (year, days, urn, times) in [
      (2025, 30, school, 1), (2025, 31, school, 2), (2026, 30, school, 3), (2026, 30, other, 4),
    ] {
      let calendar = SchoolCalendar(terms: [DayRange(first: MadeUp.day(0), last: MadeUp.day(days))])
      try await world.apply(
        CalendarRecorded(school: urn, schoolYear: SchoolYear(startYear: year), calendar: calendar))
      try await isCurrent(times)
      try await isCurrent(times)
    }
  }

  @Test func whatTheProgramRefusesLeavesNothing() async throws {
    let world = try RollWorld()
    world.handler.reader.refuses.withLock { $0 = true }
    await #expect(throws: PermanentFailure("refused")) {
      try await world.apply(MadeUp.enrolled(one, school, number: 1))
    }
    #expect(try await pupil(world, one) == nil)
    await #expect(throws: PermanentFailure("unhandled-type")) {
      try await world.apply(MarksAmended(school: school, amendments: []))
    }
  }

  @Test func aForgottenTableIsNamed() async throws {
    let world = try RollWorld()
    let forgotten = try await world.store.read { db in
      try world.handler.copy.unmoved(keeping: [], in: db) + RollCopy(.opaque).unmoved(keeping: ["said"], in: db)
    }
    #expect(forgotten == ["said", "visit", "watched"])
  }

  @Test(
    arguments: [
      "INSERT INTO roll_registration (number, pupil, school, withdrawn, address_protected) VALUES (1, 'p', 's', 0, 0)",
      "INSERT INTO roll_registration (pupil, school, withdrawn, address_protected) VALUES ('p', 's', 2, 0)",
      "INSERT INTO roll_registration (pupil, school, withdrawn, address_protected) VALUES ('p', 's', 0, 2)",
      "INSERT INTO roll_registration (pupil, school, ground, withdrawn, address_protected) VALUES ('p', 's', 'f', 0, 0)",
      "INSERT INTO roll_registration (pupil, school, withdrawn, address_protected) VALUES ('p', 's', 0, 0), ('p', 's', 0, 0)",
    ])
  func theStoreRefusesWhatMayNotBe(sql: String) async throws {
    let world = try RollWorld()
    await #expect(throws: DatabaseError.self) { try await world.write(sql) }
  }
}
