import CaseKit
import Contracts
import Crypto
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Messaging
import Rulebook
import SealedPacks
import ServiceKit
import Store

/// A court pack as it is kept.
struct StoredPack {
  let number: String
  let caseNumber: Int64
  /// The last time that it was put together.
  let revision: Int

  /// What contents are, beside documents and charged sessions.
  private struct Basis: Codable {
    let route: PackRoute
    let matter, person, caseOfficer: String
    let circumstances: [PackCircumstance]
    let register: [PackMark]
    let stated: [PackFigure.Name: Int]
  }

  private static let selection = """
    SELECT p.number, p.case_number,
      (SELECT max(c.revision) FROM court_pack_contents c WHERE c.pack = p.number) AS revision FROM court_pack p
    """

  /// The pack of a case; `nil` when there is none.
  static func ofCase(_ number: Int64, in db: Database) throws -> StoredPack? {
    try Row.fetchOne(db.cachedStatement(sql: "\(selection) WHERE p.case_number = ?"), arguments: [number]).map(make)
  }

  private static func make(_ row: Row) -> StoredPack {
    StoredPack(number: row["number"], caseNumber: row["case_number"], revision: row["revision"] ?? 0)
  }

  /// Writes a pack that a case was opened for.
  static func insert(
    _ number: DocumentNumber, _ year: SchoolYear, _ running: Int, caseNumber: Int64, in unit: UnitOfWork
  ) throws -> StoredPack {
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO court_pack (number, school_year, running, case_number, opened_millis, opened_by)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      number.text, year.startYear, running, caseNumber, unit.at.millis, unit.caller.subject,
    ])
    return StoredPack(number: number.text, caseNumber: caseNumber, revision: 0)
  }

  /// The next running number of a school year.
  static func nextRunning(_ year: SchoolYear, in db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT max(running) + 1 FROM court_pack WHERE school_year = ?"),
      arguments: [year.startYear]) ?? 1
  }

  /// Writes contents behind those that there are.
  ///
  /// - Returns: the pack with them.
  func adding(_ contents: PackContents, in unit: UnitOfWork) throws -> StoredPack {
    let (db, next) = (unit.db, revision + 1)
    let basis = Basis(
      route: contents.route, matter: contents.matter, person: contents.person, caseOfficer: contents.caseOfficer,
      circumstances: contents.circumstances.sorted { $0.rawValue < $1.rawValue }, register: contents.register.sorted(),
      stated: contents.stated)
    try db.cachedStatement(
      sql: "INSERT INTO court_pack_contents (pack, revision, json, at_millis, by) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [number, next, try Self.json(basis), unit.at.millis, unit.caller.subject])
    for session in contents.charged {
      try db.cachedStatement(
        sql: "INSERT INTO court_pack_session (pack, revision, date, session) VALUES (?, ?, ?, ?)"
      ).execute(arguments: [number, next, session.date.ordinal, session.session.index])
    }
    for (index, part) in contents.parts.enumerated() {
      let digest = try Self.keep(part.bytes, in: db)
      try db.cachedStatement(
        sql: """
          INSERT INTO court_pack_part (pack, revision, position, name, document, media_type, maker, made_by, made_on,
            contents, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        number, next, index + 1, part.name, part.document.rawValue, part.mediaType, part.maker.rawValue, part.madeBy,
        part.madeOn.ordinal, try Self.json(part.contents), digest,
      ])
    }
    return StoredPack(number: number, caseNumber: caseNumber, revision: next)
  }

  /// Keeps bytes under their digest, once.
  static func keep(_ bytes: Data, in db: Database) throws -> Data {
    let digest = Data(SHA256.hash(data: bytes))
    try db.cachedStatement(sql: "INSERT INTO court_pack_bytes (digest, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .execute(arguments: [digest, bytes])
    return digest
  }

  /// What the pack is made of.
  ///
  /// - Parameter withBytes: whether the documents' bytes are read too; they are empty otherwise.
  func contents(withBytes: Bool, in db: Database) throws -> PackContents {
    let json = try String.fetchOne(
      db.cachedStatement(sql: "SELECT json FROM court_pack_contents WHERE pack = ? AND revision = ?"),
      arguments: [number, revision])
    let basis = try JSONDecoder().decode(Basis.self, from: Data((json ?? "").utf8))
    let sessions = try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT date, session FROM court_pack_session WHERE pack = ? AND revision = ? ORDER BY date, session"),
      arguments: [number, revision])
    return PackContents(
      route: basis.route, matter: basis.matter, person: basis.person, caseOfficer: basis.caseOfficer,
      circumstances: Set(basis.circumstances), register: basis.register,
      charged: sessions.map { RegisterSession(Day(ordinal: $0["date"]), Session(index: $0["session"])) },
      stated: basis.stated, parts: try parts(withBytes: withBytes, in: db))
  }

  private func parts(withBytes: Bool, in db: Database) throws -> [PackPart] {
    let bytes = withBytes ? "b.bytes" : "x''"
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT p.*, \(bytes) AS bytes FROM court_pack_part p JOIN court_pack_bytes b USING (digest)
          WHERE p.pack = ? AND p.revision = ? ORDER BY p.position
          """), arguments: [number, revision])
    return try rows.map { row in
      guard let document = PackDocument(rawValue: row["document"]), let maker = PackMaker(rawValue: row["maker"]) else {
        throw ContractError.invalidData(path: "/parts")
      }
      return PackPart(
        document: document, name: row["name"], mediaType: row["media_type"], maker: maker, madeBy: row["made_by"],
        madeOn: Day(ordinal: row["made_on"]),
        contents: try JSONDecoder().decode([PackContent].self, from: Data((row["contents"] as String).utf8)),
        bytes: row["bytes"])
    }
  }

  /// A document's bytes; `nil` when there is none of the name.
  func part(_ name: String, in db: Database) throws -> (mediaType: String, bytes: Data)? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT p.media_type, b.bytes FROM court_pack_part p JOIN court_pack_bytes b USING (digest)
          WHERE p.pack = ? AND p.revision = ? AND p.name = ?
          """), arguments: [number, revision, name]
    ).map { ($0["media_type"], $0["bytes"]) }
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// What the register has amended.
extension StoredPack {
  /// The charged sessions that were amended since the pack was last put together, in order.
  func amended(in db: Database) throws -> [RegisterSession] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT DISTINCT date, session FROM court_pack_amendment WHERE pack = ? AND revision = ?
          ORDER BY date, session
          """), arguments: [number, revision]
    ).map { RegisterSession(Day(ordinal: $0["date"]), Session(index: $0["session"])) }
  }

  /// Puts on record that sessions were amended.
  func amend(_ sessions: [RegisterSession], in unit: UnitOfWork) throws {
    for session in sessions {
      try unit.db.cachedStatement(
        sql: "INSERT INTO court_pack_amendment (pack, revision, date, session, at_millis) VALUES (?, ?, ?, ?, ?)"
      ).execute(arguments: [number, revision, session.date.ordinal, session.session.index, unit.at.millis])
    }
  }

  /// The packs of a child at a school that still matter, each with those of some sessions that it charges.
  static func charging(
    _ sessions: Set<RegisterSession>, of pupil: PupilID, at school: URN, in db: Database
  ) throws -> [(pack: StoredPack, sessions: [RegisterSession])] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          \(selection) JOIN case_file f ON f.number = p.case_number
          WHERE f.pupil = ? AND f.school = ? AND f.kind = ? AND f.state NOT IN (?, ?) ORDER BY p.number
          """),
      arguments: [
        pupil.text, school.text, CourtPackCase.name, CourtPackCase.State.replaced.rawValue,
        CourtPackCase.State.abandoned.rawValue,
      ])
    return try rows.map(make).compactMap { pack in
      let charged = try Row.fetchAll(
        db.cachedStatement(
          sql: "SELECT date, session FROM court_pack_session WHERE pack = ? AND revision = ? ORDER BY date, session"),
        arguments: [pack.number, pack.revision]
      ).map { RegisterSession(Day(ordinal: $0["date"]), Session(index: $0["session"])) }
      let touched = charged.filter(sessions.contains)
      return touched.isEmpty ? nil : (pack, touched)
    }
  }
}

/// What was signed.
extension StoredPack {
  /// A signed manifest.
  struct Seal {
    let manifest: Data
    let signature: Data
    let key: String
  }

  func seal(in db: Database) throws -> Seal? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT manifest, signature, key FROM court_pack_seal WHERE pack = ?"),
      arguments: [number]
    ).map { Seal(manifest: $0["manifest"], signature: $0["signature"], key: $0["key"]) }
  }

  func add(_ seal: Seal, in unit: UnitOfWork) throws {
    try unit.db.cachedStatement(
      sql: """
        INSERT INTO court_pack_seal (pack, revision, manifest, signature, key, at_millis, by) VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      number, revision, seal.manifest, seal.signature, seal.key, unit.at.millis, unit.caller.subject,
    ])
  }

  /// The file as it was signed; `nil` when the pack is not.
  ///
  /// - Throws: `DocumentError.altered` when a part's bytes are not in the store any more.
  func file(in db: Database) throws -> Data? {
    guard let seal = try seal(in: db) else { return nil }
    guard let manifest = SealedManifest(canonical: seal.manifest) else { throw DocumentError.altered }
    let parts = try manifest.parts.map { part in
      guard let digest = Data(hex: part.sha256),
        let bytes = try Data.fetchOne(
          db.cachedStatement(sql: "SELECT bytes FROM court_pack_bytes WHERE digest = ?"), arguments: [digest])
      else { throw DocumentError.altered }
      return (name: part.name, bytes: bytes)
    }
    return SealedPack.file(manifest: seal.manifest, signature: seal.signature, parts: parts)
  }
}
