import Contracts
import Rulebook
import Seeded
import TestKit
import Testing

@testable import RegistersDomain

/// Who a contact is: what is certain, what is proposed to an officer, and what decisions make of it.
@Suite struct PersonRuleTests {
  @Test(arguments: [
    ("mother", Relationship.mother), ("Mum", .mother), ("PAM", .mother), (" Birth-Mother ", .mother), ("DAD", .father),
    ("PAF", .father), ("Step father", .stepParent), ("STM", .stepParent), ("foster carer", .fosterCarer),
    ("Special Guardian", .guardian), ("Grandma", .grandparent), ("FAM", .relative), ("Auntie", .relative),
    ("Carer", .carer), ("Social worker", .professional), ("CHM", .professional), ("OTH", .other), ("", .other),
    ("motherly neighbour", .other), ("mother and father", .other), ("\u{202E}rehtom", .other), ("M", .other),
  ])
  func aWordIsReadAsARelationship(word: String, meaning: Relationship) {
    #expect(Relationship(reading: word) == meaning)
  }

  private static func contact(
    _ given: String, _ family: String, _ postcode: String = "", _ telephone: String = "", relation: String = "mother"
  ) -> ContactRecord {
    ContactRecord(
      givenName: given, familyName: family, relation: relation, parentalResponsibility: true, livesWith: true,
      emergency: false, safeToContact: true, addressProtected: false, telephone: telephone, email: "", address: "",
      postcode: postcode)
  }

  @Test(arguments: [
    (contact("Ada", "Tarn"), contact("ADA", "Tárn"), [PersonGround.sameNames]),
    (contact("Ada", "Tarn", "ZZ1 1ZZ"), contact("Ada", "Tarn", "zz11zz"), [.sameNames, .samePostcode]),
    (
      contact("Ada", "Tarn", "ZZ1 1ZZ", "01632 960001"), contact("Ada", "Tarn", "ZZ1 1ZZ", "+44 1632 960001"),
      [.sameNames, .samePostcode, .sameTelephone]
    ),
    (contact("Kate", "Tarn"), contact("Catherine", "Tarn"), [.likeNames]),
    (
      contact("Ada", "Tarn", "", "01632960001"), contact("Ada", "Voss", "", "01632960001"),
      [.likeNames, .sameTelephone]
    ),
    (contact("Ada", "Tarn", "ZZ1 1ZZ"), contact("Ada", "Voss", "ZZ1 1ZZ"), []),
    (contact("Ada", "Tarn", "", "960001"), contact("Ada", "Voss", "", "960001"), []),
    (contact("Ada", "Tarn", "ZZ1 1ZZ", "01632960001"), contact("Bela", "Tarn", "ZZ1 1ZZ", "01632960001"), []),
    (contact("", "Tarn"), contact("", "Tarn"), []),
    (contact("Ada", "Tarn", relation: "social worker"), contact("Ada", "Tarn", relation: "SWR"), []),
    (contact("Ada", "Tarn", relation: "doctor"), contact("Ada", "Tarn"), []),
  ])
  func whoMayBeOnePersonIsProposed(a: ContactRecord, b: ContactRecord, grounds: [PersonGround]) {
    #expect(PersonGround.grounds(a, b) == grounds)
    #expect(PersonGround.grounds(b, a) == grounds, "the order says nothing")
  }

  private static let persons = (1...6).compactMap { PersonID("c00000000\($0)") }

  private static func trace(
    _ person: Int?, _ given: String = "Ada", _ family: String = "Tarn", ended: Bool = true, school: String? = "900101"
  ) -> ContactTrace {
    ContactTrace(
      school: school.flatMap { try? URN($0) }, givenName: given, familyName: family, person: person.map { persons[$0] },
      hasEnded: ended)
  }

  @Test(
    arguments: [
      ([trace(0)], 0), ([trace(0), trace(0)], 0), ([trace(0, "ADA", "Tarn")], 0),
      ([trace(0), trace(1, "Bela")], 0), ([trace(0), trace(1, school: "900102")], 0),
      ([], nil), ([trace(0, ended: false)], nil), ([trace(0), trace(1)], nil), ([trace(0), trace(nil)], nil),
      ([trace(0), trace(0, ended: false)], nil), ([trace(0, school: "900102")], nil), ([trace(0, school: nil)], nil),
      ([trace(0, "Bela")], nil), ([trace(nil)], nil),
    ] as [([ContactTrace], Int?)])
  func whomASchoolStatesAgainIsCertain(others: [ContactTrace], person: Int?) {
    let now = Self.trace(nil, ended: false)
    #expect(now.personStatedBefore(among: others) == person.map { Self.persons[$0] })
  }

  @Test func whoHasHalfANameIsNeverCertain() {
    for (given, family) in [("", "Tarn"), ("Ada", "")] {
      let now = Self.trace(nil, given, family, ended: false)
      #expect(now.personStatedBefore(among: [Self.trace(0, given, family)]) == nil)
    }
    let nobodys = Self.trace(nil, ended: false, school: nil)
    #expect(nobodys.personStatedBefore(among: [Self.trace(0, school: nil)]) == nil)
  }

  /// Drawn decisions: who is joined to whom agrees with the closure of the relation, found by squaring it.
  @Test func decisionsJoinWhatTheyConnect() {
    let seed = SeededGenerator.chosenSeed
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let links = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        PersonLink(
          Self.persons.randomElement(using: &generator) ?? Self.persons[0],
          Self.persons.randomElement(using: &generator) ?? Self.persons[1])
      }
      var joined = Self.persons.map { one in
        Set([one] + links.filter { $0.person == one }.map(\.other) + links.filter { $0.other == one }.map(\.person))
      }
      for _ in Self.persons {
        joined = joined.map { part in
          part.reduce(into: part) { $0.formUnion(joined[Self.persons.firstIndex(of: $1) ?? 0]) }
        }
      }
      for (person, part) in zip(Self.persons, joined) {
        #expect(PersonLink.joined(to: person, by: links) == part.sorted(), "seed \(seed)")
      }
    }
  }
}
