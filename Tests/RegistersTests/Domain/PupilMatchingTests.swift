import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

@Suite struct PupilMatchingTests {
  static let folded: [(String, String)] = [
    ("O'Quill", "oquill"), ("Zélie", "zelie"), ("de la Tarn", "delatarn"), ("Smythe-Wick", "smythewick"),
    ("ŻABKA", "zabka"), ("Ｚｅｄ", "zed"), ("--", "--"), ("Q2", "q2"),
  ]

  @Test(arguments: folded) func foldsNames(_ name: String, _ expected: String) {
    #expect(NameFolding.fold(name) == expected)
  }

  private static func facts(_ given: String, _ family: String, _ born: String, _ sex: Sex?) -> PupilMatching.Facts {
    PupilMatching.Facts(givenName: given, familyName: family, dateOfBirth: MadeUp.day(born), sex: sex)
  }

  /// Against Zed Quarrington, male, born on 4 May 2016.
  static let grounds: [(given: String, family: String, born: String, sex: Sex?, ground: PupilMatching.Ground?)] = [
    ("Zed", "Quarrington", "2016-05-04", .male, .sameNames),
    ("ZED", "quarring-ton", "2016-05-04", nil, .sameNames),
    ("Zéd", "Quarrington", "2016-05-04", .female, .sameNames),
    ("Zedd", "Quarrington", "2016-05-04", .male, .oneLetter),
    ("Ze", "Quarrington", "2016-05-04", nil, .oneLetter),
    ("Zde", "Quarrington", "2016-05-04", nil, .oneLetter),
    ("Zed", "Quarringtan", "2016-05-04", nil, .oneLetter),
    ("Zed", "Quarrignton", "2016-05-04", nil, .oneLetter),
    ("Zed", "Vellacott", "2016-05-04", .male, .otherFamilyName),
    ("Zed", "Vellacott", "2016-05-04", nil, .otherFamilyName),
    ("Zed", "Vellacott", "2016-05-04", .female, nil), ("Zedd", "Quarrington", "2016-05-04", .female, nil),
    ("Zedd", "Quarringtan", "2016-05-04", nil, nil), ("Anders", "Quarrington", "2016-05-04", nil, nil),
    ("Zed", "Quarrington", "2016-05-05", .male, nil), ("Deo", "Quarrington", "2016-05-04", nil, nil),
  ]

  @Test(arguments: grounds) func findsGrounds(
    _ row: (given: String, family: String, born: String, sex: Sex?, ground: PupilMatching.Ground?)
  ) {
    let known = Self.facts("Zed", "Quarrington", "2016-05-04", .male)
    let sent = Self.facts(row.given, row.family, row.born, row.sex)
    #expect(PupilMatching.ground(known, sent) == row.ground)
    #expect(PupilMatching.ground(sent, known) == row.ground, "it does not matter which was there first")
  }

  /// A permanent number, and the temporary one of the same school.
  private static let temporary: UPN = {
    let body = "88012300000A"
    return try! UPN(String(UnicodeScalar(UPN.checkLetter(of: Array(body.utf8))!)) + body)
  }()

  @Test func knowsTemporaryNumbers() {
    #expect(Self.temporary.isTemporary && !MadeUp.upn(1).isTemporary)
  }

  @Test func choosesTheNumber() {
    let (one, two, three, temporary) = (MadeUp.upn(1), MadeUp.upn(2), MadeUp.upn(3), Self.temporary)
    let table: [(current: UPN, sent: UPN, before: Bool, former: UPN?, now: UPN, kept: Set<UPN>)] = [
      (one, one, false, nil, one, []), (one, one, false, two, one, [two]), (one, one, false, one, one, []),
      (one, two, false, one, two, [one]), (one, two, false, three, two, [one, three]),
      (one, two, true, nil, one, [two]), (temporary, one, false, temporary, one, [temporary]),
      (one, temporary, false, one, one, [temporary]),
    ]
    for (place, row) in table.enumerated() {
      let numbers = PupilMatching.numbers(
        current: row.current, sent: row.sent, sentBefore: row.before, formerSent: row.former)
      #expect(numbers.current == row.now && numbers.former == row.kept, "row \(place)")
    }
  }

  /// One edit of a word is always seen, and nothing that needs two.
  @Test func oneEditIsWhatTheSlowWayFinds() {
    let seed: UInt64 = 20_261_121
    var generator = SeededGenerator(seed: seed)
    var found = 0
    for _ in 0..<5_000 {
      func word() -> String {
        String((0..<generator.within(0...5)).map { _ in generator.pick(["a", "b", "c"]) }.joined())
      }
      let (a, b) = (word(), word())
      let expected = a != b && Self.edits(of: a).contains(b)
      if expected { found += 1 }
      #expect(PupilMatching.isOneEdit(a, b) == expected, "seed \(seed): \(a) \(b)")
    }
    #expect(found > 200, "the words are close enough to prove something")
  }

  /// Every word that is one edit away.
  private static func edits(of word: String) -> Set<String> {
    let letters = Array(word)
    var words: Set<String> = []
    for place in 0...letters.count {
      for new in "abc" { words.insert(String(letters[..<place] + [new] + letters[place...])) }
      guard place < letters.count else { continue }
      words.insert(String(letters[..<place] + letters[(place + 1)...]))
      for new in "abc" { words.insert(String(letters[..<place] + [new] + letters[(place + 1)...])) }
      if place + 1 < letters.count {
        var swapped = letters
        swapped.swapAt(place, place + 1)
        words.insert(String(swapped))
      }
    }
    return words
  }

  /// A former number leads to the child's own entries, and never to another child's.
  @Test func rollsFindFormerNumbers() {
    let early = RollEntry(
      registration: 1, pupil: MadeUp.pupil(1), upn: MadeUp.upn(1), alsoKnownAs: [MadeUp.upn(8), MadeUp.upn(2)],
      dateOfBirth: MadeUp.dateOfBirth, enrolledOn: MadeUp.day("2024-09-02"), leftOn: MadeUp.day("2025-01-10"))
    let late = RollEntry(
      registration: 2, pupil: MadeUp.pupil(1), upn: MadeUp.upn(1), alsoKnownAs: [MadeUp.upn(8), MadeUp.upn(2)],
      dateOfBirth: MadeUp.dateOfBirth, enrolledOn: MadeUp.day("2026-09-02"), leftOn: nil)
    let roll = Roll([early, late, MadeUp.entry(2)])
    func found(_ number: Int, _ day: String) -> Int? {
      roll.position(of: UPNKey(MadeUp.upn(number)), on: MadeUp.day(day))
    }
    #expect(found(1, "2026-09-07") == 1 && found(8, "2026-09-07") == 1)
    #expect(found(1, "2024-10-01") == 0 && found(8, "2024-10-01") == 0)
    #expect(found(2, "2026-09-07") == 2, "the number is that child's own")
    #expect(found(9, "2026-09-07") == nil)
  }
}
