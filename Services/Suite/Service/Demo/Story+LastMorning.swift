import Contracts
import Foundation
import Rulebook
import ServiceKit
import SuiteDomain

/// The last morning of the term: who has sent, who has not, and what is wrong with a file.
extension Story {
  /// The child whom a school has in its file before it is on the roll.
  var newcomer: MadeUpPupil {
    // Of a school number that the demo's authority does not have, so that the pupil number is nobody else's.
    let (schools, known) = (100, world.first.made.schools.count)
    let other = MadeUpAuthority(
      world.first.made.authority, schools: schools, pupils: schools * 10, seed: world.first.made.seed)
    guard let child = other.schools.dropFirst(known).flatMap(\.pupils).first else {
      preconditionFailure("ten pupils a school leave some for the schools beyond those of the demo")
    }
    return child
  }

  private var today: DayRange { DayRange(first: world.lastDay, last: world.lastDay) }

  /// - Returns: when the file with the tenth session was sent.
  func lastMorning(_ cast: Cast) async throws -> ContinuousClock.Instant {
    tell.chapter("Friday \(world.lastDay), twenty to ten: morning registers")
    let authority = world.first
    let open = world.schools(of: authority, openOn: world.lastDay)
    let began = ContinuousClock.now
    var (marks, asJSON) = (0, 0)
    for number in open where number != world.school {
      let school = authority.made.schools[number]
      let system = try system(of: school, authority.code)
      let file = authority.books[number].csv(today, [.am])
      let isJSON = number % 3 == 0
      let answer =
        isJSON
        ? try await system.send(Self.json(file), contentType: "application/json", to: school.urn)
        : try await system.send(file, to: school.urn)
      try check(answer.problems.isEmpty, "\(school.name): \(answer.problems.first?.reason ?? "")")
      marks += answer.recorded
      asJSON += isJSON ? 1 : 0
      if number == open.first(where: { $0 != world.school }) {
        let again = try await system.send(file, to: school.urn)
        try check(again.unchanged == answer.recorded && again.recorded == 0, "a file sent twice counted twice")
        tell.say("\(school.name) sends once more by mistake: \(again.unchanged) unchanged, nothing counts twice")
      }
    }
    tell.say(
      "\(open.count - 1) schools have sent, \(asJSON) of them as JSON: \(marks) marks in "
        + Narrator.millis(ContinuousClock.now - began))
    let officer = try officer(authority.code)
    let missing = try await officer.missing(world.lastDay, .am)
    try check(
      missing.missing.map(\.school) == [world.childsSchool.urn.text],
      "missing should be \(world.childsSchool.urn), are \(missing.missing.map(\.school))")
    tell.say("who has not sent: \(missing.missing.map(\.name).joined(separator: ", ")) (1 of \(missing.due))")
    try await absentees(cast, began)
    return try await lateFile()
  }

  private struct Findings: Decodable {
    struct Line: Decodable {
      let pupil, school: String
      let concerns: [String]
    }
    let findings: [Line]
  }

  /// Who is not in and nobody knows why; a social worker's service is told of its child the same morning.
  private func absentees(_ cast: Cast, _ began: ContinuousClock.Instant) async throws {
    let officer = try suite.client(.registers, of: world.first.code, as: .attendanceOfficer)
    let page = try await officer.get(
      Findings.self, "/findings?kind=unexplained-absence&state=open&on=\(world.lastDay)")
    try check(
      page.findings.first?.pupil == cast.withSocialWorker && page.findings.first?.concerns == ["social-care"],
      "the child with a social worker should come first")
    tell.say("who is not in, unexplained: \(page.findings.count) children, those of concern first")
    tell.detail("\(cast.withSocialWorker) has a social worker")
    let child = cast.withSocialWorker
    let told = try await receiver.first(within: Self.patience, "a message at social care") {
      $0.receiver == Self.socialCareReceiver && $0.content?.data.pupil == child
    }
    tell.say("the social worker's service was told \(Narrator.millis(told.at - began)) after the first file:")
    tell.detail(String(decoding: told.body, as: UTF8.self))
    let others = receiver.messages.count { $0.receiver == Self.socialCareReceiver && $0.content?.data.pupil != child }
    try check(others == 0, "social care was told of \(others) children who have no social worker")
  }

  /// A file as a system sends it that speaks JSON.
  private static func json(_ csv: [UInt8]) -> [UInt8] {
    let marks = String(decoding: csv, as: UTF8.self).split(separator: "\n").dropFirst().map { row in
      let values = row.split(separator: ",").map { $0.replacing("\\", with: "\\\\") }
      return #"{"upn":"\#(values[0])","date":"\#(values[1])","session":"\#(values[2])","code":"\#(values[3])"}"#
    }
    return Array("{\"marks\":[\(marks.joined(separator: ","))]}".utf8)
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
