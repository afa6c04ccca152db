import Rulebook
import Testing

/// A year group as schools and spreadsheets write it.
@Suite struct YearGroupTests {
  static let read: [(String, String?)] = [
    ("8", "8"), ("08", "8"), ("008", "8"), ("Y8", "8"), ("Yr 8", "8"), ("YR8", "8"), ("Year 08", "8"), ("year8", "8"),
    ("NC Year 8", "8"), ("Year Group 8", "8"), ("8.0", "8"), ("14.00", "14"), ("\u{a0}8 ", "8"), ("R", "R"),
    ("YR", "R"),
    ("Year R", "R"), ("Reception", "R"), ("rec", "R"), ("0", "R"), ("00", "R"), ("N1", "N1"), ("Nursery 1", "N1"),
    ("N", "N2"), ("Nursery", "N2"), ("N2", "N2"), ("E1", "N1"), ("E2", "N2"), ("", nil), ("15", nil), ("-1", nil),
    ("+8", nil), ("1/2", nil), ("8B", nil), ("0008", nil), ("8.5", nil), ("Year", nil), ("Y", nil), ("٨", nil),
  ]

  @Test(arguments: read) func reads(_ text: String, _ group: String?) {
    #expect(YearGroup(text)?.text == group)
    #expect(CurriculumYear(text)?.text == group)
  }

  /// The national data set has two values that are no year group.
  @Test func mixedClassesAndChildrenWhoDoNotFollowTheCurriculum() {
    for (text, value) in [("M", "M"), ("mixed", "M"), ("X", "X"), (" x ", "X")] {
      #expect(CurriculumYear(text)?.text == value)
      #expect(YearGroup(text) == nil)
    }
  }
}
