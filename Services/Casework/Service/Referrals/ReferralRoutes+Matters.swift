import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Messaging
import RollCopy
import Rulebook
import ServiceKit

/// What triage looks at beside the referral.
extension ReferralRoutes {
  /// What is open about a child, and what was.
  struct Matters: Codable, Sendable {
    struct Case: Codable, Sendable {
      let id, state: String
      let openedOn: Day?
      let closing: String?
    }

    let pupil: PupilID
    /// The child's cases, oldest first.
    let cases: [Case]
    /// The cases of the children of the same family.
    let family: [Case]
    let contracts: [Case]
    /// The findings that stand, by their numbers in registers.
    let findings: [String]
    /// What enforcement, cme, licensing and registers published, the open ones first.
    let elsewhere: [Matter]
    /// Whose concern the child is beside the school's.
    let concerns: [Concern]
    /// Whether the referral came within twelve months of a closing.
    let reReferral: Bool
    /// The other referrals of the child.
    let referrals: [String]
  }

  func matters(_ call: Call) async throws -> Matters {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Referrals.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.mattersRead, of: stored.pupil, ["referral": stored.id])
      let cases = try Cases<AttendanceCase>.all(of: stored.pupil, in: unit.db)
      let hidden = Set(try unit.hiddenPupils)
      let family = try Families.siblings(of: stored.pupil, in: unit.db).filter { !hidden.contains($0) }.flatMap {
        try Cases<AttendanceCase>.all(of: $0, in: unit.db)
      }
      let own = cases.last { $0.number == stored.caseNumber }
      return Matters(
        pupil: stored.pupil, cases: cases.map(Self.line),
        family: family.filter { unit.caller.maySee($0.school) }.map(Self.line),
        contracts: try Cases<AttendanceContract>.all(of: stored.pupil, in: unit.db).map(Self.line),
        findings: try Findings.standing(for: stored.pupil, in: unit.db),
        elsewhere: try MatterBook.all(of: stored.pupil, for: unit.caller, in: unit.db),
        concerns: try Roll.concerns(of: stored.pupil, on: unit.today, in: unit.db),
        reReferral: try own.map { try CaseHistory.isReReferral($0, in: unit.db) } ?? false,
        referrals: try Referrals.others(of: stored, in: unit.db))
    }
  }

  private static func line<Kind>(_ stored: StoredCase<Kind>) -> Matters.Case {
    let closing = (stored.file.stated as? Facts<AttendanceCase.Fact>)?.text(.closing)
    return Matters.Case(
      id: stored.id, state: stored.file.state?.rawValue ?? "", openedOn: stored.file.openedOn, closing: closing)
  }
}
