import Rulebook
import Testing

@testable import Search

/// Whether a row under a known number is about the child that has it: the table of combinations.
@Suite struct IdentityVerdictTests {
  typealias Verdict = PupilMatching.Verdict

  /// One name beside another.
  static let names: [(a: String, b: String, likeness: NameLikeness)] = [
    ("Cara", "Cara", .same), ("Cara", "CARA", .same), ("Zoë", "Zoe", .same), ("Anne-Marie", "Anne Marie", .same),
    // Slips and spellings.
    ("Cara", "Kara", .variant), ("Sara", "Sarah", .variant), ("Jhon", "John", .variant), ("Olivia", "Olivea", .variant),
    ("Mohammed", "Muhammad", .variant), ("Catherine", "Kathryn", .variant), ("Stephen", "Steven", .variant),
    ("Mia", "Mya", .variant), ("Isobel", "Isabelle", .variant), ("Phillip", "Filip", .variant),
    // Short forms.
    ("Tom", "Thomas", .variant), ("Thomas", "Tommy", .variant), ("Sam", "Samuel", .variant), ("Will", "Bill", .variant),
    ("Liz", "Elizabeth", .variant), ("Katie", "Katherine", .variant), ("Ben", "Benjamin", .variant),
    ("Danny", "Daniel", .variant), ("Jack", "John", .variant),
    // Middle and preferred names.
    ("Tom James", "Tom", .variant), ("James", "Tom James", .variant), ("Tom J", "Tom James", .variant),
    ("Mary-Ann", "Mary", .variant), ("Thomas James", "Tom", .variant), ("Muhammad", "Muhammad Ali", .variant),
    // Other names, as twins have them.
    ("Cara", "Dan", .other), ("Ada", "Ben", .other), ("Ada", "Ida", .other), ("Tim", "Tom", .other),
    ("Lila", "Lily", .other), ("Ella", "Emma", .other), ("Jade", "Jane", .other),
    ("Muhammad Ali", "Muhammad Hassan", .other),
    ("Mary Ann", "Mary Jane", .other), ("Bella", "Ella", .other), ("Leo", "Lea", .other), ("Dan", "Don", .other),
    ("Anders", "Zed", .other), ("Kid1", "Kid2", .other), ("J", "James", .other),
  ]

  @Test(arguments: names) func comparesGivenNames(_ row: (a: String, b: String, likeness: NameLikeness)) throws {
    func likeness(_ a: String, _ b: String) throws -> NameLikeness {
      let (x, y) = try (Self.facts(given: a), Self.facts(given: b))
      return NameLikeness(x.givenWords, y.givenWords)
    }
    #expect(try likeness(row.a, row.b) == row.likeness)
    #expect(try likeness(row.b, row.a) == row.likeness, "it does not matter which was there first")
  }

  static let births: [(day: String, likeness: BirthLikeness)] = [
    ("2016-05-04", .same), ("2016-05-05", .slip), ("2016-05-14", .slip), ("2016-04-05", .slip), ("2015-05-04", .slip),
    ("2016-06-04", .slip), ("2016-05-08", .slip), ("2061-05-04", .slip),
    ("2016-06-05", .other), ("2014-03-02", .other), ("2017-05-05", .other), ("2015-11-20", .other),
  ]

  @Test(arguments: births) func comparesDatesOfBirth(_ row: (day: String, likeness: BirthLikeness)) throws {
    let (one, other) = try (Self.day("2016-05-04"), Self.day(row.day))
    #expect(BirthLikeness(one, other) == row.likeness && BirthLikeness(other, one) == row.likeness)
  }

  private static func day(_ text: String) throws -> Day { try #require(Day(iso: text)) }

  private static func facts(
    given: String = "Thomas", family: String = "Dunmore", born: String = "2016-05-04", sex: Sex? = .male
  ) throws -> PupilMatching.Facts {
    try PupilMatching.Facts(givenName: given, familyName: family, dateOfBirth: day(born), sex: sex)
  }

  /// Beside Thomas Dunmore, male, born on 4 May 2016: given name (s same, v variant, o other), family name (s, o), date of
  /// birth (s, v slip, o), sex (s same, o other, u not said).
  static let table: [(combination: String, verdict: Verdict)] = [
    // Nothing differs.
    ("ssss", .same), ("sssu", .same),
    // One thing is corrected.
    ("vsss", .correction), ("soss", .correction), ("ssvs", .correction), ("ssso", .correction), ("vssu", .correction),
    ("sosu", .correction), ("ssvu", .correction),
    // One thing that is no slip.
    ("osss", .doubtful), ("ossu", .doubtful), ("ssos", .doubtful), ("ssou", .doubtful),
    // Two things.
    ("voss", .doubtful), ("vosu", .doubtful), ("vsvs", .doubtful), ("vsso", .doubtful), ("vsos", .doubtful),
    ("sovs", .doubtful), ("soso", .doubtful), ("ssvo", .doubtful), ("ooss", .doubtful), ("oosu", .doubtful),
    ("osvs", .doubtful), ("osvu", .doubtful), ("vsvu", .doubtful), ("sovu", .doubtful), ("vsou", .doubtful),
    // Two that make another child of it.
    ("osso", .different), ("osos", .different), ("osou", .different), ("soos", .different), ("soou", .different),
    ("ssoo", .different),
    // Three and more.
    ("vovs", .different), ("voso", .different), ("vsvo", .different), ("sovo", .different), ("oovs", .different),
    ("ooso", .different), ("osvo", .different), ("oovu", .different), ("vovu", .different), ("voos", .different),
    ("voou", .different), ("vsoo", .different), ("sooo", .different), ("osoo", .different), ("ooos", .different),
    ("ooou", .different), ("vovo", .different), ("oovo", .different), ("vooo", .different), ("oooo", .different),
  ]

  @Test func theTableHasEveryCombinationOnce() {
    #expect(Self.table.count == 3 * 2 * 3 * 3)
    #expect(Set(Self.table.map(\.combination)).count == Self.table.count)
  }

  @Test(arguments: table) func judges(_ row: (combination: String, verdict: Verdict)) throws {
    let letters = row.combination.map(String.init)
    let sent = try Self.facts(
      given: try #require(["s": "Thomas", "v": "Tom", "o": "Edwin"][letters[0]]),
      family: try #require(["s": "Dunmore", "o": "Vellacott"][letters[1]]),
      born: try #require(["s": "2016-05-04", "v": "2016-04-05", "o": "2014-11-27"][letters[2]]),
      sex: letters[3] == "u" ? nil : letters[3] == "s" ? .male : .female)
    #expect(try PupilMatching.verdict(Self.facts(), sent) == row.verdict)
    #expect(try PupilMatching.verdict(sent, Self.facts()) == row.verdict, "it does not matter which was there first")
  }
}
