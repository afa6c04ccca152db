import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit
import Store

extension AuditAction {
  static let groupsRead = AuditAction("child.groups.read")
  static let siblingsRead = AuditAction("siblings.read")
  static let placedRead = AuditAction("placed.morning.read")
  static let listRead = AuditAction("coordinated-list.read")
}

/// What is known of children beside their cases: particular groups, siblings who come of school age, children placed
/// elsewhere, and coordinated lists. Each reading is for a purpose, which stands in the audit log.
struct ChildRoutes: Sendable {
  let transactions: Transactions

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  private static let whole = Policy.roles(.attendanceOfficer, .manager, reach: .wholeAuthority)
  private static let virtualSchool = Policy.roles(.virtualSchool, .manager, reach: .wholeAuthority)
  private static let child = About.Parameter("id", .pupil, "The child's opaque identifier.")
  private static let number = About.Parameter("number", .integer(minimum: 1), "The list's number.")
  private static let on = QueryParameter<Day>("on", "The day; today when absent.").optional

  /// Why somebody reads what few may read.
  enum Purpose: String, Sendable, CaseIterable {
    case support, triage, review
    case earlyHelp = "early-help"
    case escalation
  }

  private static let purpose = QueryParameter<Purpose>("purpose", "Why it is read; it stands in the audit log.")

  func add(to router: ServiceRouter) {
    router.read(
      "/children/{id}/groups", Self.officers, "The particular groups that a child belongs to, and what follows",
      path: [Self.child], query: [Self.purpose.about], groups)
    router.read(
      "/siblings", Self.whole, "Siblings of two to five years of persistently absent children",
      query: [
        Self.purpose.about
      ], siblings)
    router.read(
      "/placed", Self.virtualSchool, "Every child of ours who is placed elsewhere, with the marks of a day",
      query: [Self.on.about], placed)
    router.read(
      "/coordinated-lists/{number}/children", Self.whole, "The children of a coordinated list, by its criterion",
      path: [Self.number], list)
  }

  // MARK: Particular groups

  struct Groups: Codable, Sendable {
    struct Group: Codable, Sendable {
      let group: ParticularGroup
      /// Since when; absent for what follows from registers or from the date of birth.
      let from: Day?
      let rules: [String]
    }

    let pupil: PupilID
    let groups: [Group]
  }

  private func groups(_ call: Call) async throws -> Groups {
    let (id, purpose) = (try call.pupil(), try call[Self.purpose])
    return try await transactions.write(by: call.caller) { unit in
      let pupil = try Roll.current(id, in: unit.db)
      guard try Roll.registrations(of: pupil, in: unit.db).contains(where: { unit.caller.maySee($0.school) }) else {
        throw Problem.notFound("Child")
      }
      try unit.audit(.groupsRead, of: pupil, ["purpose": purpose.rawValue])
      let rules = ParticularGroup.rules.value(on: unit.today)
      return Groups(
        pupil: pupil,
        groups: try ParticularGroups.all(of: pupil, on: unit.today, in: unit.db).map {
          .init(group: $0.group, from: $0.from, rules: rules[$0.group] ?? [])
        })
    }
  }

  // MARK: Siblings who come of school age

  struct Sibling: Codable, Sendable {
    let pupil: PupilID
    /// The persistently absent child.
    let of: PupilID
    let age: Int
    let schoolAgeFrom: Day
  }

  struct Siblings: WholeList, Sendable {
    let siblings: [Sibling]
    var list: (name: String, rows: [Sibling]) { ("siblings", siblings) }
  }

  private func siblings(_ call: Call) async throws -> Siblings {
    let purpose = try call[Self.purpose]
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.siblingsRead, of: .all, ["purpose": purpose.rawValue])
      let hidden = Set(try unit.hiddenPupils)
      let found = try SiblingsToCome.all(on: unit.today, in: unit.db).filter {
        !hidden.contains($0.pupil) && !hidden.contains($0.of)
      }
      for one in found { try unit.audit(.siblingsRead, of: one.pupil, ["purpose": purpose.rawValue]) }
      return Siblings(siblings: found)
    }
  }

  // MARK: Children placed elsewhere

  struct Placed: Codable, Sendable {
    let pupil: PupilID
    let placement: Int64
    let reason: Placement.Reason
    let provider, authority: String
    let morning, afternoon: AttendanceCode?
  }

  struct Morning: WholeList, Sendable {
    let on: Day
    let children: [Placed]
    var list: (name: String, rows: [Placed]) { ("placed", children) }
  }

  private func placed(_ call: Call) async throws -> Morning {
    let on = try call[Self.on]
    return try await transactions.write(by: call.caller) { unit in
      let day = on ?? unit.today
      try unit.audit(.placedRead, of: .all)
      let placements = try BookStore.all(Placement.self, .init().seen(by: unit), in: unit.db).filter { kept in
        let end = try kept.closedBy.flatMap { try BookStore.find($0, PlacementEnd.self, in: unit.db)?.entry.on }
        return kept.entry.from <= day && (end.map { day <= $0 } ?? true)
      }
      return Morning(
        on: day,
        children: try placements.compactMap { kept in
          guard let pupil = kept.pupil else { return nil }
          let marks = try PlacedMarks.all(of: kept.number, on: day, in: unit.db)
          try unit.audit(.placedRead, of: pupil)
          return Placed(
            pupil: pupil, placement: kept.number, reason: kept.entry.reason, provider: kept.entry.provider,
            authority: kept.entry.authority, morning: marks[.init(on: day, session: .am)],
            afternoon: marks[.init(on: day, session: .pm)])
        })
    }
  }

  // MARK: Coordinated lists

  struct Listing: Codable, Sendable {
    let place: Int
    let `case`: String
    let pupil: PupilID
    let openedOn: Day
    let referrals: Int
    /// Of the window at referral; absent where it has none.
    let present, possible: Int?
  }

  struct Top: WholeList, Sendable {
    let title: String
    let criterion: CoordinatedList.Criterion
    let children: [Listing]
    var list: (name: String, rows: [Listing]) { ("coordinated-list", children) }
  }

  private func list(_ call: Call) async throws -> Top {
    let number = try call.number("Entry")
    return try await transactions.write(by: call.caller) { unit in
      guard let kept = try BookStore.find(number, CoordinatedList.self, in: unit.db) else {
        throw Problem.notFound("Entry")
      }
      let hidden = Set(try unit.hiddenPupils)
      let children = try CoordinatedLists.children(of: kept.entry, in: unit.db).filter { !hidden.contains($0.pupil) }
      try unit.audit(.listRead, of: .record("list-\(number)"))
      for child in children { try unit.audit(.listRead, of: child.pupil, ["list": number]) }
      return Top(title: kept.entry.title, criterion: kept.entry.criterion, children: children)
    }
  }
}
