import Contracts
import GRDB
import Messaging
import Rulebook
import Seeded
import Store
import TestKit
import Testing

@testable import RollCopy

@Suite("A program's copy of parents")
struct RollPersonsTests {
  private let one = MadeUp.pupils[0]
  private let two = MadeUp.pupils[1]
  private static let persons = (1...6).compactMap { PersonID("c00000000\($0)") }
  private var a: PersonID { Self.persons[0] }
  private var b: PersonID { Self.persons[1] }
  private var c: PersonID { Self.persons[2] }

  private func contact(
    _ person: PersonID, _ relationship: Relationship = .mother, responsible: Bool = true, livesWith: Bool = true,
    isSafe: Bool = true, isProtected: Bool = false, ended: Bool = false
  ) -> ContactsRecorded.Contact {
    ContactsRecorded.Contact(
      person: person, relationship: relationship, parentalResponsibility: responsible, livesWith: livesWith,
      safeToContact: isSafe, protected: isProtected, ended: ended)
  }

  private func parents(_ world: RollWorld, _ pupil: PupilID) async throws -> [RolledParent] {
    try await world.store.read { try Roll.parents(of: pupil, in: $0) }
  }

  private func current(_ world: RollWorld, _ persons: [PersonID]) async throws -> [PersonID] {
    try await world.store.read { db in try persons.map { try Roll.current($0, in: db) } }
  }

  @Test func parentsAreKeptWhereTheProgramAsksForThem() async throws {
    let world = try RollWorld(parents: true)
    let told = ContactsRecorded(
      pupil: one, contacts: [contact(b, .father, livesWith: false, isSafe: false), contact(a, isProtected: true)])
    #expect(try await world.apply(told) == [.parents(of: one)])
    #expect(try await world.apply(told).isEmpty, "the same again changes nothing")
    #expect(
      try await parents(world, one) == [
        RolledParent(
          id: a, relationship: .mother, hasParentalResponsibility: true, livesWith: true, isSafeToContact: true,
          isProtected: true, hasEnded: false),
        RolledParent(
          id: b, relationship: .father, hasParentalResponsibility: true, livesWith: false, isSafeToContact: false,
          isProtected: true, hasEnded: false),
      ], "the child lives with a protected person, so nobody's address is told")
    let ended = ContactsRecorded(pupil: one, contacts: [contact(a, ended: true)])
    #expect(try await world.apply(ended) == [.parents(of: one)])
    #expect(try await parents(world, one).map(\.hasEnded) == [true], "the event has all that there are")
  }

  @Test(arguments: RollCopy.Detail.allCases)
  func parentsAreNeverWrittenWhereTheProgramDoesNotAsk(detail: RollCopy.Detail) async throws {
    let world = try RollWorld(detail, concerns: true)
    for type in [ContactsRecorded.type, PersonsMerged.type, PersonsParted.type] {
      #expect(!world.handler.handledTypes.contains(type.name), "the intake passes them over")
    }
    await #expect(throws: PermanentFailure("unhandled-type")) {
      try await world.apply(ContactsRecorded(pupil: one, contacts: [contact(a)]))
    }
    await #expect(throws: PermanentFailure("unhandled-type")) {
      try await world.apply(PersonsMerged(person: a, merged: b))
    }
    let left = try await world.texts(
      "SELECT person FROM roll_parent UNION ALL SELECT person FROM roll_person_merged")
    #expect(left.isEmpty)
  }

  @Test func whoHasTwoIdentifiersIsOneParent() async throws {
    let world = try RollWorld(parents: true)
    // The merge may come before anything is known of either.
    #expect(try await world.apply(PersonsMerged(person: a, merged: b)) == [.personsMerged(b, into: a)])
    try await world.apply(
      ContactsRecorded(
        pupil: one,
        contacts: [
          contact(a, .other, responsible: false, livesWith: false), contact(b, .stepParent, isSafe: false),
          contact(c, .father),
        ]))
    #expect(
      try await parents(world, one) == [
        RolledParent(
          id: a, relationship: .stepParent, hasParentalResponsibility: true, livesWith: true, isSafeToContact: false,
          isProtected: false, hasEnded: false),
        RolledParent(
          id: c, relationship: .father, hasParentalResponsibility: true, livesWith: true, isSafeToContact: true,
          isProtected: false, hasEnded: false),
      ])
    // What one school has ended counts no more while another goes on.
    try await world.apply(
      ContactsRecorded(pupil: one, contacts: [contact(a, responsible: false), contact(b, isSafe: false, ended: true)]))
    let left = try await parents(world, one)
    #expect(left.map(\.hasEnded) == [false] && left.map(\.hasParentalResponsibility) == [false])
    #expect(left.map(\.isSafeToContact) == [true])
  }

  @Test func whatProtectsAPersonAtOneChildProtectsItAtAll() async throws {
    let world = try RollWorld(parents: true)
    try await world.apply(ContactsRecorded(pupil: one, contacts: [contact(a)]))
    try await world.apply(ContactsRecorded(pupil: two, contacts: [contact(b, isSafe: false, isProtected: true)]))
    #expect(try await parents(world, one).map(\.isProtected) == [false])
    try await world.apply(PersonsMerged(person: a, merged: b))
    #expect(try await parents(world, one).map { [$0.isProtected, $0.isSafeToContact] } == [[true, false]])
    try await world.apply(PersonsParted(person: a, parted: [b]))
    #expect(try await parents(world, one).map { [$0.isProtected, $0.isSafeToContact] } == [[false, true]])
  }

  @Test func aChildThatIsProtectedProtectsItsParents() async throws {
    let world = try RollWorld(parents: true)
    try await world.apply(MadeUp.enrolled(one, MadeUp.schools[0], number: 1))
    try await world.apply(ContactsRecorded(pupil: one, contacts: [contact(a)]))
    try await world.apply(ContactsRecorded(pupil: two, contacts: [contact(a), contact(b)]))
    #expect(try await parents(world, two).map(\.isProtected) == [false, false])
    try await world.apply(MadeUp.enrolled(one, MadeUp.schools[0], number: 1, isProtected: true))
    #expect(try await parents(world, two).map(\.isProtected) == [true, false], "another child's other parent is not")
    // Whoever is protected and does not live with the child says nothing of the others.
    let away = contact(c, livesWith: false, isProtected: true)
    try await world.apply(ContactsRecorded(pupil: two, contacts: [contact(b), away]))
    #expect(try await parents(world, two).map(\.isProtected) == [false, true])
  }

  @Test func aMergeOfPersonsIsUndone() async throws {
    let world = try RollWorld(parents: true)
    try await world.apply(PersonsMerged(person: b, merged: c))
    try await world.apply(PersonsMerged(person: a, merged: b))
    #expect(try await current(world, [a, b, c]) == [a, a, a])
    #expect(try await world.apply(PersonsMerged(person: a, merged: c)).isEmpty, "published again")
    let parted = PersonsParted(person: a, parted: [b, c])
    #expect(try await world.apply(parted) == [.personsParted(b, from: a)])
    #expect(try await current(world, [a, b, c]) == [a, b, b])
    #expect(try await world.apply(parted).isEmpty, "the same again changes nothing")
    #expect(try await world.apply(PersonsParted(person: b, parted: [c])) == [.personsParted(c, from: b)])
    #expect(try await current(world, [a, b, c]) == [a, b, c])
  }

  @Test func whatIsNoFactOfPersonsIsParked() async throws {
    let world = try RollWorld(parents: true)
    let merged = PermanentFailure("merged-into-itself")
    await #expect(throws: merged) { try await world.apply(PersonsMerged(person: a, merged: a)) }
    try await world.apply(PersonsMerged(person: a, merged: b))
    await #expect(throws: merged) { try await world.apply(PersonsMerged(person: b, merged: a)) }
    let parted = PermanentFailure("parted-from-itself")
    await #expect(throws: parted) { try await world.apply(PersonsParted(person: a, parted: [])) }
    await #expect(throws: parted) { try await world.apply(PersonsParted(person: a, parted: [b, a])) }
    await #expect(throws: DatabaseError.self) {
      try await world.apply(ContactsRecorded(pupil: one, contacts: [contact(a), contact(a)]))
    }
  }

  @Test func contactsFollowTheMergeOfTwoChildren() async throws {
    let world = try RollWorld(parents: true)
    try await world.apply(ContactsRecorded(pupil: one, contacts: [contact(a, .mother), contact(b)]))
    try await world.apply(ContactsRecorded(pupil: two, contacts: [contact(a, .father), contact(c)]))
    try await world.apply(PupilsMerged(pupil: one, merged: two))
    #expect(try await parents(world, one).map(\.id) == [a, b, c])
    #expect(try await parents(world, one).first?.relationship == .mother, "what the child that stays has stands")
    #expect(try await parents(world, two).isEmpty)
    // What still speaks of the identifier that is gone is about the child that it is.
    #expect(try await world.apply(ContactsRecorded(pupil: two, contacts: [contact(c)])) == [.parents(of: one)])
    #expect(try await parents(world, one).map(\.id) == [c])
  }

  /// Decisions are drawn and taken back at random; the copy must say of everybody what the graph of those that stand
  /// says: the smallest of those who are joined.
  @Test func theCopyAgreesWithTheDecisionsThatStand() async throws {
    let seed = SeededGenerator.chosenSeed
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<6 {
      let world = try RollWorld(parents: true)
      var joined: [[PersonID]] = Self.persons.map { [$0] }
      for _ in 0..<40 {
        let picked = Int.random(in: 0..<joined.count, using: &generator)
        if Bool.random(using: &generator), joined.count > 1 {
          let part = joined.remove(at: picked)
          let other = Int.random(in: 0..<joined.count, using: &generator)
          let heads = [part[0], joined[other][0]].sorted()
          try await world.apply(PersonsMerged(person: heads[0], merged: heads[1]))
          joined[other] = (joined[other] + part).sorted()
        } else if joined[picked].count > 1 {
          let whole = joined[picked]
          let cut = Set(
            whole.dropFirst().shuffled(using: &generator).prefix(Int.random(in: 1..<whole.count, using: &generator)))
          let parted = PersonsParted(person: whole[0], parted: cut.sorted())
          try await world.apply(parted)
          if Bool.random(using: &generator) { #expect(try await world.apply(parted).isEmpty) }
          joined[picked] = whole.filter { !cut.contains($0) }
          joined.append(cut.sorted())
        }
        for part in joined {
          #expect(try await current(world, part) == part.map { _ in part[0] }, "seed \(seed)")
        }
      }
    }
  }

  @Test(
    arguments: [
      "INSERT INTO roll_person_merged VALUES ('c', 'c')",
      "INSERT INTO roll_parent VALUES (1, 'p', 'c', 'mother', 2, 0, 0, 0, 0)",
      "INSERT INTO roll_parent VALUES (1, 'p', 'c', 'mother', 1, 0, 0, 2, 0)",
    ])
  func theStoreRefusesWhatMayNotBe(sql: String) async throws {
    let world = try RollWorld(parents: true)
    await #expect(throws: DatabaseError.self) { try await world.write(sql) }
  }
}
