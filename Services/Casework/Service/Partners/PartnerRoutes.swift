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
  static let sharedRead = AuditAction("case.shared.read")
  static let partnerNoted = AuditAction("case.partner-note.added")
}

/// What practitioners of other agencies see of open cases, and the notes that they add: those of families who agreed to the
/// agency's help, while an agreement that names the practitioner is in force, and nothing else.
struct PartnerRoutes: Sendable {
  let transactions: Transactions

  private static let partners = Policy.roles(.agency, reach: .wholeAuthority)
  private static let readers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  private static let bodyBytes = 16 << 10

  /// Who reads a note; it is shown before one is written.
  static let noteReaders = ["the case’s officer", "managers of the service", "practitioners of the same agency"]

  struct Shared: Codable, Sendable {
    let id: String
    let pupil: PupilID
    let school: URN?
    let level: SharingLevel
    /// The attendance at referral and since the last review, as counts; from level 2.
    let atReferral, lately: Attended?
    /// Where the case is, and until when it is reviewed; from level 3.
    let state: String?
    let nextReview: Day?
    /// How many steps of the family's plan are still to be done; from level 3.
    let openSteps: Int?
    /// Who will read a note that is added.
    let readers: [String]
  }

  struct SharedList: WholeList, Sendable {
    let cases: [Shared]
    var list: (name: String, rows: [Shared]) { ("shared-cases", cases) }
  }

  struct Note: Codable, Sendable {
    let note: String
  }

  struct Line: Codable, Sendable {
    let number: Int64
    let on: Day
    let note: String
    let readers: [String]
    /// Who wrote it, by an opaque identifier.
    let by: String
  }

  struct Notes: WholeList, Sendable {
    let notes: [Line]
    var list: (name: String, rows: [Line]) { ("partner-notes", notes) }
  }

  func add(to router: ServiceRouter) {
    router.read(
      "/shared-cases", Self.partners, "The open cases that a practitioner of another agency works on with us", list)
    router.read(
      "/shared-cases/{id}/notes", Self.partners, "The notes of the practitioner’s agency on a case",
      path: [RecordRoutes.id], own)
    router.write(
      .post, "/shared-cases/{id}/notes", Self.partners, "Add a note on a case", path: [RecordRoutes.id], status: 201,
      upTo: Self.bodyBytes, problems: [404], note)
    router.read(
      "/cases/{id}/partner-notes", Self.readers, "The notes of other agencies on a case", path: [RecordRoutes.id], all)
  }

  private func list(_ call: Call) async throws -> SharedList {
    try await transactions.write(by: call.caller) { unit in
      try unit.audit(.sharedRead, of: .all)
      let agreements = try Self.agreements(of: unit).map(\.entry)
      guard !agreements.isEmpty else { return SharedList(cases: []) }
      let hidden = Set(try unit.hiddenPupils)
      // The consents of open cases, and not every case: few families work with another agency.
      let numbers = try Int64.fetchAll(
        unit.db,
        sql: """
          SELECT DISTINCT r.case_number FROM case_record r JOIN case_file f ON f.number = r.case_number
          WHERE r.kind = ? AND f.kind = ? AND f.is_open = 1 ORDER BY r.case_number LIMIT 5000
          """, arguments: [RecordKind.consent.rawValue, AttendanceCase.name])
      return SharedList(
        cases: try numbers.compactMap { number in
          guard let stored = try Cases<AttendanceCase>.find("c\(number)", in: unit.db),
            try !hidden.contains(stored.pupil)
          else { return nil }
          let consented = try Self.consented(number, in: unit.db)
          let levels = agreements.filter { consented.contains($0.agency) }.map { $0.level ?? .identity }
          guard let level = levels.max() else { return nil }
          try unit.audit(.sharedRead, of: stored.pupil, ["case": stored.id, "level": level.rawValue])
          return try Self.shared(stored, at: level, in: unit.db)
        })
    }
  }

  /// What a practitioner sees of a case at a level.
  private static func shared(
    _ stored: StoredCase<AttendanceCase>, at level: SharingLevel, in db: Database
  ) throws -> Shared {
    let number = stored.number
    let (figures, actions) = (level >= .attendance, level >= .actions)
    let review = try RecordBook.all(ReviewRecord.self, of: number, in: db).last?.record.sinceLast
    return Shared(
      id: stored.id, pupil: try stored.pupil, school: stored.school, level: level,
      atReferral: figures ? try CaseFigures.latest(.referral, of: number, in: db)?.attended : nil,
      lately: figures ? review : nil, state: actions ? stored.file.state?.rawValue : nil,
      nextReview: actions ? stored.file.clocks[.review]?.due : nil,
      openSteps: actions ? try Plans.open(of: number, in: db).open.count : nil, readers: noteReaders)
  }

  private static func consented(_ number: Int64, in db: Database) throws -> Set<String> {
    Set(AgencyConsent.agencies(try RecordBook.all(AgencyConsent.self, of: number, in: db).map(\.record)))
  }

  /// The agreements in force that name the caller.
  private static func agreements(of unit: UnitOfWork) throws -> [BookStore.Kept<SharingAgreement>] {
    try BookStore.all(SharingAgreement.self, .init(isOpen: true), in: unit.db).filter {
      ($0.entry.from...max($0.entry.from, $0.entry.to)).contains(unit.today)
        && $0.entry.practitioners.contains(unit.caller.subject)
    }
  }

  /// An open case that the caller works on with us, and the agreement; `nil` for any other.
  private static func find(
    _ id: String, _ unit: UnitOfWork
  ) throws -> (StoredCase<AttendanceCase>, BookStore.Kept<SharingAgreement>)? {
    guard let stored = try Cases<AttendanceCase>.find(id, in: unit.db),
      AttendanceCase.flow.isOpen(stored.file.state)
    else { return nil }
    let agencies = try consented(stored.number, in: unit.db)
    return try agreements(of: unit).first { agencies.contains($0.entry.agency) }.map { (stored, $0) }
  }

  private func note(_ call: Call, _ form: Note) async throws -> Remembered<BookRoutes.Added> {
    let id = try call.text("id")
    return try await transactions.write(call.edit) { unit in
      guard let (stored, agreement) = try Self.find(id, unit), let school = stored.school else {
        throw Problem.notFound("Case")
      }
      let note = PartnerNote(
        child: try stored.pupil, urn: school, caseNumber: stored.number, agreement: agreement.number, on: unit.today,
        note: form.note, readers: Self.noteReaders)
      let number = try BookStore.add(note, in: unit)
      try unit.audit(.partnerNoted, of: stored.pupil, ["case": stored.id, "entry": number])
      return BookRoutes.Added(number: number)
    }
  }

  private func own(_ call: Call) async throws -> Notes {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      // A case that is not shared has no notes for the caller, whether there is one or not.
      guard let (stored, agreement) = try Self.find(id, unit) else { return Notes(notes: []) }
      try unit.audit(.sharedRead, of: stored.pupil, ["case": stored.id])
      return try Self.notes(of: stored, in: unit.db) { note in
        let other = try BookStore.find(note.agreement, SharingAgreement.self, in: unit.db)
        return other?.entry.agency == agreement.entry.agency
      }
    }
  }

  private func all(_ call: Call) async throws -> Notes {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<AttendanceCase>.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.sharedRead, of: stored.pupil, ["case": stored.id])
      return try Self.notes(of: stored, in: unit.db) { _ in true }
    }
  }

  private static func notes(
    of stored: StoredCase<AttendanceCase>, in db: Database, _ isShown: (PartnerNote) throws -> Bool
  ) throws -> Notes {
    Notes(
      notes: try BookStore.all(PartnerNote.self, .init(pupil: stored.pupil), in: db).filter { kept in
        try kept.entry.caseNumber == stored.number && isShown(kept.entry)
      }.map {
        Line(number: $0.number, on: $0.entry.on, note: $0.entry.note, readers: $0.entry.readers, by: $0.by)
      })
  }
}
