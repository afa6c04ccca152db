import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import HTTPTypes
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let familyChanged = AuditAction("family.changed")
  static let familyRead = AuditAction("family.read")
}

/// The family of a case's child: siblings are linked, so that one officer can see to all of them.
struct FamilyRoutes: Sendable {
  let transactions: Transactions

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)

  struct Sibling: Codable, Sendable {
    let pupil: PupilID
  }

  struct Family: Codable, Sendable {
    struct Child: Codable, Sendable {
      let pupil: PupilID
      /// The child's open case, where the caller may see it.
      let `case`: String?
      let state: String?
      /// The officer, by an opaque identifier.
      let officer: String?
    }

    let id: String
    let pupil: PupilID
    let children: [Child]
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/cases/{id}/family", Self.officers, "The other children of the family, with their open cases",
      path: [RecordRoutes.id], read)
    router.write(
      .post, "/cases/{id}/family", Self.officers, "Link a sibling", path: [RecordRoutes.id], problems: [404, 409], link)
    router.write(
      .delete, "/cases/{id}/family", Self.officers, "Take the child of a case out of its family",
      path: [RecordRoutes.id], ifMatch: true, problems: [404, 409], unlink)
  }

  private func read(_ call: Call) async throws -> Family {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<AttendanceCase>.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.familyRead, of: stored.pupil, ["case": stored.id])
      return try Self.family(of: stored, for: unit.caller, hiding: unit.hiddenPupils, in: unit.db)
    }
  }

  private static func family(
    of stored: StoredCase<AttendanceCase>, for caller: Caller, hiding hidden: [PupilID], in db: Database
  ) throws -> Family {
    let children = try Families.siblings(of: stored.pupil, in: db).filter { !hidden.contains($0) }.map { sibling in
      let open = try Cases<AttendanceCase>.open(about: sibling.text, in: db).flatMap {
        caller.maySee($0.school) ? $0 : nil
      }
      return Family.Child(
        pupil: sibling, case: open?.id, state: open?.file.state?.rawValue, officer: open?.file.owner?.person)
    }
    return Family(id: stored.id, pupil: try stored.pupil, children: children)
  }

  private func link(_ call: Call, _ sibling: Sibling) async throws -> Remembered<Family> {
    let id = try call.text("id")
    return try await transactions.write(call.edit) { unit in
      let stored = try Cases<AttendanceCase>.open(id, for: unit.caller, in: unit.db)
      let other = try Roll.current(sibling.pupil, in: unit.db)
      guard try Roll.isKnown(other, in: unit.db) else { throw Problem.notFound("Pupil") }
      guard try other != stored.pupil else { throw Problem.invalid([.init("/pupil", "must be another child")]) }
      guard try Families.siblings(of: stored.pupil, in: unit.db).count < Families.most else {
        throw Problem.conflict("family-too-large", "A family can have \(Families.most) children")
      }
      try Families.link(stored.pupil, with: other, in: unit)
      try unit.audit(.familyChanged, of: stored.pupil, ["case": stored.id])
      try unit.audit(.familyChanged, of: other)
      return try Self.family(of: stored, for: unit.caller, hiding: unit.hiddenPupils, in: unit.db)
    }
  }

  private func unlink(_ call: Call) async throws -> Remembered<Family> {
    let (id, caller) = (try call.text("id"), call.caller)
    let current = { @Sendable (db: Database) -> (any Encodable)? in
      try Self.family(of: Cases<AttendanceCase>.find(id, for: caller, in: db), for: caller, hiding: [], in: db)
    }
    return try await transactions.write(call.edit, of: current) { unit in
      let stored = try Cases<AttendanceCase>.open(id, for: unit.caller, in: unit.db)
      try Families.unlink(stored.pupil, in: unit.db)
      try unit.audit(.familyChanged, of: stored.pupil, ["case": stored.id])
      return try Self.family(of: stored, for: unit.caller, hiding: unit.hiddenPupils, in: unit.db)
    }
  }
}
