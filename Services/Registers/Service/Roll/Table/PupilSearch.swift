import GRDB
import RegistersDomain
import Rulebook
import Search

/// Finds children by what is known of them. Each way starts at the index that leaves the fewest.
enum PupilSearch {
  /// What is looked for; names are the beginnings of folded names.
  struct Question: Hashable, Sendable {
    let family, given: String?
    let dateOfBirth: Day?
    let upn: UPN?
    /// The schools on whose roll the child is or was; `nil` for any.
    let schools: Set<String>?
  }

  /// The children, by name, at most a number of them.
  static func find(_ question: Question, limit: Int, in db: Database) throws -> [StoredPupil] {
    if let upn = question.upn {
      return try Pupils.find(upn: upn, in: db).flatMap { pupil in
        try matches(pupil, question, in: db) ? [pupil] : []
      } ?? []
    }
    var (conditions, arguments): ([String], [any DatabaseValueConvertible]) = (["p.merged_into IS NULL"], [])
    for (column, prefix) in [("folded_family", question.family), ("folded_given", question.given)] {
      guard let prefix else { continue }
      conditions.append("p.\(column) >= ? AND p.\(column) < ?")
      arguments += [prefix, prefix + "\u{10FFFF}"]
    }
    if let born = question.dateOfBirth {
      conditions.append("p.date_of_birth = ?")
      arguments.append(born.ordinal)
    }
    let table: String
    if let schools = question.schools {
      // A school's roll is shorter than the children of one letter.
      table = "pupils p"
      let marks = schools.map { _ in "?" }.joined(separator: ", ")
      conditions.append("p.number IN (SELECT pupil FROM standing_registrations WHERE school IN (\(marks)))")
      arguments += schools.sorted()
    } else {
      table = "pupils p INDEXED BY \(question.dateOfBirth == nil ? "pupils_names" : "pupils_birth")"
    }
    let sql = """
      SELECT p.* FROM \(table) WHERE \(conditions.joined(separator: " AND "))
      ORDER BY p.folded_family, p.folded_given, p.number LIMIT ?
      """
    arguments.append(limit)
    return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(arguments)).map(Pupils.stored)
  }

  private static func matches(_ pupil: StoredPupil, _ question: Question, in db: Database) throws -> Bool {
    guard question.dateOfBirth.map({ $0 == pupil.dateOfBirth }) ?? true,
      question.family.map({ NameFolding.fold(pupil.familyName).hasPrefix($0) }) ?? true,
      question.given.map({ NameFolding.fold(pupil.givenName).hasPrefix($0) }) ?? true
    else { return false }
    guard let schools = question.schools else { return true }
    return try Pupils.registrations(of: pupil.number, in: db).contains { schools.contains($0.school.text) }
  }
}
