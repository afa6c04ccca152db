import Rulebook
import Testing

@testable import RegistersDomain

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

  @Test(arguments: names) func comparesGivenNames(_ row: (a: String, b: String, likeness: NameLikeness)) {
    func likeness(_ a: String, _ b: String) -> NameLikeness {
      let (x, y) = (Self.facts(given: a), Self.facts(given: b))
      return NameLikeness(x.givenWords, y.givenWords)
    }
    #expect(likeness(row.a, row.b) == row.likeness)
    #expect(likeness(row.b, row.a) == row.likeness, "it does not matter which was there first")
  }

  static let births: [(day: String, likeness: BirthLikeness)] = [
    ("2016-05-04", .same), ("2016-05-05", .slip), ("2016-05-14", .slip), ("2016-04-05", .slip), ("2015-05-04", .slip),
    ("2016-06-04", .slip), ("2016-05-08", .slip), ("2061-05-04", .slip),
    ("2016-06-05", .other), ("2014-03-02", .other), ("2017-05-05", .other), ("2015-11-20", .other),
  ]

  @Test(arguments: births) func comparesDatesOfBirth(_ row: (day: String, likeness: BirthLikeness)) {
    let (one, other) = (MadeUp.day("2016-05-04"), MadeUp.day(row.day))
    #expect(BirthLikeness(one, other) == row.likeness && BirthLikeness(other, one) == row.likeness)
  }

  private static func facts(
    given: String = "Thomas", family: String = "Dunmore", born: String = "2016-05-04", sex: Sex? = .male
  ) -> PupilMatching.Facts {
    PupilMatching.Facts(givenName: given, familyName: family, dateOfBirth: MadeUp.day(born), sex: sex)
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
    let sent = Self.facts(
      given: try #require(["s": "Thomas", "v": "Tom", "o": "Edwin"][letters[0]]),
      family: try #require(["s": "Dunmore", "o": "Vellacott"][letters[1]]),
      born: try #require(["s": "2016-05-04", "v": "2016-04-05", "o": "2014-11-27"][letters[2]]),
      sex: letters[3] == "u" ? nil : letters[3] == "s" ? .male : .female)
    #expect(PupilMatching.verdict(Self.facts(), sent) == row.verdict)
    #expect(PupilMatching.verdict(sent, Self.facts()) == row.verdict, "it does not matter which was there first")
  }

  /// A school's word stands for a child that it holds.
  @Test func oneSchoolHoldsAChild() throws {
    func time(
      _ number: Int64, _ school: String, last: String? = nil, _ status: RegistrationStatus = .single
    ) throws -> HoldingSchool.Time {
      .init(number: number, school: try URN(school), last: last.map(MadeUp.day), status: status)
    }
    func holder(_ times: [HoldingSchool.Time]) -> String? {
      HoldingSchool.find(times, on: MadeUp.day("2026-11-28"))?.text
    }
    let (a, b) = ("900101", "900102")
    #expect(holder([]) == nil)
    #expect(try holder([time(1, a)]) == a)
    #expect(try holder([time(2, b), time(1, a)]) == a, "entered first")
    #expect(try holder([time(1, a), time(2, b, .main)]) == a, "who comes later does not take it by saying main")
    #expect(try holder([time(1, a, .subsidiary), time(2, b, .main)]) == b)
    #expect(try holder([time(1, a, .main), time(2, b, .subsidiary)]) == a)
    #expect(try holder([time(1, a, .subsidiary), time(2, b, .subsidiary)]) == a)
    #expect(try holder([time(1, a, last: "2026-11-27"), time(2, b)]) == b, "a left")
    #expect(try holder([time(1, a, last: "2026-11-28"), time(2, b)]) == a, "the last day is one on the roll")
    #expect(try holder([time(1, a, last: "2026-11-27"), time(2, b, last: "2026-10-01")]) == a, "left last")
    #expect(try holder([time(1, a, last: "2026-10-01"), time(2, b, last: "2026-10-01")]) == b)
  }

  /// Of one file the rows that give one number to different children.
  @Test func clashesOfNumbersAreFound() throws {
    func record(_ number: Int, _ given: String, _ sex: String, _ day: String = "2025-09-01") throws -> PupilRecord {
      try PupilSubmission(
        upn: MadeUp.upn(number).text, formerUPN: nil, givenName: given, familyName: "Merrow", dateOfBirth: "2016-05-04",
        sex: sex, yearGroup: nil, enteredOn: nil, enrolledOn: day, status: nil, leftOn: nil, deletedOn: nil,
        ground: nil, destination: nil, addressProtected: nil, contacts: nil
      ).record()
    }
    let clashes = NumberClashes([
      (row: 2, record: try record(0, "Ada", "F")), (row: 3, record: try record(1, "Ada", "F")),
      (row: 5, record: try record(0, "Ben", "M", "2026-09-01")),
      (row: 7, record: try record(1, "Ada", "F", "2026-09-01")),
    ])
    #expect(clashes.rows(with: 2) == [2, 5] && clashes.rows(with: 5) == [2, 5])
    #expect(clashes.rows(with: 3).isEmpty && clashes.rows(with: 7).isEmpty, "two times on roll of one child")
  }
}
