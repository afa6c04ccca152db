import Rulebook
import Seeded
import Testing

@testable import Search

@Suite("Records that may be one child") struct PupilMatchingTests {
  static let folded: [(String, String)] = [
    ("O'Quill", "oquill"), ("Zélie", "zelie"), ("de la Tarn", "delatarn"), ("Smythe-Wick", "smythewick"),
    ("ŻABKA", "zabka"), ("Ｚｅｄ", "zed"), ("--", "--"), ("Q2", "q2"),
  ]

  @Test(arguments: folded) func foldsNames(_ name: String, _ expected: String) {
    #expect(NameFolding.fold(name) == expected)
  }

  private static func day(_ text: String) throws -> Day { try #require(Day(iso: text)) }

  private static func facts(_ given: String, _ family: String, _ born: String, _ sex: Sex?) throws
    -> PupilMatching.Facts
  {
    try PupilMatching.Facts(givenName: given, familyName: family, dateOfBirth: Self.day(born), sex: sex)
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
  ) throws {
    let known = try Self.facts("Zed", "Quarrington", "2016-05-04", .male)
    let sent = try Self.facts(row.given, row.family, row.born, row.sex)
    #expect(PupilMatching.ground(known, sent) == row.ground)
    #expect(PupilMatching.ground(sent, known) == row.ground, "it does not matter which was there first")
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
      #expect(NameFolding.isOneEdit(a, b) == expected, "seed \(seed): \(a) \(b)")
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
}
