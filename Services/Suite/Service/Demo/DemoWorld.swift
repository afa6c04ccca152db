import Foundation
import Rulebook
import ServiceKit
import SuiteDomain

/// The made-up world of the demo: two authorities, the last Friday of the autumn term, and one child whose tenth
/// session of unauthorised absence falls on it.
struct DemoWorld: Sendable {
  /// One authority with its marks of the term.
  struct Authority: Sendable {
    let made: MadeUpAuthority
    /// The books of the schools, in their order.
    var books: [AttendanceBook]

    var code: String { made.authority.text }
  }

  let authorities: [Authority]
  /// The last school day of the autumn term, a Friday.
  let lastDay: Day
  /// The Monday of every school week up to ``lastDay``, in order.
  let weeks: [Day]
  /// Where the child is: the school in the first authority, and the place in its roll.
  let school: Int
  let child: Int
  /// The child's sessions of unauthorised absence, in order; the last is on ``lastDay``.
  let sessions: [(day: Day, code: AttendanceCode)]

  /// Children with a part in the story: a school of the first authority, and a place in its roll.
  struct Child: Sendable {
    let school: Int
    let place: Int
  }

  /// Has a social worker; is not in on the last morning, and nobody knows why.
  let withSocialWorker: Child
  /// On part-time timetables since the second half term began, and since September.
  let partTime: (weeks: Child, quarter: Child)
  /// Looked after since before the year began; the last one since a week ago.
  let inCare: [Child]

  /// How many sessions make the threshold, and within how many school weeks (PN-1, PN-2).
  static let threshold = 10

  /// - Throws: ``SuiteError/invalid(_:)`` when no child of the seed fits.
  init(seed: UInt64) throws {
    let year = MadeUpAuthority.schoolYear
    let sizes = [("880", 60, 1_800), ("383", 4, 420)]
    var authorities = try sizes.map { code, schools, pupils in
      let made = MadeUpAuthority(try AuthorityCode(code), schools: schools, pupils: pupils, seed: seed)
      return Authority(
        made: made, books: made.schools.map { AttendanceBook(of: $0, in: year, seed: seed) })
    }
    lastDay = MadeUpCalendars.autumn(year).second.last
    // The secondary school; it must be open on the last day, which may be a training day elsewhere.
    let last = lastDay
    let schools = authorities[0].made.schools.indices
    guard let school = schools.first(where: { authorities[0].books[$0].days.contains(last) }),
      let child = authorities[0].made.schools[school].pupils.firstIndex(where: {
        !$0.habit.isPersistent && CompulsorySchoolAge.isCompulsory(dateOfBirth: $0.dateOfBirth, on: year.first)
      })
    else { throw SuiteError.invalid("no school or child of the seed \(seed) fits the story; try another") }
    (self.school, self.child) = (school, child)
    let days = authorities[0].books[school].days.filter { $0 <= last }
    weeks = Set(authorities.flatMap { $0.books.flatMap(\.days) }.filter { $0 <= last }.map(\.monday)).sorted()
    sessions = Self.absences(days)
    Self.write(sessions, for: child, days, into: &authorities[0].books[school])

    let others = schools.filter { $0 != school && authorities[0].books[$0].days.contains(last) }
    let cast = others.lazy.map { number in
      authorities[0].made.schools[number].pupils.indices.filter { place in
        let born = authorities[0].made.schools[number].pupils[place].dateOfBirth
        return CompulsorySchoolAge.isCompulsory(dateOfBirth: born, on: year.first)
      }.map { Child(school: number, place: $0) }
    }.first { $0.count >= 3 + Self.childrenInCare }
    guard let cast else { throw SuiteError.invalid("no school of the seed \(seed) has children enough; try another") }
    withSocialWorker = cast[0]
    partTime = (cast[1], cast[2])
    inCare = Array(cast[3..<3 + Self.childrenInCare])
    Self.write(cast, last, autumn: MadeUpCalendars.autumn(year), into: &authorities[0].books[cast[0].school])
    self.authorities = authorities
  }

  private static let childrenInCare = 5

  /// What the register says of the cast.
  private static func write(
    _ cast: [Child], _ last: Day, autumn: (first: DayRange, second: DayRange), into book: inout AttendanceBook
  ) {
    guard let unknown = AttendanceCode("N"), let partTime = AttendanceCode("C2"), let ill = AttendanceCode("I"),
      let present = AttendanceCode("/")
    else { return }
    book.set(unknown, cast[0].place, last, .am)
    for day in book.days where day < last {
      for child in [cast[1], cast[2]] { book.set(present, child.place, day, .am) }
      if day >= autumn.second.first { book.set(partTime, cast[1].place, day, .pm) }
      if day >= autumn.first.first.adding(days: 14) { book.set(partTime, cast[2].place, day, .pm) }
    }
    // Six days in care, ill on two of them.
    guard let recent = cast.last else { return }
    let days = book.days.filter { $0 >= last.adding(days: -7) && $0 < last }
    for (number, day) in days.enumerated() {
      for session in Session.allCases {
        let code = number < 2 ? ill : AttendanceCode(session == .am ? "/" : "\\")
        if let code { book.set(code, recent.place, day, session) }
      }
    }
  }

  /// One morning in each of the last ten school weeks: the ninth is the week before the last day.
  private static func absences(_ days: [Day]) -> [(day: Day, code: AttendanceCode)] {
    let codes = ["O", "U", "O", "G", "O", "U", "O", "O", "U", "O"].compactMap { AttendanceCode($0) }
    let weeks = Set(days.map(\.monday)).sorted().suffix(threshold)
    return zip(weeks, codes).enumerated().compactMap { index, pair in
      let inWeek = days.filter { $0.monday == pair.0 }
      let day = index == threshold - 1 ? inWeek.last : inWeek[(index * 2) % inWeek.count]
      return day.map { (day: $0, code: pair.1) }
    }
  }

  /// The child is in school at all other times of the term.
  private static func write(
    _ absences: [(day: Day, code: AttendanceCode)], for child: Int, _ days: [Day], into book: inout AttendanceBook
  ) {
    for (session, text) in [(Session.am, "/"), (.pm, "\\")] {
      guard let present = AttendanceCode(text) else { continue }
      for day in days { book.set(present, child, day, session) }
    }
    for absence in absences { book.set(absence.code, child, absence.day, .am) }
  }

  var first: Authority { authorities[0] }
  var childsSchool: MadeUpSchool { first.made.schools[school] }
  var childsBook: AttendanceBook { first.books[school] }

  /// What the programs take for now: twenty to ten on the last day.
  var now: Date { CivilTime.moment(lastDay, minutes: 9 * 60 + 40) }

  /// How many schools of an authority are open on a day.
  func schools(of authority: Authority, openOn day: Day) -> [Int] {
    authority.books.indices.filter { authority.books[$0].days.contains(day) }
  }
}
