import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook
import SealedPacks
import ServiceKit
import Store

extension AuditAction {
  static let packFilled = AuditAction("court.pack.filled")
  static let packSigned = AuditAction("court.pack.signed")
  static let packAmended = AuditAction("court.pack.amended")
}

/// Court packs: begun and put together by whoever prosecutes or applies, and frozen when the register of a charged
/// session is amended. Reviewing, signing, serving and lodging are acts of ``CourtPackCase``.
struct CourtPacks: Sendable {
  typealias Pack = (stored: StoredCase<CourtPackCase>, pack: StoredPack)

  let authority: AuthorityCode
  let codes: CodeBook
  let desk: CaseDesk<CourtPackCases>

  /// - Parameter keys: `nil` while none is configured; then nothing can be signed.
  init(
    authority: AuthorityCode, codes: CodeBook, keys: PackSigningKeys?, frozen: FrozenPacks, timetable: Timetable
  ) {
    self.authority = authority
    self.codes = codes
    desk = CaseDesk(
      CourtPackCases(authority: authority, codes: codes, keys: keys, frozen: frozen), timetable: timetable)
  }

  /// Begins a pack.
  ///
  /// - Throws: `Problem` invalid for contents that are none, `Refusal`.
  func begin(
    _ contents: PackContents, about pupil: PupilID, at school: URN, reason: String,
    by actor: Actor<CourtPackCase.Role>, in unit: UnitOfWork
  ) throws -> Pack {
    try Self.check(contents)
    let year = SchoolYear(containing: unit.today)
    let running = try StoredPack.nextRunning(year, in: unit.db)
    guard running <= DocumentNumber.most else { throw DocumentError.numbersExhausted }
    let number = DocumentNumber(authority: authority, series: "CP", year: year, running: running)
    let stored = try desk.open(
      .init(.act(.assemble), reason: reason), about: number.text, Roll.current(pupil, in: unit.db), at: school,
      by: actor, in: unit)
    let empty = try StoredPack.insert(number, year, running, caseNumber: stored.number, in: unit)
    return (stored, try fill(empty, stored, contents, unit))
  }

  /// Puts a pack together anew.
  ///
  /// - Throws: `Problem` invalid for contents that are none; conflict unless the pack is being put together and nothing
  ///   waits for a second person.
  func fill(_ found: Pack, _ contents: PackContents, in unit: UnitOfWork) throws -> Pack {
    try Self.check(contents)
    guard found.stored.file.state == .assembling, found.stored.file.proposal == nil else {
      throw Problem.conflict(
        "pack-not-open", "The pack is not being put together",
        detail: "Take it back first. A pack that waits for a second person cannot be changed.")
    }
    var stored = found.stored
    let pack = try fill(found.pack, stored, contents, unit)
    let evidence = ["contents-\(pack.revision)"]
    try desk.move(&stored, .attempt(.init(.act(.fill), reason: "", evidence: evidence)), by: .program, in: unit)
    return (stored, pack)
  }

  private func fill(
    _ pack: StoredPack, _ stored: StoredCase<CourtPackCase>, _ contents: PackContents, _ unit: UnitOfWork
  ) throws -> StoredPack {
    let filled = try pack.adding(contents, in: unit)
    try unit.audit(
      .packFilled, of: stored.pupil,
      ["pack": filled.number, "revision": filled.revision, "parts": contents.parts.count])
    return filled
  }

  private static func check(_ contents: PackContents) throws {
    do throws(Faults) { try contents.check() } catch { throw Problem.invalid(error.all) }
  }

  /// The pack of a case that a caller may see.
  func find(_ id: String, for caller: Caller, in db: Database) throws -> Pack {
    guard let stored = try Cases<CourtPackCase>.find(id, in: db), caller.maySee(stored.school),
      let pack = try StoredPack.ofCase(stored.number, in: db)
    else { throw Problem.notFound("Court pack") }
    return (stored, pack)
  }

  /// The register of a school has amended sessions of a child. Packs that charge one of them freeze when they are signed, and must
  /// otherwise be put together again (CP-3).
  ///
  /// - Returns: the numbers of the packs that charge one of them.
  @discardableResult
  func amended(
    pupil: PupilID, at school: URN, sessions: Set<RegisterSession>, in unit: UnitOfWork
  ) throws -> [String] {
    let touched = try StoredPack.charging(sessions, of: pupil, at: school, in: unit.db)
    guard !touched.isEmpty else { return [] }
    for (pack, sessions) in touched {
      try pack.amend(sessions, in: unit)
      try unit.audit(.packAmended, of: pupil, ["pack": pack.number, "sessions": sessions.count])
    }
    let packs = Dictionary(uniqueKeysWithValues: touched.map { ($0.pack.caseNumber, $0.sessions) })
    for var stored in try Cases<CourtPackCase>.all(of: pupil, in: unit.db) {
      guard let sessions = packs[stored.number], let state = stored.file.state, Self.freezing.contains(state) else {
        continue
      }
      let evidence = sessions.map { "\($0.date.iso) \($0.session.rawValue)" }
      try desk.move(
        &stored, .attempt(.init(.act(.freeze), reason: "", evidence: evidence)), by: .program, in: unit)
    }
    try desk.factsChanged(of: pupil, in: unit)
    return touched.map(\.pack.number)
  }

  private static let freezing = CourtPackCase.flow.rule(of: .freeze)?.from ?? []
}
