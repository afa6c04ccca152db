import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import GRDB
import HTTPTypes
import Letters
import Messaging
import RollCopy
import Rulebook
import Schemas
import ServiceKit

extension AuditAction {
  static let letterIssued = AuditAction("letter.issued")
}

/// What a letter about a case is made from beside its form.
struct LetterMatter<Kind: CaseKind> {
  let stored: StoredCase<Kind>
  /// Whoever the case is against; `nil` where it is about the child alone.
  let person: PersonID?
  let desk: NoticeDesk
  let unit: UnitOfWork

  /// - Parameter against: who a case is against.
  init(
    _ stored: StoredCase<Kind>, _ against: (StoredCase<Kind>, Database) throws -> PersonID?, _ desk: NoticeDesk,
    _ unit: UnitOfWork
  ) throws {
    (self.stored, self.desk, self.unit) = (stored, desk, unit)
    person = try against(stored, unit.db).map { try Roll.current($0, in: unit.db) }
  }

  var file: CaseFile<Kind> { stored.file }
  var documents: Documents { desk.notices.documents }

  /// - Throws: `Problem` conflict: the case has not come so far.
  func require<Value>(_ value: Value?, _ what: String) throws(Problem) -> Value {
    guard let value else { throw Self.lacks(what) }
    return value
  }

  static func lacks(_ what: String) -> Problem {
    .conflict("not-from-here", "The case has not come so far: \(what) is not on record")
  }

  /// When the child was born.
  func birth() throws -> Day {
    try require(try Roll.pupil(stored.pupil, in: unit.db)?.dateOfBirth, "the child's date of birth")
  }

  /// The newest document of a kind in the case; to a reader, where one is named.
  func latest(_ kind: any Letter.Type, to reader: String? = nil) throws -> IssuedDocument? {
    try documents.documents(ofMatter: stored.id, limit: 200, in: unit.db).first {
      $0.kind == kind.id && !$0.isWithdrawn && (reader == nil || $0.recipient == reader)
    }
  }
}

/// A letter that a form asks for.
struct LetterChoice {
  /// Who may be written to.
  let readers: Set<LetterForms.Addressee.Reader>
  let make: (LetterForms.Addressee) throws -> any Letter
}

/// The letters about one kind of case: a form has the words of exactly one of them.
protocol CaseLetters: Codable, Sendable {
  associatedtype Kind: CaseKind

  /// Each has a document of their own.
  var to: [LetterForms.Addressee] { get }
  var writer: LetterWriter { get }

  /// Whoever a case is against; `nil` where it is about the child alone.
  static func against(_ stored: StoredCase<Kind>, in db: Database) throws -> PersonID?

  /// What the form asks for.
  func choices(_ matter: LetterMatter<Kind>) -> [LetterChoice]
}

/// What routes of letters answer.
struct LettersIssued: Codable, Sendable {
  let id: String
  /// In the order of those who are written to.
  let documents: [String]
}

/// The route by which letters about one kind of case are issued, each parent's own.
struct LetterRoutes<Form: CaseLetters>: Sendable {
  let desk: NoticeDesk
  let transactions: Transactions
  let printing: PrintLoop
  let base: String
  let officers: Set<Role>

  private static var bodyBytes: Int { 256 << 10 }
  private static var bounds: JSONBounds { JSONBounds(values: 20_000) }

  func add(to router: ServiceRouter, _ summary: String) {
    router.write(
      .post, "\(base)/{id}/letters", .roles(officers, .ownRecords), summary,
      path: [.init("id", .string(pattern: "^c[1-9][0-9]*$"), "The case.")], status: 201, upTo: Self.bodyBytes,
      bounds: Self.bounds, problems: [404, 409], issue)
  }

  private func issue(_ call: Call, _ form: Form) async throws -> Remembered<LettersIssued> {
    let id = try call.text("id")
    try Addressees.check(form.to)
    let answer = try await transactions.write(call.edit) { unit in
      let stored = try Cases<Form.Kind>.find(id, for: unit.caller, in: unit.db)
      let numbers = try form.issue(LetterMatter<Form.Kind>(stored, { try Form.against($0, in: $1) }, desk, unit))
      return LettersIssued(id: stored.id, documents: numbers.map(\.text))
    }
    printing.look()
    return answer
  }
}

extension CaseLetters {
  /// Issues the letter that the form asks for, one document for each of those who are written to.
  ///
  /// - Throws: `Problem`.
  func issue(_ matter: LetterMatter<Kind>) throws -> [DocumentNumber] {
    let (unit, pupil) = (matter.unit, try matter.stored.pupil)
    let choices = choices(matter)
    guard choices.count == 1, let choice = choices.first else {
      throw Problem.invalid([.init("", "must have the words of exactly one letter")])
    }
    return try to.enumerated().map { index, addressee in
      let person = try Addressees.person(
        addressee, index, about: pupil, against: matter.person, among: choice.readers, in: unit.db)
      return try Addressees.issue(
        addressee.recipient(person), DocumentFiling(about: pupil, matter: matter.stored.id),
        by: matter.documents, in: unit
      ) { try choice.make(addressee) }
    }
  }
}

/// Who is written to.
enum Addressees {
  /// The most of one request: a child's parents, its schools and a court.
  private static let most = 8

  static func check(_ addressees: [LetterForms.Addressee]) throws(Problem) {
    var faults = Faults()
    faults.require((1...most).contains(addressees.count), "/to", "must be 1 to \(most)")
    let persons = addressees.compactMap(\.person)
    faults.require(Set(persons).count == persons.count, "/to", "must name each parent once")
    for (index, one) in addressees.enumerated() {
      faults.require(
        (one.reader == .parent) == (one.person != nil), "/to/\(index)/person", "must be given for a parent alone")
    }
    try faults.refuse()
  }

  /// The person that an addressee is now; `nil` for one who is no parent.
  ///
  /// - Parameter against: the only parent who may be written to, where there is one.
  /// - Throws: `Problem` invalid for somebody who may not be written to.
  static func person(
    _ addressee: LetterForms.Addressee, _ index: Int, about pupil: PupilID, against: PersonID?,
    among readers: Set<LetterForms.Addressee.Reader>, in db: Database
  ) throws -> PersonID? {
    guard readers.contains(addressee.reader) else {
      let names = readers.map(\.rawValue).sorted().joined(separator: ", ")
      throw Problem.invalid([.init("/to/\(index)/reader", "must be one of: \(names)")])
    }
    guard let named = addressee.person else { return nil }
    let person = try Roll.current(named, in: db)
    let isParent = try Roll.parents(of: pupil, in: db).contains { $0.id == person && $0.isParent }
    guard isParent, against == nil || against == person else {
      throw Problem.invalid([.init("/to/\(index)/person", "must be the parent whom it concerns")])
    }
    return person
  }

  /// Issues a letter, and puts it on record.
  ///
  /// - Throws: ``Letters/LetterError`` that names the particular and its rule where something is missing or contradicts.
  static func issue(
    _ recipient: Recipient, _ filing: DocumentFiling, by documents: Documents, in unit: UnitOfWork,
    _ make: () throws -> any Letter
  ) throws -> DocumentNumber {
    let number = try documents.issue(make(), to: recipient, filed: filing, in: unit).number
    try unit.audit(
      .letterIssued, of: filing.about.map { .record($0.text) } ?? .record(number.text), ["document": number])
    return number
  }
}
