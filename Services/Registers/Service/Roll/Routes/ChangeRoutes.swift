import Contracts
import GRDB
import HTTPTypes
import Messaging
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit
import Store

/// What schools said of children and does not count by itself: an officer looks at it and decides.
struct ChangeRoutes: Sendable {
  let registers: Registers

  private static let officers = Policy.roles(.attendanceOfficer, .cmeOfficer, reach: .wholeAuthority)
  private static let formBytes = 16 << 10
  private static let reasonBytes = 500
  private static let before = QueryParameter.before("The number before which a page begins.")
  /// The most of one answer.
  private static let pageSize = 50
  /// The most decided at once.
  private static let mostAtOnce = 500

  private struct Form: Codable, Sendable {
    let numbers: [Int64]
    let reason: String
  }

  /// What waits.
  private struct Change: Listed {
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
    let stands: ChangeFacts
    let said: ChangeFacts
    /// The schools on whose roll the child is or was.
    let places: [RollPlace]
  }

  /// What a school said that waits or waited, as it may know it: not why.
  private struct Said: StoredRow, Listed {
    static let list = "entries"
    static let cursor = "before"

    let number: Int64
    /// The pupil number that was sent.
    let upn: UPN
    let saidAt: Timestamp
    let state: PupilChanges.State
    let decidedAt: Timestamp?
  }

  private struct Decisions: Codable, Sendable { let decisions: [ChangeDecision] }

  func add(to router: ServiceRouter) {
    router.read(
      "/pupil-changes", Self.officers,
      "What schools said of children that does not count until an officer decides", query: [.after], open)
    router.write(
      .post, "/pupil-changes/accept", Self.officers, "Let what schools said count: all of the numbers, or none",
      upTo: Self.formBytes, problems: [404, 409]
    ) { try await decide($0, $1, .accepted) }
    router.write(
      .post, "/pupil-changes/reject", Self.officers, "Leave the records as they are: all of the numbers, or none",
      upTo: Self.formBytes, problems: [404, 409]
    ) { try await decide($0, $1, .rejected) }
    router.read(
      "/schools/{urn}/waiting-entries", .roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownSchool),
      "The school's entries that an officer confirms first, and what was decided", query: [Self.before.about]
    ) { call in
      let (school, before) = (try call.school, try call[Self.before])
      return try await registers.read(.schoolWaitingEntriesRead, of: school, by: call.caller) { unit in
        let said: [Said] = try PupilChanges.said(by: school, before: before, limit: Registers.pageSize, in: unit.db)
        return Page(said, of: Registers.pageSize, endsAt: \.number) { $0 }
      }
    }
  }

  /// What waits, oldest first. Every record shown is on record as read. It is of several schools mostly: who is bound to
  /// some cannot judge it.
  private func open(_ call: Call) async throws -> Page<Change> {
    let after = try call.after
    return try await registers.write(by: call.caller) { unit in
      let changes = try PupilChanges.open(after: after, limit: Self.pageSize, in: unit.db)
      let page = try Page(changes, of: Self.pageSize, endsAt: \.number) { change in
        let pupil = try Pupils.find(number: change.pupil, in: unit.db).orDamaged()
        return Change(
          number: change.number, kind: change.kind, pupil: pupil.id, school: change.school, saidAt: change.at,
          saidBy: change.actor, role: change.role, fields: change.fields,
          stands: ChangeFacts(pupil.statement(in: SchoolYear(containing: unit.today))),
          said: ChangeFacts(try change.said),
          places: try Pupils.registrations(of: pupil.number, in: unit.db).map(RollPlace.init))
      }
      try unit.audit(.pupilChangeRead, ofEach: page.lines.map(\.pupil))
      return page
    }
  }

  private func decide(
    _ call: Call, _ form: Form, _ state: PupilChanges.State
  ) async throws -> Remembered<Decisions> {
    var faults = Faults()
    faults.require(1...Self.mostAtOnce ~= form.numbers.count, "/numbers", "must have 1 to \(Self.mostAtOnce) numbers")
    let reason = faults.text(form.reason, "/reason", bytes: 1...Self.reasonBytes)
    try faults.refuse()
    return try await registers.write(call.edit) { [registers] unit in
      let decide = DecideChange(registers: registers, unit: unit)
      return Decisions(decisions: try form.numbers.map { try decide($0, state, reason: reason) })
    }
  }
}

/// A child's record, or what was said of it.
private struct ChangeFacts: Codable, Sendable, SchemaDescribed {
  private static let fields = PupilField.recorded.filter { $0 != .contacts } + [.enrolledOn, .leftOn, .contacts]

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

/// What was decided.
struct ChangeDecision: Codable, Sendable {
  let number: Int64
  let state: PupilChanges.State
  let pupil: PupilID
  /// How many waiting marks went in by themselves.
  let released: Int
}

/// Accepts or rejects what was said, within a transaction.
private struct DecideChange {
  let registers: Registers
  let unit: UnitOfWork

  private var db: Database { unit.db }

  private struct Decided: Encodable {
    let change: Int64
    let state: PupilChanges.State
    let reason: String
  }

  /// - Throws: `Problem` not found; a conflict when it was decided otherwise, or when the registers changed so that it
  ///   cannot be entered any more.
  func callAsFunction(_ number: Int64, _ state: PupilChanges.State, reason: String) throws -> ChangeDecision {
    guard let change = try PupilChanges.find(number, in: db), change.state != .superseded,
      let pupil = try Pupils.find(number: change.pupil, in: db)
    else { throw Problem.notFound("Change") }
    guard change.state == .open else {
      guard change.state == state else {
        throw Problem.conflict("decided", "Someone has already decided this change the other way")
      }
      return ChangeDecision(number: number, state: state, pupil: pupil.id, released: 0)
    }
    try PupilChanges.settle(number, state, reason: reason, in: unit)
    try AdmissionLog.append(
      .decided, pupil: pupil.number, Decided(change: number, state: state, reason: reason), in: unit)
    var touched = TouchedRolls()
    touched.add(change.school, nil, [change.upn.text])
    if state == .accepted { try accept(change, of: pupil, &touched) }
    let released = try touched.settle(RollChange(registers: registers, unit: unit))
    return ChangeDecision(number: number, state: state, pupil: pupil.id, released: released)
  }

  private func accept(_ change: PupilChanges.Change, of pupil: StoredPupil, _ touched: inout TouchedRolls) throws {
    var entry = PupilEntry(registers: registers, school: change.school, unit: unit, upload: change.upload)
    entry.decision = change.kind == .arrival ? .joins : .isChild
    switch change.kind {
    case .identity, .arrival:
      do {
        let entered = try entry.enter(try change.read(PupilRecord.self))
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
      let (now, numbers) = try entry.accept(try change.read(PupilStatement.self), of: pupil)
      for place in try Pupils.registrations(of: pupil.number, in: db) { touched.add(place.school, now.id, numbers) }
    case .contact:
      guard let known = try Contacts.inForce(change.part, of: pupil.number, on: unit.today, in: db) else {
        throw Problem.conflict("contact-ended", "The contact has ended")
      }
      let outcome = try Contacts.change(
        known, of: pupil.number, with: try change.read(ContactStatement.self), mayLower: true, on: unit.today, in: db)
      if outcome.isLowered { try registers.protectionLowered(of: pupil.number, .contact, in: unit) }
      if outcome.isChanged { try FamilyLinks(unit: unit).contactsChanged(of: pupil) }
    }
  }
}
