import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import Rulebook
import SealedPacks
import ServiceKit
import Store

/// What enforcement adds to the case of a court pack: what its contents lack, its signature, and the alarm.
struct CourtPackCases: CaseProgram {
  typealias Kind = CourtPackCase

  let authority: AuthorityCode
  let codes: CodeBook
  /// `nil` while no key is configured: then nothing can be signed.
  let keys: PackSigningKeys?
  let frozen: FrozenPacks

  func facts(of stored: StoredCase<CourtPackCase>, in unit: UnitOfWork) throws -> Facts<CourtPackCase.Fact> {
    guard let pack = try StoredPack.ofCase(stored.number, in: unit.db) else { return .init() }
    let contents = try pack.contents(withBytes: false, in: unit.db)
    return Facts([
      .gaps: .number(contents.gaps(on: unit.today, codes: codes).count),
      .amended: .number(try pack.amended(in: unit.db).count),
    ])
  }

  func calendar(of stored: StoredCase<CourtPackCase>, in unit: UnitOfWork) throws -> SchoolCalendar? { nil }

  func happened(
    _ entry: Entry<CourtPackCase>, in stored: StoredCase<CourtPackCase>, _ unit: UnitOfWork
  ) throws {
    guard case .acted(let act) = entry.what else { return }
    try CaseHolds.follow(entry, in: stored, "pack", .courtPack, unit)
    if act == .sign { try seal(stored, unit) }
    if act == .freeze { frozen.add(stored.subject, in: unit.db) }
    if entry.from == .frozen { frozen.remove(stored.subject, in: unit.db) }
  }

  /// Signs what the pack is made of, with the tables that are made of its register before the documents.
  private func seal(_ stored: StoredCase<CourtPackCase>, _ unit: UnitOfWork) throws {
    guard let keys, let key = keys.id(on: unit.today) else {
      throw Problem.conflict(
        "no-signing-key", "There is no key to sign court packs with",
        detail: "An operator makes one with suite pack-key and names it in court.pack.key.file.")
    }
    guard try !PackKeyStore.isRevoked(key, in: unit.db) else {
      throw Problem.conflict(
        "signing-key-revoked", "The key that signs today was revoked",
        detail: "An operator adds another with suite pack-key; it signs from its first day on.")
    }
    guard let pack = try StoredPack.ofCase(stored.number, in: unit.db) else { throw Problem.notFound("Court pack") }
    let contents = try pack.contents(withBytes: true, in: unit.db)
    let tables = [
      ("register.csv", "register", PackTables.register(contents)),
      ("figures.csv", "figures", PackTables.figures(PackFigure.all(of: contents, codes: codes))),
    ]
    for table in tables { _ = try StoredPack.keep(table.2, in: unit.db) }
    let manifest = SealedManifest(
      number: pack.number, authority: authority.text, route: contents.route.rawValue, day: unit.today,
      signer: unit.caller.subject, key: key,
      parts: tables.map { SealedPack.part($0.0, document: $0.1, mediaType: "text/csv", $0.2) }
        + contents.parts.map {
          SealedPack.part($0.name, document: $0.document.rawValue, mediaType: $0.mediaType, $0.bytes)
        })
    guard manifest.isWellFormed, let signature = try keys.sign(manifest) else {
      throw Problem.conflict("not-signable", "The pack cannot be written as a court pack file")
    }
    try pack.add(.init(manifest: manifest.canonical(), signature: signature, key: key), in: unit)
    try unit.audit(.packSigned, of: stored.pupil, ["pack": pack.number, "key": key])
  }
}

/// The packs that are frozen: an alarm for as long as there are any.
final class FrozenPacks: Sendable {
  static let alarm = "court-packs-frozen"

  private enum Change: Hashable {
    case frozen(String)
    case settled(String)
  }

  private let standing = Locked<Set<String>>([])
  private let changes: AfterTransaction<Change>

  /// - Parameter numbers: those that are frozen when the program starts.
  init(_ numbers: some Sequence<String>, alarms: Alarms) {
    let standing = standing
    changes = AfterTransaction { changes in
      let numbers = standing.withLock { standing in
        for change in changes {
          switch change {
          case .frozen(let number): standing.insert(number)
          case .settled(let number): standing.remove(number)
          }
        }
        return standing.sorted()
      }
      Self.show(numbers, alarms)
    }
    let numbers = numbers.sorted()
    standing.withLock { $0 = Set(numbers) }
    Self.show(numbers, alarms)
  }

  func add(_ number: String, in db: Database) { changes.add([.frozen(number)], in: db) }
  func remove(_ number: String, in db: Database) { changes.add([.settled(number)], in: db) }

  private static func show(_ numbers: [String], _ alarms: Alarms) {
    let shown = numbers.prefix(10).joined(separator: ", ") + (numbers.count > 10 ? ", …" : "")
    alarms.set(
      alarm, numbers.isEmpty ? nil : "A charged session was amended after signing: \(shown). A person must decide.")
  }

  /// The numbers of the packs that are frozen.
  static func numbers(in db: Database) throws -> [String] {
    try String.fetchAll(
      db, sql: "SELECT subject FROM case_file WHERE kind = ? AND state = ?",
      arguments: [CourtPackCase.name, CourtPackCase.State.frozen.rawValue])
  }
}
