import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import ServiceKit
import Store

/// The dialects in which marks can be sent: the ready ones, and those that the authority declares.
struct DeclareDialects: Sendable {
  let registers: Registers

  /// The most names that an authority may declare.
  private static let mostNames = 200

  /// One dialect by its name.
  struct Line: Codable, Sendable {
    let name: String
    /// Whether the authority declared it; else it is a ready one.
    let own: Bool
    let dialect: MarkDialect
    /// What to know before using it.
    let notes: [String]
  }

  struct List: WholeList, Sendable {
    let dialects: [Line]
    var list: (name: String, rows: [Line]) { ("dialects", dialects) }
  }

  /// What the caller is told.
  struct Answer: Codable, Sendable {
    let name: String
    /// False when it was declared just so before.
    let changed: Bool
    /// Codes that files of this dialect cannot say.
    let notes: [String]
  }

  /// Every dialect in use, by name.
  func list() async throws -> List {
    try await registers.read { db in
      let own = try Dialects.all(in: db)
      let all = MarkDialect.ready.merging(own) { $1 }
      return List(
        dialects: all.sorted { $0.key < $1.key }.map {
          Line(name: $0.key, own: own[$0.key] != nil, dialect: $0.value, notes: $0.value.notes)
        })
    }
  }

  /// One dialect.
  ///
  /// - Throws: `Problem` not found when there is none of the name.
  func one(_ name: String) async throws -> Line {
    try await registers.read { db in
      guard let line = try Self.line(name, in: db) else { throw Problem.notFound("Dialect") }
      return line
    }
  }

  static func line(_ name: String, in db: Database) throws -> Line? {
    let own = try Dialects.own(name, in: db)
    return (own ?? MarkDialect.ready[name]).map {
      Line(name: name, own: own != nil, dialect: $0, notes: $0.notes)
    }
  }

  /// Declares a dialect, or replaces what the name meant.
  ///
  /// - Throws: `Problem` when something is wrong with it, or there are too many.
  func declare(_ name: String, _ dialect: MarkDialect, by edit: Edit) async throws -> Remembered<Answer> {
    let faults = dialect.faults
    guard faults.isEmpty else { throw Problem.invalid(faults) }
    let current = { @Sendable db in try Self.line(name, in: db) }
    return try await registers.write(edit, of: current) { unit in
      let known = try Dialects.own(name, in: unit.db)
      if known == dialect { return Answer(name: name, changed: false, notes: dialect.notes) }
      if known == nil, try Dialects.all(in: unit.db).count >= Self.mostNames {
        throw Problem.conflict("too-many-dialects", "There are \(Self.mostNames) dialects already")
      }
      try Dialects.add(name, dialect, in: unit)
      return Answer(name: name, changed: true, notes: dialect.notes)
    }
  }

  /// The dialect of a name.
  ///
  /// - Throws: `Problem` 400 when there is none.
  func dialect(_ name: String) async throws -> MarkDialect {
    let found = try await registers.read { try Dialects.find(name, in: $0) }
    guard let found else {
      throw Problem(
        "unknown-dialect", "No dialect has this name", .badRequest,
        faults: [.init("dialect", "must be the name of a dialect; GET /dialects lists them")])
    }
    return found
  }
}
