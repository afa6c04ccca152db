import Contracts
import Foundation
import Rulebook
import SuiteDomain

/// The last morning of the term: who has sent, who has not, and what is wrong with a file.
extension Story {
  /// The child whom a school has in its file before it is on the roll.
  var newcomer: MadeUpPupil {
    // Of a school number that the demo's authority does not have, so that the pupil number is nobody else's.
    let other = MadeUpAuthority(world.first.made.authority, schools: 40, pupils: 400, seed: world.first.made.seed)
    guard let child = other.schools.dropFirst(20).flatMap(\.pupils).first else {
      preconditionFailure("ten pupils a school leave some for twenty schools")
    }
    return child
  }

  private var today: DayRange { DayRange(first: world.lastDay, last: world.lastDay) }

  /// - Returns: when the file with the tenth session was sent.
  func lastMorning(_ pupil: String) async throws -> ContinuousClock.Instant {
    tell.chapter("Friday \(world.lastDay), morning registers")
    let authority = world.first
    let open = world.schools(of: authority, openOn: world.lastDay)
    for number in open where number != world.school {
      let school = authority.made.schools[number]
      let system = try system(of: school, authority.code)
      let file = authority.books[number].csv(today, [.am])
      let answer = try await system.send(file, to: school.urn)
      tell.say("\(school.name): \(answer.recorded) marks")
      if number == open.first(where: { $0 != world.school }) {
        let again = try await system.send(file, to: school.urn)
        try check(again.unchanged == answer.recorded && again.recorded == 0, "a file sent twice counted twice")
        tell.detail("sent once more by mistake: \(again.unchanged) unchanged, nothing counts twice")
      }
    }
    let officer = try officer(authority.code)
    let missing = try await officer.missing(world.lastDay, .am)
    try check(
      missing.missing.map(\.school) == [world.childsSchool.urn.text],
      "missing should be \(world.childsSchool.urn), are \(missing.missing.map(\.school))")
    tell.say("missing: \(missing.missing.map(\.name).joined(separator: ", ")) (1 of \(missing.due))")
    return try await lateFile()
  }

  /// The missing school's file comes, with three rows that cannot count.
  private func lateFile() async throws -> ContinuousClock.Instant {
    let school = world.childsSchool
    let good = world.childsBook.csv(today, [.am])
    let rows = good.count { $0 == UInt8(ascii: "\n") } - 1
    let known = school.pupils[world.child == 0 ? 1 : 0].upn
    let halfTerm = MadeUpCalendars.autumn(MadeUpAuthority.schoolYear).first.last.adding(days: 4)
    let bad = [
      "\(newcomer.upn),\(world.lastDay),AM,/", "\(known),\(world.lastDay.adding(days: -1)),AM,H",
      "\(known),\(halfTerm),AM,/",
    ]
    let file = good + Array((bad.joined(separator: "\n") + "\n").utf8)
    let sent = ContinuousClock.now
    let answer = try await system(of: school, world.first.code).send(file, to: school.urn)
    try check(
      answer.recorded == rows && answer.quarantined == 3,
      "of \(rows + 3) rows \(answer.recorded) were recorded and \(answer.quarantined) quarantined")
    try check(
      answer.problems.map(\.reason) == ["unknown-pupil", "code-no-longer-in-force", "between-terms"],
      "the reasons were \(answer.problems.map(\.reason))")
    tell.say("\(school.name) comes late: \(rows + 3) rows, \(rows) count at once, 3 are quarantined")
    for problem in answer.problems {
      tell.detail("row \(problem.row), \(problem.reason): \(problem.detail)")
      tell.detail("  \(problem.fix)")
    }
    let missing = try await officer(world.first.code).missing(world.lastDay, .am)
    try check(missing.missing.isEmpty, "registers are still missing")
    tell.say("now no register is missing")
    return sent
  }

  /// The unknown child is enrolled; the mark that waited counts by itself.
  func enrolTheUnknown() async throws {
    tell.chapter("The unknown child is enrolled")
    let school = world.childsSchool
    let answer = try await system(of: school, world.first.code).enrol([newcomer], at: school.urn)
    try check(answer.enrolled == 1 && answer.released == 1, "enrolled \(answer.enrolled), released \(answer.released)")
    tell.say("the mark that waited in quarantine has gone in by itself")
  }
}
