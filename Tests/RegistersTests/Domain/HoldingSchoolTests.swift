import Rulebook
import Search
import Testing

@testable import RegistersDomain

@Suite struct HoldingSchoolTests {
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
