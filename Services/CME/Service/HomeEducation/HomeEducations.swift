import CMEDomain
import CaseFlow
import CaseKit
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store

/// What cme adds to a child's education at home: a search where it is found not to be suitable, and what it publishes.
struct HomeEducations: CaseProgram {
  typealias Kind = HomeEducation

  let searches: CaseDesk<MissingChildren>

  func facts(of stored: StoredCase<HomeEducation>, in unit: UnitOfWork) throws -> Facts<HomeEducation.Fact> { Facts() }

  func calendar(of stored: StoredCase<HomeEducation>, in unit: UnitOfWork) throws -> SchoolCalendar? {
    try stored.school.flatMap { try Roll.calendar(ofSchool: $0, in: unit.db) }
  }

  func happened(_ entry: Entry<HomeEducation>, in stored: StoredCase<HomeEducation>, _ unit: UnitOfWork) throws {
    guard case .acted(let act) = entry.what else { return }
    let pupil = try stored.pupil
    let concerns = try Roll.concerns(of: pupil, on: entry.on, in: unit.db)
    switch act {
    case .notify:
      try unit.publish(
        HomeEducationStarted(
          case: stored.id, pupil: pupil, school: stored.school, on: entry.on, concerns: concerns), subject: pupil.text)
    case .findUnsuitable:
      try unit.publish(
        HomeEducationUnsuitable(
          case: stored.id, pupil: pupil, school: stored.school, on: entry.on, concerns: concerns), subject: pupil.text)
      // A child whose education at home is not suitable is missing education (CME-1).
      guard try Cases<MissingChild>.open(about: pupil.text, in: unit.db) == nil else { return }
      _ = try searches.open(
        .init(
          .act(.open), stating: .init([.trigger: .text(Trigger.homeEducationUnsuitable.rawValue)]), reason: "",
          evidence: [stored.id]),
        about: pupil.text, pupil, at: stored.school, by: .program, in: unit)
    default: break
    }
  }
}

/// Questions about education at home.
enum HomeEducationFigures {
  /// The children who are educated at home now.
  static func children(in db: Database) throws -> [PupilID] {
    try PupilID.fetchAll(
      db.cachedStatement(sql: "SELECT pupil FROM case_file WHERE kind = ? AND is_open = 1 ORDER BY number"),
      arguments: [HomeEducation.name])
  }
}

extension CaseDesk where Program == HomeEducations {
  /// Begins a child's education at home unless it has begun.
  func begin(
    _ notice: HomeEducation.Notice, _ pupil: PupilID, at school: URN?, from day: Day, _ evidence: [String],
    _ unit: UnitOfWork
  ) throws {
    guard try Cases<HomeEducation>.open(about: pupil.text, in: unit.db) == nil else { return }
    _ = try open(
      .init(
        .act(.notify), stating: .init([.notice: .text(notice.rawValue), .from: .day(day)]), reason: "",
        evidence: evidence),
      about: pupil.text, pupil, at: school, by: .program, in: unit)
  }

  /// Ends it where there is one.
  func end(_ pupil: PupilID, _ ending: HomeEducation.Ending, _ unit: UnitOfWork) throws {
    guard var stored = try Cases<HomeEducation>.open(about: pupil.text, in: unit.db) else { return }
    try move(
      &stored, .attempt(.init(.act(.end), stating: .init([.ending: .text(ending.rawValue)]), reason: "")),
      by: .program, in: unit)
  }

  /// Of two records of one child the one that goes joins the other.
  func willMerge(_ merged: PupilID, into kept: PupilID, _ unit: UnitOfWork) throws {
    guard try Cases<HomeEducation>.open(about: kept.text, in: unit.db) != nil,
      var stored = try Cases<HomeEducation>.open(about: merged.text, in: unit.db)
    else { return }
    try move(&stored, .act(.join, reason: ""), by: .program, in: unit)
  }
}
