import GRDB
import Messaging
import ServiceKit

/// Enters a cluster or a locality, or changes its name.
struct RecordArea: Sendable {
  let registers: Registers

  /// The most areas of a kind: far more than any authority has.
  static let mostAreas = 1_000

  /// What the caller is told.
  struct Answer: Codable, Sendable {
    /// Whether anything was not known before.
    let changed: Bool
  }

  /// - Throws: `Problem` conflict when there are as many areas as there can be.
  func callAsFunction(_ area: Areas.Area, _ kind: AreaKind, by edit: Edit) async throws -> Remembered<Answer> {
    let current = { @Sendable db in try ReadSchoolList.area(area.code, kind, in: db) }
    return try await registers.write(edit, of: current) { unit in
      let known = try Areas.find(kind, area.code, in: unit.db)
      if known == area { return Answer(changed: false) }
      if try known == nil && Areas.count(kind, in: unit.db) >= Self.mostAreas {
        throw Problem.conflict("too-many-areas", "There are too many areas of this kind")
      }
      try Areas.save(area, kind, in: unit.db)
      return Answer(changed: true)
    }
  }
}
