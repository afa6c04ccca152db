import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit

/// Shows what a school's figures are made of: the same calculation for each enrolment alone. Every read is on record.
struct ReadEnrolmentFigures: Sendable {
  let registers: Registers

  /// The most enrolments of one answer.
  static let pageSize = 200

  /// An enrolment with a session in the figure.
  struct Enrolment: Listed {
    struct Head: Codable, Sendable {
      let school: URN
      let from, to: Day
      let cohort: FigureCohort
      let asOf: Timestamp
    }

    static let list = "enrolments"

    let pupil: PupilID
    let enrolledOn: Day
    let leftOn: Day?
    let figures: ReadPupil.Figures
    /// Whether it is counted as such; absent where the period is too short to mean it (ATT-9).
    let persistentlyAbsent, severelyAbsent: Bool?
    let shortRecord: Bool
  }

  /// A page of the enrolments behind a school's figures of a span, in the order of entry.
  ///
  /// - Parameter asOf: a past moment; `nil` for what is known now.
  /// - Throws: `Problem` not found when the school is unknown, invalid when the moment is not over.
  func callAsFunction(
    _ school: URN, _ span: DayRange, _ cohort: FigureCohort, asOf: Timestamp?, after: Int64, by caller: Caller
  ) async throws -> Page<Enrolment> {
    let past = try await registers.past(asOf)
    return try await registers.read(.schoolFiguresRead, of: school, by: caller) { unit in
      let rows = try FigureRows(unit.db, asOf: past)
      let query = FigureQuery(scope: .school(school), period: span, cohort: cohort, codes: registers.codes)
      let isMeant = try rows.table(query).persistenceMeans
      let tables = try rows.enrolments(query, after: after, limit: Self.pageSize)
      let head = Enrolment.Head(
        school: school, from: span.first, to: span.last, cohort: cohort, asOf: past?.moment ?? unit.at)
      return try Page(tables, of: Self.pageSize, head, endsAt: \.facts.registration) { facts, table in
        let total = table.total
        return Enrolment(
          pupil: try Pupils.id(ofRegistration: facts.registration, in: unit.db), enrolledOn: facts.enrolledOn,
          leftOn: facts.leftOn, figures: ReadPupil.Figures(total.statistics),
          persistentlyAbsent: isMeant ? total.persistent > 0 : nil,
          severelyAbsent: isMeant ? total.severe > 0 : nil, shortRecord: total.shortRecords > 0)
      }
    }
  }
}
