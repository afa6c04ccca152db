import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit
import Store

/// What schools said of children and does not count by itself: an officer looks at it and decides.
struct DecideChanges: Sendable {
  let registers: Registers

  /// The most of one answer.
  static let pageSize = 50
  /// The most decided at once.
  static let mostAtOnce = 500

  /// What waits.
  struct Change: Listed {
    /// A child's record, or what was said of it.
    struct Facts: Codable, Sendable, SchemaDescribed {
      private static let fields =
        PupilField.recorded.filter { $0 != .contacts } + [.enrolledOn, .leftOn, .contacts]

      private let said: PupilStatement

      init(_ statement: PupilStatement) {
        var said = statement.only(Self.fields)
        said.areContactsWhole = nil
        self.said = said
      }

      init(from decoder: any Decoder) throws { self.init(try PupilStatement(from: decoder)) }
      func encode(to encoder: any Encoder) throws { try said.encode(to: encoder) }

      static var jsonSchema: JSONSchema {
        .object(
          fields.map { field in
            let schema = field == .contacts ? .array(ContactStatement.schema) : field.declaration.schema
            return .init(field.rawValue, schema, required: false, "")
          })
      }
      static var sample: JSONValue {
        var members = Dictionary(uniqueKeysWithValues: fields.map { ($0.rawValue, $0.declaration.sample) })
        members[PupilField.contacts.rawValue] = .array([(try? .made(ContactStatement.self)) ?? .null])
        return .object(members)
      }
    }

    static let list = "changes"

    let number: Int64
    let kind: PupilChanges.Kind
    let pupil: PupilID
    /// The school that said it.
    let school: URN
    let saidAt: Timestamp
    /// Who said it: opaque.
    let saidBy, role: String
    /// What differs from the record.
    let fields: [PupilField]
    let stands: Facts
    let said: Facts
    /// The schools on whose roll the child is or was.
    let places: [RollPlace]
  }

  /// What waits, oldest first. Every record shown is on record as read. It is of several schools mostly: who is bound to
  /// some cannot judge it.
  func open(after number: Int64, by caller: Caller) async throws -> Page<Change> {
    return try await registers.write(by: caller) { unit in
      let changes = try PupilChanges.open(after: number, limit: Self.pageSize, in: unit.db)
      let page = try Page(changes, of: Self.pageSize, endsAt: \.number) { change in
        let pupil = try Pupils.find(number: change.pupil, in: unit.db).orDamaged()
        return try Self.shown(change, pupil, unit.today, unit.db)
      }
      for id in Set(page.lines.map(\.pupil)).sorted() { try unit.audit(.pupilChangeRead, of: id) }
      return page
    }
  }

  private static func shown(
    _ change: PupilChanges.Change, _ pupil: StoredPupil, _ today: Day, _ db: Database
  ) throws -> Change {
    let places = try Pupils.registrations(of: pupil.number, in: db).map(RollPlace.init)
    var said = PupilStatement()
    switch change.kind {
    case .identity, .arrival: said = try change.record().said
    case .statement: said = try change.stated()
    case .contact: said.contacts = [try change.contact()]
    }
    return Change(
      number: change.number, kind: change.kind, pupil: pupil.id, school: change.school, saidAt: change.at,
      saidBy: change.actor, role: change.role, fields: change.fields,
      stands: Change.Facts(pupil.statement(in: SchoolYear(containing: today))), said: Change.Facts(said), places: places
    )
  }

  /// What a school said that waits or waited, as it may know it: not why.
  struct Said: Listed {
    static let list = "entries"
    static let cursor = "before"

    let number: Int64
    /// The pupil number that was sent.
    let upn: UPN
    let saidAt: Timestamp
    let state: PupilChanges.State
    let decidedAt: Timestamp?
  }

  /// - Throws: `Problem` not found when the school is unknown.
  func said(by school: URN, before number: Int64?, by caller: Caller) async throws -> Page<Said> {
    try await registers.read(.schoolWaitingEntriesRead, of: school, by: caller) { unit in
      let changes = try PupilChanges.said(by: school, before: number, limit: ReadSchool.pageSize, in: unit.db)
      return Page(changes, of: ReadSchool.pageSize, endsAt: \.number) {
        Said(number: $0.number, upn: $0.upn, saidAt: $0.at, state: $0.state, decidedAt: $0.decidedAt)
      }
    }
  }

  /// What was decided.
  struct Decision: Codable, Sendable {
    let number: Int64
    let state: PupilChanges.State
    let pupil: PupilID
    /// How many waiting marks went in by themselves.
    let released: Int
  }

  struct Decisions: Codable, Sendable { let decisions: [Decision] }

  private struct Decided: Encodable {
    let change: Int64
    let state: PupilChanges.State
    let reason: String
  }

  /// Accepts or rejects what was said: all of it, or nothing where one cannot be.
  ///
  /// - Throws: `Problem` not found; a conflict when one was decided otherwise, or when the registers changed so that it
  ///   cannot be entered any more.
  func decide(
    _ numbers: [Int64], _ state: PupilChanges.State, reason: String, by edit: Edit
  ) async throws -> Remembered<Decisions> {
    try await registers.write(edit) { [registers] unit in
      let turn = Turn(registers: registers, unit: unit)
      return Decisions(decisions: try numbers.map { try turn.decide($0, state, reason: reason) })
    }
  }

  /// One decision within a transaction.
  private struct Turn {
    let registers: Registers
    let unit: UnitOfWork

    private var db: Database { unit.db }

    func decide(_ number: Int64, _ state: PupilChanges.State, reason: String) throws -> Decision {
      guard let change = try PupilChanges.find(number, in: db), change.state != .superseded,
        let pupil = try Pupils.find(number: change.pupil, in: db)
      else { throw Problem.notFound("Change") }
      guard change.state == .open else {
        guard change.state == state else {
          throw Problem.conflict("decided", "Someone has already decided this change the other way")
        }
        return Decision(number: number, state: state, pupil: pupil.id, released: 0)
      }
      try PupilChanges.settle(number, state, reason: reason, in: unit)
      try AdmissionLog.append(
        .decided, pupil: pupil.number, Decided(change: number, state: state, reason: reason), in: unit)
      var touched = TouchedRolls()
      touched.add(change.school, nil, [change.upn.text])
      if state == .accepted { try accept(change, of: pupil, &touched) }
      let released = try touched.settle(RollChange(registers: registers, unit: unit))
      return Decision(number: number, state: state, pupil: pupil.id, released: released)
    }

    private func accept(
      _ change: PupilChanges.Change, of pupil: StoredPupil, _ touched: inout TouchedRolls
    ) throws {
      var entry = PupilEntry(
        registers: registers, school: change.school, unit: unit,
        upload: change.upload)
      entry.decision = change.kind == .arrival ? .joins : .isChild
      switch change.kind {
      case .identity, .arrival:
        do {
          let record = try change.record()
          let entered = try entry.enter(record)
          guard entered.outcome != .waiting else {
            throw Problem.conflict("doubtful", "The record has changed: the row may be about another child")
          }
          guard entered.id == pupil.id else {
            throw Problem.conflict("number-taken", "The number now belongs to another child")
          }
          touched.add(entered)
        } catch let refusal as Fault {
          throw Problem.conflict(refusal.reason, "The entry cannot be made any more", detail: refusal.detail)
        }
      case .statement:
        let (now, numbers) = try entry.accept(try change.stated(), of: pupil)
        for place in try Pupils.registrations(of: pupil.number, in: db) { touched.add(place.school, now.id, numbers) }
      case .contact:
        guard
          let known = try Contacts.inForce(of: pupil.number, on: unit.today, in: db).first(where: {
            $0.number == change.part
          })
        else { throw Problem.conflict("contact-ended", "The contact has ended") }
        let outcome = try Contacts.change(
          known, of: pupil.number, with: try change.contact(), mayLower: true, on: unit.today, in: db)
        if outcome.isLowered { try registers.protectionLowered(of: pupil.number, .contact, in: unit) }
        if outcome.isChanged { try FamilyLinks(unit: unit).contactsChanged(of: pupil) }
      }
    }
  }
}
