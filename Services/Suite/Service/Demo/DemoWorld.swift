import Foundation
import Rulebook
import ServiceKit
import SuiteDomain

/// The made-up world of the demo: two authorities on a Friday near the end of the autumn term, and the children whose
/// stories are told.
struct DemoWorld: Sendable {
  /// One authority with its marks of the term.
  struct Authority: Sendable {
    let made: MadeUpAuthority
    /// The books of the schools, in their order.
    var books: [AttendanceBook]

    var code: String { made.authority.text }
  }

  /// A child with a part in a story: a school of the first authority, and a place in its roll.
  struct Child: Sendable, Hashable {
    let school: Int
    let place: Int
  }

  let authorities: [Authority]
  /// The Friday on which the stories begin.
  let friday: Day
  /// The Fridays on which they go on: each six weeks after the one before, then the last.
  let later: (reviews: [Day], last: Day)
  /// The Monday of every school week up to ``friday``, in order.
  let weeks: [Day]
  /// The children by their parts.
  let cast: [DemoPart: Child]
  /// The boy's sessions before his referral, and before his case is closed.
  let helped: (before: DemoShare, after: DemoShare)

  /// The afternoons of the play, four in each of three weeks, and one on which a child of it was away without a licence.
  static let performances: [Day] = ["2027-01-05", "2027-01-12", "2027-01-18"].compactMap { Day(iso: $0) }.flatMap {
    first in (0..<4).map { first.adding(days: $0) }
  }
  static let unlicensed = performances[0].adding(days: 6)

  /// How many sessions make the threshold, and within how many school weeks (PN-1, PN-2).
  static let threshold = 10

  /// - Throws: ``SuiteError/invalid(_:)`` when no child of the seed fits.
  init(seed: UInt64) throws {
    let year = MadeUpAuthority.schoolYear
    let sizes = [("880", 40, 1_400), ("383", 4, 240)]
    var authorities = try sizes.map { code, schools, pupils in
      let made = MadeUpAuthority(try AuthorityCode(code), schools: schools, pupils: pupils, seed: seed)
      return Authority(
        made: made, books: made.schools.map { AttendanceBook(of: $0, in: year, seed: seed) })
    }
    // A week before the last day of term, which is a training day at some schools.
    let friday = MadeUpCalendars.autumn(year).second.last.adding(days: -7)
    self.friday = friday
    later = ([friday.adding(days: 42), friday.adding(days: 84)], friday.adding(days: 98))
    weeks = Set(authorities.flatMap { $0.books.flatMap(\.days) }.filter { $0 <= friday }.map(\.monday)).sorted()
    guard let cast = DemoPart.cast(from: authorities[0].made, on: friday) else {
      throw SuiteError.invalid("no school of the seed \(seed) has children enough for the stories; try another")
    }
    self.cast = cast
    var marks = DemoMarks(friday: friday, last: later.last)
    for (part, child) in cast.sorted(by: { $0.key < $1.key }) {
      try marks.write(part, child.place, into: &authorities[0].books[child.school])
    }
    guard let before = marks.before, let after = marks.after else {
      throw SuiteError.invalid("no calendar of the seed \(seed) has sessions enough for the stories; try another")
    }
    helped = (before, after)
    self.authorities = authorities
  }

  var first: Authority { authorities[0] }
  var second: Authority { authorities[1] }

  /// The child of a part.
  func child(_ part: DemoPart) -> Child {
    guard let child = cast[part] else { preconditionFailure("every part is cast") }
    return child
  }

  /// The child as the school's roll has it.
  func pupil(_ part: DemoPart) -> MadeUpPupil { school(of: part).pupils[child(part).place] }

  func school(of part: DemoPart) -> MadeUpSchool { first.made.schools[child(part).school] }

  /// The child's sessions without leave up to ``friday``, in order.
  func unauthorised(_ part: DemoPart) -> [(day: Day, session: Session, code: AttendanceCode)] {
    let child = child(part)
    return first.books[child.school].marks(of: child.place, in: DayRange(first: weeks[0], last: friday)).filter {
      ThresholdOracle.counts($0.code)
    }
  }

  /// What the programs take for now on a day: twenty to ten.
  func now(on day: Day) -> Date { CivilTime.moment(day, minutes: 9 * 60 + 40) }
}

/// How many of some sessions a child attended.
struct DemoShare: Sendable, Hashable {
  let present, possible: Int

  /// The percentage in tenths, rounded half up.
  var tenths: Int { (present * 2_000 + possible) / (2 * possible) }

  /// As it is shown: `76.7`.
  var percentage: String { "\(tenths / 10).\(tenths % 10)" }

  /// The share with the most sessions, at most so many, whose percentage is shown so.
  static func showing(_ tenths: Int, outOfAtMost possible: Int) -> DemoShare? {
    stride(from: possible, to: 20, by: -1).lazy.compactMap { possible in
      (0...possible).lazy.map { DemoShare(present: $0, possible: possible) }.first { $0.tenths == tenths }
    }.first
  }
}
