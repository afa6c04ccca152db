import Contracts
import GRDB
import Rulebook

/// The table of children's flags.
enum Flags {
  /// Whose concern a child is on a day.
  static func concerns(of pupil: PupilID, on day: Day, in db: Database) throws -> [Concern] {
    let kinds = try String.fetchSet(
      db.cachedStatement(
        sql: """
          SELECT f.kind FROM flags f JOIN pupils p ON p.number = f.pupil
          WHERE p.id = ? AND f.first <= ? AND (f.last IS NULL OR f.last >= ?)
          """), arguments: [pupil.text, day.ordinal, day.ordinal])
    let table: [(Concern, Set<String>)] = [
      (.socialCare, ["social-worker", "child-protection-plan"]), (.youthJustice, ["youth-justice"]),
      (.virtualSchool, ["looked-after"]),
    ]
    return table.filter { !$0.1.isDisjoint(with: kinds) }.map(\.0)
  }
}
