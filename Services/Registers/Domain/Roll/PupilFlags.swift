public import Contracts

/// What the authority knows of a child's situation, with its days.
public enum PupilFlag: String, Hashable, Sendable, Codable, CaseIterable {
  case socialWorker = "social-worker"
  case childProtectionPlan = "child-protection-plan"
  case lookedAfter = "looked-after"
  case ehcPlan = "ehc-plan"
  case senSupport = "sen-support"
  case freeMeals = "free-meals"
  case youthJustice = "youth-justice"
  case mobileChild = "mobile-child"

  /// Whose concern a child with the flag is, beside the school's.
  public var concern: Concern? {
    switch self {
    case .socialWorker, .childProtectionPlan: .socialCare
    case .youthJustice: .youthJustice
    case .lookedAfter: .virtualSchool
    case .ehcPlan, .senSupport, .freeMeals, .mobileChild: nil
    }
  }

  /// Those that a school or an agency may not know of: it sees no figures split by them.
  public static let withheldFromSplits: Set<PupilFlag> = [.socialWorker, .childProtectionPlan, .youthJustice]

  /// Who asks for a flag.
  public enum Viewer: Hashable, Sendable, CaseIterable {
    /// A school on whose roll the child is on the day.
    case ownSchool
    case attendanceOfficer, legalOfficer, cmeOfficer, virtualSchool
    /// Everybody else, managers among them: no flag of a child that has a name.
    case other
  }

  /// Who may know of a flag, and who may set it.
  public struct Access: Hashable, Sendable {
    public let see: Set<Viewer>
    public let set: Set<Viewer>
  }

  private static let officers: Set<Viewer> = [.attendanceOfficer, .legalOfficer, .cmeOfficer]

  /// Who needs the flag for a duty of theirs; nobody else.
  public var access: Access {
    switch self {
    case .youthJustice, .childProtectionPlan:
      Access(see: Self.officers, set: [.attendanceOfficer, .cmeOfficer])
    case .socialWorker:
      Access(see: Self.officers.union([.ownSchool, .virtualSchool]), set: [.attendanceOfficer, .cmeOfficer])
    case .lookedAfter:
      Access(see: Self.officers.union([.ownSchool, .virtualSchool]), set: [.attendanceOfficer, .virtualSchool])
    case .ehcPlan, .senSupport, .freeMeals, .mobileChild:
      Access(see: Self.officers.union([.ownSchool]), set: [.ownSchool, .attendanceOfficer, .cmeOfficer])
    }
  }
}

extension Concern {
  /// Whether it may be told: only where each flag that it can come of may be known, for it says that there is one.
  public func isVisible(to viewer: PupilFlag.Viewer) -> Bool {
    PupilFlag.allCases.allSatisfy { $0.concern != self || $0.access.see.contains(viewer) }
  }
}

extension Set<PupilFlag> {
  /// Whose concern a child with these flags is, each once and in order.
  public var concerns: [Concern] { Concern.allCases.filter { concern in contains { $0.concern == concern } } }
}
