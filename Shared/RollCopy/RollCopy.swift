public import Contracts
public import GRDB
import Messaging
import Rulebook

/// What a program other than registers knows of schools and children: one set of tables in the program's own store, kept
/// by registers' events.
///
/// Names, dates of birth and addresses stay in registers. A program copies no more than its duty needs and says so by
/// its ``Detail``; what it does not ask for is never written to its store.
///
/// ## A program that uses it
///
/// A program that watches children who leave a roll. Its table `watch` holds pupils, so it follows a merge:
///
///     enum WatchSchema {
///       static let roll = RollCopy(.opaque, moves: [PupilColumn("watch")])
///       static let migrations = RollCopy.migrations + [
///         Migration("watch 0001", sql: "CREATE TABLE watch (pupil TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT")
///       ]
///     }
///
/// What it does about a change it does in the transaction of the event, with the tables already changed:
///
///     struct Watching: RollReader {
///       let handledTypes: Set<String> = []   // no events of registers besides the roll
///
///       func rollChanged(_ changes: [RollChange], by event: Event, in unit: UnitOfWork) throws {
///         for case .registration(let before, let after) in changes where after.last != before?.last {
///           guard let last = after.last, after.destinationKnown != true else { continue }
///           try Watch.begin(after.pupil, on: last, in: unit.db)
///         }
///       }
///
///       func willMerge(_ merged: PupilID, into kept: PupilID, by event: Event, in unit: UnitOfWork) throws {
///         if try Watch.holds(kept, in: unit.db) { try Watch.end(merged, in: unit.db) }   // both rows would be one child's
///       }
///     }
///
/// It subscribes with `RollHandler(WatchSchema.roll, Watching())`, and asks with ``Roll``:
///
///     let pupil = try Roll.current(id, in: db)                       // a caller may hold an identifier that was merged
///     let here = try Roll.registrations(of: pupil, in: db).filter { $0.stands(on: today) }
///     let school = try here.first.map { try Roll.school($0.school, in: db) }
///
/// A test of the program asserts `WatchSchema.roll.unmoved(keeping: [], in: db).isEmpty`, so that no table with a
/// column `pupil` is forgotten.
///
/// ## What holds
///
/// - The tables depend on the events alone, and an event applied twice changes nothing the second time.
/// - An event may speak of an identifier that was merged: it counts for the child that it is now.
/// - A school that says that an address is protected protects the child everywhere; a withdrawn registration goes on
///   protecting while no other says so.
/// - A program that keeps a person's identifier keeps the one under which something was done, and asks
///   ``Roll/current(_:in:)-(PersonID,_)`` who that is now: so a merge that is undone leaves nothing to put back.
/// - A registration that is published without a number (as registers once did) is one for each child and school, until
///   one with a number takes its place.
public struct RollCopy: Sendable {
  /// How much of a child a program keeps.
  public enum Detail: String, Sendable, CaseIterable {
    /// Identifiers, registrations and whether the address is protected.
    case opaque
    /// And the date of birth and the year group, by which school age and closures are judged.
    case dates
    /// And what names a child in a message: names and date of birth, but no year group.
    case names
  }

  /// The event types that the copy is made of.
  var handledTypes: Set<String> {
    Set(
      [
        SchoolRecorded.type, CalendarRecorded.type, PupilEnrolled.type, PupilLeft.type, RegistrationWithdrawn.type,
        PupilsMerged.type,
      ].map(\.name) + (keepsConcerns ? [ConcernsRecorded.type.name] : [])
        + (keepsParents ? [ContactsRecorded.type, PersonsMerged.type, PersonsParted.type].map(\.name) : []))
  }

  public let detail: Detail
  /// Whether the program keeps whose concern a child is beside its school's.
  public let keepsConcerns: Bool
  /// Whether the program keeps who a child's parents and other contacts are, as opaque persons.
  public let keepsParents: Bool
  /// Whether the program keeps a child's sex.
  public let keepsSex: Bool
  private let concerns: Set<Concern>
  private let moves: [PupilColumn]

  /// - Parameters:
  ///   - concerns: whether the program keeps whose concern a child is. That a child has a social worker or a youth justice
  ///     worker is for few: without a duty that needs it, it is never written to the program's store.
  ///   - kept: which concerns are kept, where any are; the others are never written.
  ///   - parents: whether the program keeps children's parents and other contacts, as opaque persons. Only for a
  ///     program that acts towards a parent.
  ///   - sex: whether the program keeps a child's sex. Only for a program whose figures are told by it.
  ///   - moves: every column of the program's own tables that holds a pupil and follows a merge, in the order in which
  ///     they move.
  public init(
    _ detail: Detail, concerns: Bool = false, only kept: Set<Concern> = Set(Concern.allCases), parents: Bool = false,
    sex: Bool = false, moves: [PupilColumn] = []
  ) {
    self.detail = detail
    keepsConcerns = concerns
    self.concerns = kept
    keepsParents = parents
    keepsSex = sex
    self.moves = moves
  }

  /// The tables with a column named `pupil` that do not follow a merge and are not said to stay as they are.
  ///
  /// - Parameter staying: tables that keep the identifier under which something was done, for example a record of
  ///   disclosures.
  public func unmoved(keeping staying: Set<String>, in db: Database) throws -> [String] {
    let own: Set = ["roll_pupil", "roll_registration", "roll_concern", "roll_parent", "roll_merged"]
    return try String.fetchAll(
      db,
      sql: """
        SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND c.name = 'pupil' ORDER BY m.name
        """
    ).filter { name in !own.contains(name) && !staying.contains(name) && !moves.contains { $0.table == name } }
  }

  /// Applies an event of one of the ``handledTypes``.
  ///
  /// - Parameter willMerge: called before anything moves, with the identifier that goes and the one that stays.
  /// - Returns: what is other than before, in the order in which it happened; nothing when the event repeats what is
  ///   known.
  /// - Throws: `ContractError` for data of another shape; `PermanentFailure` for a child or a person that is merged into itself or parted from
  ///   itself.
  func apply(
    _ event: Event, willMerge: (PupilID, PupilID) throws -> Void, in db: Database
  ) throws -> [RollChange] {
    switch event.type {
    case SchoolRecorded.type.name: try apply(SchoolRecorded.decode(event), in: db)
    case CalendarRecorded.type.name: try apply(CalendarRecorded.decode(event), in: db)
    case PupilEnrolled.type.name: try apply(PupilEnrolled.decode(event), in: db)
    case PupilLeft.type.name: try apply(PupilLeft.decode(event), in: db)
    case RegistrationWithdrawn.type.name: try apply(RegistrationWithdrawn.decode(event), in: db)
    case PupilsMerged.type.name: try apply(PupilsMerged.decode(event), willMerge, in: db)
    case ConcernsRecorded.type.name: try apply(ConcernsRecorded.decode(event), in: db)
    case ContactsRecorded.type.name: try apply(ContactsRecorded.decode(event), in: db)
    case PersonsMerged.type.name: try apply(PersonsMerged.decode(event), in: db)
    case PersonsParted.type.name: try apply(PersonsParted.decode(event), in: db)
    default: throw PermanentFailure("unhandled-type")
    }
  }

  private func apply(_ data: SchoolRecorded, in db: Database) throws -> [RollChange] {
    let before = try Roll.school(data.urn, in: db)
    let after = RolledSchool(urn: data.urn, name: data.name, phase: data.phase, kind: data.kind)
    guard before != after else { return [] }
    try RollTables.save(after, in: db)
    return [.school(before: before, after: after)]
  }

  private func apply(_ data: CalendarRecorded, in db: Database) throws -> [RollChange] {
    try RollTables.save(data, in: db) ? [.calendar(school: data.school)] : []
  }

  private func apply(_ data: PupilEnrolled, in db: Database) throws -> [RollChange] {
    let pupil = try Roll.current(data.pupil, in: db)
    let before = try Roll.pupil(pupil, in: db)
    try RollTables.save(data, of: pupil, at: detail, withSex: keepsSex, in: db)
    let (was, now) = try RollTables.enter(data, of: pupil, in: db)
    try RollTables.protect(pupil, at: data.school, data.addressProtected, in: db)
    var changes: [RollChange] = []
    if let after = try Roll.pupil(pupil, in: db), after != before {
      changes.append(.pupil(before: before, after: after))
    }
    if let now, now != was { changes.append(.registration(before: was, after: now)) }
    return changes
  }

  private func apply(_ data: ConcernsRecorded, in db: Database) throws -> [RollChange] {
    let pupil = try Roll.current(data.pupil, in: db)
    let kept = data.concerns.filter { concerns.contains($0.concern) }
    return try RollTables.save(kept, of: pupil, in: db) ? [.concerns(of: pupil)] : []
  }

  private func apply(_ data: ContactsRecorded, in db: Database) throws -> [RollChange] {
    let pupil = try Roll.current(data.pupil, in: db)
    return try RollPersons.save(data.contacts, of: pupil, in: db) ? [.parents(of: pupil)] : []
  }

  private func apply(_ data: PersonsMerged, in db: Database) throws -> [RollChange] {
    let (kept, merged) = (try Roll.current(data.person, in: db), try Roll.current(data.merged, in: db))
    if kept == merged {
      guard data.person != data.merged, merged != data.merged else { throw PermanentFailure("merged-into-itself") }
      return []
    }
    try RollPersons.merge(merged, into: kept, in: db)
    return [.personsMerged(merged, into: kept)]
  }

  private func apply(_ data: PersonsParted, in db: Database) throws -> [RollChange] {
    guard let first = data.parted.min(), !data.parted.contains(data.person) else {
      throw PermanentFailure("parted-from-itself")
    }
    let isChanged = try RollPersons.part(Set(data.parted), under: first, in: db)
    return isChanged ? [.personsParted(first, from: try Roll.current(data.person, in: db))] : []
  }

  private func apply(_ data: PupilLeft, in db: Database) throws -> [RollChange] {
    try change(data.registration, data.pupil, data.school, in: db) { try RollTables.end($0, data, in: db) }
  }

  private func apply(_ data: RegistrationWithdrawn, in db: Database) throws -> [RollChange] {
    try change(data.registration, data.pupil, data.school, in: db) { try RollTables.withdraw($0, in: db) }
  }

  /// Changes a registration; one that is not known is published whole later.
  private func change(
    _ number: Int64?, _ pupil: PupilID, _ school: URN, in db: Database, _ body: (RollTables.Row) throws -> Void
  ) throws -> [RollChange] {
    let child = try Roll.current(pupil, in: db)
    guard let row = try RollTables.find(number, of: child, at: school, in: db) else { return [] }
    let known = try Roll.pupil(row.registration.pupil, in: db)
    try body(row)
    var changes: [RollChange] = []
    if let after = try RollTables.find(id: row.id, in: db), after != row.registration {
      changes.append(.registration(before: row.registration, after: after))
    }
    if let after = try Roll.pupil(row.registration.pupil, in: db), after != known {
      changes.append(.pupil(before: known, after: after))
    }
    return changes
  }

  private func apply(
    _ data: PupilsMerged, _ willMerge: (PupilID, PupilID) throws -> Void, in db: Database
  ) throws -> [RollChange] {
    let (kept, merged) = (try Roll.current(data.pupil, in: db), try Roll.current(data.merged, in: db))
    if kept == merged {
      // Published again under another identifier, it changes nothing; a child merged into itself is no fact.
      guard data.pupil != data.merged, merged != data.merged else { throw PermanentFailure("merged-into-itself") }
      return []
    }
    try willMerge(merged, kept)
    try RollTables.merge(merged, into: kept, in: db)
    for move in moves {
      try db.execute(
        sql: """
          UPDATE OR \(move.onCollision.rawValue) \(move.table) SET \(move.column) = ?1 WHERE \(move.column) = ?2
            \(move.within.map { "AND (\($0))" } ?? "")
          """,
        arguments: [kept.text, merged.text])
    }
    return [.merged(merged, into: kept)]
  }
}
