public import Contracts
public import Rulebook

/// A school as registers published it.
public struct RolledSchool: Hashable, Sendable {
  public let urn: URN
  /// `nil` only in a store that did not keep it before this kit, until the school is published again.
  public let name: String?
  /// `nil` as for ``name``.
  public let phase: SchoolPhase?
  /// `nil` as for ``name``.
  public let kind: SchoolKind?
}

/// A child as registers published it, at the detail that the program keeps.
public struct RolledPupil: Hashable, Sendable {
  /// The identifier that the child has now.
  public let id: PupilID
  /// `nil` at ``RollCopy/Detail/opaque``.
  public let dateOfBirth: Day?
  /// The year group as a school stated it for ``yearGroupYear``; `nil` where none was stated, and but at
  /// ``RollCopy/Detail/dates``.
  public let yearGroup: String?
  /// The school year label, for example `2026/27`.
  public let yearGroupYear: String?
  /// `nil` but at ``RollCopy/Detail/names``.
  public let givenName: String?
  /// `nil` but at ``RollCopy/Detail/names``.
  public let familyName: String?
  /// Never tell where this child lives or learns: one school that says so is enough.
  public let addressProtected: Bool

  /// The group in which the child is taught, from year to year; `nil` without a date of birth.
  public var taught: TaughtGroup? {
    dateOfBirth.map {
      TaughtGroup(stated: yearGroup, yearGroupYear.flatMap { SchoolYear(label: $0) }, dateOfBirth: $0)
    }
  }
}

/// A child's registration at one school: from its first day on the roll to its last.
public struct Registration: Hashable, Sendable {
  /// Its number in registers, which stays when its days or its child's record change; `nil` for one that was published
  /// before registrations had numbers.
  public let number: Int64?
  public let pupil: PupilID
  public let school: URN
  /// `nil` only in a store that did not keep it before this kit.
  public let first: Day?
  /// `nil` while it lasts.
  public let last: Day?
  /// Why the name was deleted, for a child of compulsory school age (School Attendance (Pupil Registration) (England)
  /// Regulations 2024, reg 9(1)).
  public let ground: DeletionGround?
  /// Whether the school knows where the child goes; `nil` when it did not say.
  public let destinationKnown: Bool?
  /// Whether it was a mistake: it counts nowhere, and may be entered again.
  public let isWithdrawn: Bool

  /// Whether the child is on the roll on a day.
  public func stands(on day: Day) -> Bool {
    !isWithdrawn && first.map { $0 <= day } ?? true && last.map { day <= $0 } ?? true
  }
}

/// What an event of registers changed in a program's copy of the roll.
public enum RollChange: Hashable, Sendable {
  /// A school was recorded for the first time (`before` is `nil`), or something about it changed.
  case school(before: RolledSchool?, after: RolledSchool)
  /// A school's calendar for a year was recorded or changed.
  case calendar(school: URN)
  /// A child became known (`before` is `nil`), or what is known of it changed, its registrations aside.
  case pupil(before: RolledPupil?, after: RolledPupil)
  /// A registration was entered (`before` is `nil`), changed its days or its child, ended, or was withdrawn.
  case registration(before: Registration?, after: Registration)
  /// Whose concern a child is was recorded or changed; only where the program keeps it.
  case concerns(of: PupilID)
  /// The parents and other contacts of a child were recorded or changed; only where the program keeps them.
  case parents(of: PupilID)
  /// Two identifiers are one person's: `into` stands for both now. Only where the program keeps parents.
  case personsMerged(PersonID, into: PersonID)
  /// What was taken for one person is two: the first identifier stands for itself again, and `from` for those that are
  /// left. Only where the program keeps parents.
  case personsParted(PersonID, from: PersonID)
  /// Two records are one child: all that was under `merged` is under `kept` now.
  case merged(PupilID, into: PupilID)
}

/// A column of a program's own table that holds a pupil's identifier and follows a merge.
public struct PupilColumn: Hashable, Sendable {
  /// What happens to a row that is there under both identifiers.
  public enum Collision: String, Sendable {
    /// The event is parked: the program must settle it before, in ``RollReader/willMerge(_:into:by:in:)``.
    case refuse = "ABORT"
    /// The row of the identifier that goes takes the place of the other.
    case replace = "REPLACE"
  }

  public let table: String
  public let column: String
  public let onCollision: Collision
  /// Which rows can be the child's, where the table has no index by the column; `?1` is the identifier that stays, under
  /// which the registrations of both are already. `nil` for any row.
  public let within: String?

  public init(
    _ table: String, _ column: String = "pupil", onCollision: Collision = .refuse, within: String? = nil
  ) {
    self.table = table
    self.column = column
    self.onCollision = onCollision
    self.within = within
  }
}
