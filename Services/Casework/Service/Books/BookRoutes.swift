import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import GRDB
import HTTPTypes
import Messaging
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let bookRead = AuditAction("book.read")
  static let bookWritten = AuditAction("book.entry.added")
}

/// The books: each is written and listed by the same two routes. What one book asks beside is a check of its own.
struct BookRoutes: Sendable {
  let transactions: Transactions

  private static let bodyBytes = 64 << 10
  private static let pageSize = 100
  private static let schoolQuery = QueryParameter<URN>("school", "Only those of this school.").optional
  private static let pupilQuery = QueryParameter<PupilID>("pupil", "Only those of this child.").optional
  private static let openQuery = QueryParameter<Bool>(
    "open", .boolean, "Only those that nothing has come of yet, or that something has.", { Bool($0) }
  ).optional

  /// Who may do what with a book.
  struct Access {
    let write: Policy
    let read: Policy

    /// The authority's officers write; nobody else reads.
    static let officers = Access(.roles(.attendanceOfficer, .manager, reach: .ownRecords))
    /// Managers write; officers read.
    static let managed = Access(
      .roles(.manager, reach: .wholeAuthority), .roles(.attendanceOfficer, .manager, reach: .ownRecords))
    /// Officers write; the school reads what is its own.
    static let schools = Access(
      .roles(.attendanceOfficer, .manager, reach: .ownRecords),
      .roles(.school, .attendanceOfficer, .manager, reach: .ownRecords))
    /// Managers write; the school reads what is its own.
    static let managedForSchools = Access(
      .roles(.manager, reach: .wholeAuthority), .roles(.school, .attendanceOfficer, .manager, reach: .ownRecords))
    /// A child's place and marks: officers and the virtual school write; who looks for missing children reads, because a
    /// child who is placed elsewhere is not missing.
    static let placed = Access(
      .roles(.attendanceOfficer, .virtualSchool, .manager, reach: .ownRecords),
      .roles(.attendanceOfficer, .virtualSchool, .cmeOfficer, .manager, reach: .ownRecords))

    /// About officers: managers write, and nobody else reads.
    static let ofOfficers = Access(.roles(.manager, reach: .wholeAuthority))

    init(_ write: Policy, _ read: Policy? = nil) { (self.write, self.read) = (write, read ?? write) }
  }

  struct Added: Codable, Sendable {
    let number: Int64
  }

  struct Line<Entry: BookEntry>: Listed {
    static var list: String { Entry.book.rawValue }

    let number: Int64
    let at: Timestamp
    /// Who wrote it, by an opaque identifier.
    let by: String
    /// What came of it, by number; absent while it is open.
    let outcome: Int64?
    let entry: Entry
  }

  func add(to router: ServiceRouter) {
    on(router, SchoolAllocation.self, .managed, "the officer and the cluster of a school from a day on")
    on(router, TargetingMeeting.self, .schools, "a termly meeting with a school")
    on(router, SchoolAction.self, .schools, "an action that a school and the authority agreed")
    on(router, ActionOutcome.self, .schools, "what came of an action")
    on(router, Transition.self, .schools, "a child who goes to another school with help")
    on(router, TransitionOutcome.self, .schools, "how a child arrived at the new school")
    on(router, Blitz.self, .officers, "a day of visits to the homes of absent pupils")
    on(router, BlitzOutcome.self, .officers, "what came of a day of visits")
    on(router, HealthSurvey.self, .schools, "health appointments by half day and service")
    on(router, TradedAgreement.self, .schools, "services that a school buys")
    on(router, TradedDelivery.self, .schools, "what was done under an agreement") { try Traded.check($0, in: $1) }
    on(router, AgreementEnd.self, .schools, "the early end of an agreement")
    on(router, AdviceGiven.self, .officers, "advice or training that was given")
    on(router, SupportOrganisation.self, .officers, "an organisation that helps families")
    on(router, OrganisationCheck.self, .officers, "that an organisation was checked")
    on(router, CoordinatedList.self, .managed, "a list of children that services work through together")
    on(router, IntakeRule.self, .managed, "how referrals are taken in from a day on")
    on(router, UnmetDemand.self, .officers, "a need that could not be met when it came")
    on(router, DemandOutcome.self, .officers, "what came of a need that waited")
    on(router, Placement.self, .placed, "a child of ours who is taught elsewhere")
    on(router, PlacementMarks.self, .placed, "a placed child’s marks of a day")
    on(router, PlacementEnd.self, .placed, "the end of a placement")
    on(router, SharingAgreement.self, .managed, "an agreement with another agency")
    on(router, SharingEnd.self, .managed, "the early end of an agreement with another agency")
    write(router, Characteristic.self, .officers, "that a child belongs to a particular group")
    write(router, CharacteristicEnd.self, .officers, "that a child belongs to a particular group no longer")
    on(router, InspectionVisit.self, .schools, "a planned register inspection visit")
    on(router, InspectionFindings.self, .schools, "what was found at a register inspection visit")
    on(router, InspectionAction.self, .schools, "an action after a register inspection visit")
    on(router, InspectionActionDone.self, .schools, "that an action after a register inspection visit was done")
    on(router, StatutoryTime.self, .managedForSchools, "a school’s statutory time from a day on")
    on(router, OfficerBar.self, .ofOfficers, "a child of whom an officer must not know", OfficerAccess.bar)
    on(router, OfficerBarEnd.self, .ofOfficers, "that a bar no longer stands", OfficerAccess.endBar)
    on(
      router, OfficerInvolvement.self, .ofOfficers, "that an officer is still involved with a child",
      OfficerAccess.involve)
    on(router, OfficerDeparture.self, .ofOfficers, "an officer’s last day", OfficerAccess.leave)
    on(router, OfficerReturn.self, .ofOfficers, "that an officer works here again", OfficerAccess.comeBack)
  }

  private func on<Entry: BookEntry>(
    _ router: ServiceRouter, _: Entry.Type, _ access: Access, _ what: String,
    _ check: @Sendable @escaping (Entry, UnitOfWork) throws -> Void = { _, _ in }
  ) {
    write(router, Entry.self, access, what, check)
    router.read(
      "/\(Entry.book.rawValue)", access.read, "Read \(what)",
      query: [Self.schoolQuery.about, Self.pupilQuery.about, Self.openQuery.about, .after]
    ) { (call: Call) -> Page<Line<Entry>> in
      let (school, pupil) = (try call[Self.schoolQuery], try call[Self.pupilQuery])
      let (isOpen, after) = (try call[Self.openQuery], try call.after)
      return try await transactions.write(by: call.caller) { unit in
        if let pupil {
          try unit.audit(.bookRead, of: pupil, ["book": Entry.book.rawValue])
        } else {
          try unit.audit(.bookRead, of: .all, ["book": Entry.book.rawValue])
        }
        let rows = try BookStore.all(
          Entry.self,
          .init(school: school, pupil: pupil, isOpen: isOpen).seen(by: unit), after: after, limit: Self.pageSize,
          in: unit.db)
        return Page(rows, of: Self.pageSize, endsAt: \.number) {
          Line(number: $0.number, at: $0.at, by: $0.by, outcome: $0.closedBy, entry: $0.entry)
        }
      }
    }
  }

  private func write<Entry: BookEntry>(
    _ router: ServiceRouter, _: Entry.Type, _ access: Access, _ what: String,
    _ check: @Sendable @escaping (Entry, UnitOfWork) throws -> Void = { _, _ in }
  ) {
    router.write(
      .post, "/\(Entry.book.rawValue)", access.write, "Record \(what)", status: 201, upTo: Self.bodyBytes,
      problems: [404, 409]
    ) { (call: Call, entry: Entry) in
      try await transactions.write(call.edit) { unit in
        try entry.faults.refuse()
        try check(entry, unit)
        let number = try BookStore.add(entry, in: unit)
        let facts: AuditFacts = ["book": Entry.book.rawValue, "entry": number]
        if let pupil = entry.pupil {
          try unit.audit(.bookWritten, of: pupil, facts)
        } else {
          try unit.audit(.bookWritten, of: .record("entry-\(number)"), facts)
        }
        return Added(number: number)
      }
    }
  }
}
