import Contracts
import Foundation
import GRDB
import Hummingbird
import Messaging
import NIOCore
import RegistersDomain
import Rulebook
import Schemas
import SchoolFiles
import ServiceKit
import Store

/// A school's roll as a file: in and out. Every file is on record, in the same transaction that reads it.
struct PupilFileRoutes: Sendable {
  let registers: Registers
  /// The authority's three digits.
  let authority: String

  private static let users = Policy.roles(.school, .attendanceOfficer, .cmeOfficer, reach: .ownSchool)
  /// The most children of one request as JSON, and the most bytes.
  private static let mostPupils = 5_000
  private static let jsonBytes = 4 << 20
  /// The most values of one request: sixty a child, with all contacts.
  private static let mostValues = 300_000
  /// Beside JSON.
  private static let mediaTypes = TextFile.csvMediaTypes + ["application/xml", "text/xml"]

  private static let enrolledOn = QueryParameter<Day>(
    "enrolledOn", "The first day on roll; needed with a transfer file.")
  private static let dialect = QueryParameter<String>(
    "dialect", .string(), "How a CSV file names columns and writes values: a name from /dialects.", { $0 }
  ).optional
  private static let pupil = QueryParameter<PupilID>("pupil", "One child by its identifier, on roll or not.").optional
  private static let protected = QueryParameter(
    "protected", .oneOf(["true", "false"]),
    "Whether to write those whose address is protected, who are in no other file, and no school.", { Bool($0) }
  ).or(false)
  private static let destination = QueryParameter(
    "to", .string(pattern: "^([0-9]{3}([0-9]{4}|LLLL)|XXXXXXX|MMMMMMM)$"),
    "Whom the file is for: authority and school, LLLL for the authority, XXXXXXX unknown, MMMMMMM outside.",
    { CTFDestination($0) }
  ).optional
  private static let establishment = QueryParameter(
    "establishment", .string(pattern: "^[0-9]{4}$"), "The school's own four digits.",
    { $0.utf8.count == 4 && $0.utf8.allSatisfy { (48...57).contains($0) } ? $0 : nil }
  ).optional

  private struct Form: Decodable, Sendable { let pupils: [PupilSubmission] }

  func add(to router: ServiceRouter) {
    router.upload(
      "/schools/{urn}/pupils", MarkRoutes.users, "Enter children in the admission register",
      query: [Self.enrolledOn.optional.about, Self.dialect.about], json: Form.self,
      mediaTypes: Self.mediaTypes.sorted(), upTo: PupilLimits.fileBytes, bounds: JSONBounds(values: Self.mostValues)
    ) { try await EnrolPupils(registers: registers)(read($1, $0), at: $0.school, by: $0.edit) }
    router.download(
      "/schools/{urn}/pupils.csv", Self.users, "The roll as comma-separated values, with every time on roll",
      mediaTypes: ["text/csv"]
    ) { call in
      let school = try call.school
      let entries = try await registers.read(.schoolRollExported, of: school, by: call.caller) { unit in
        try RollExport.entries(of: school, today: unit.today, in: unit.db)
      }
      return Download(
        PupilsCSV.write(entries.map(\.submission)), contentType: "text/csv; charset=utf-8",
        name: "pupils-\(school).csv")
    }
    router.download(
      "/schools/{urn}/pupils.ctf.xml", Self.users, "The roll, or one child of it, as a Common Transfer File",
      query: [Self.pupil.about, Self.protected.about, Self.destination.about, Self.establishment.about],
      mediaTypes: ["application/xml"], transfer)
  }

  private func transfer(_ call: Call) async throws -> Download {
    let (school, pupil, isProtected) = (try call.school, try call[Self.pupil], try call[Self.protected])
    let (destination, establishment) = (try call[Self.destination], try call[Self.establishment])
    let (name, entries) = try await registers.write(by: call.caller) { unit in
      let name = try Schools.find(school, in: unit.db).orNotFound("School").name
      let all = try RollExport.entries(of: school, today: unit.today, in: unit.db)
      let chosen = Self.latest(all).filter { entry in
        guard let pupil else {
          return entry.place.covers(unit.today) && entry.submission.hasProtectedAddress == isProtected
        }
        return entry.pupil == pupil
      }
      if let pupil {
        guard !chosen.isEmpty else { throw Problem.notFound("Pupil") }
        try unit.audit(.pupilExported, of: pupil)
      } else {
        try unit.audit(.schoolRollExported, of: school)
      }
      return (name, chosen)
    }
    let bytes = CTFWriter.write(
      entries.map(\.submission),
      from: CTFSource(authority: authority, establishment: establishment, urn: school.text, name: name),
      to: try self.destination(destination, of: pupil == nil ? nil : entries.first),
      at: String(Timestamp(registers.clock.now()).description.prefix(19)))
    return Download(bytes, contentType: "application/xml; charset=utf-8", name: "pupils-\(school).ctf.xml")
  }

  /// The last time on roll of each child, in the order of entry.
  private static func latest(_ all: [RollExport.Entry]) -> [RollExport.Entry] {
    var last: [PupilID: Int] = [:]
    for (place, entry) in all.enumerated() { last[entry.pupil] = place }
    return last.values.sorted().map { all[$0] }
  }

  /// Many children go to the authority only; one child where the register says it went.
  private func destination(_ said: CTFDestination?, of one: RollExport.Entry?) throws(Problem) -> CTFDestination {
    guard let place = one?.place else {
      switch said {
      case nil: return .authority(authority)
      case .authority(let other): return .authority(other)
      default: throw .invalid([.init("to", "a file for a school or for none holds one child: name the pupil")])
      }
    }
    if let said { return said }
    if place.ground == .f { return .outsideMaintained }
    guard place.leftOn != nil, place.isDestinationKnown else { return .unknown }
    throw .invalid([.init("to", "is required: the register does not keep the numbers of the school the child went to")])
  }

  /// The children of a file. A transfer file does not say when they come: that is the query parameter `enrolledOn`. A
  /// list may be written in a dialect.
  private func read(_ file: Upload, _ call: Call) async throws -> PupilFile {
    let bytes = Array(file.bytes.readableBytesView)
    let name = try call[Self.dialect]
    if file.mediaType.hasSuffix("/xml") {
      let day = try call[Self.enrolledOn]
      guard name == nil else {
        throw Problem.badRequest("invalid-parameter", "A transfer file has no dialect: leave the parameter out")
      }
      return try Self.read { () throws(PupilFileError) in try CTFReader.read(bytes, enrolledOn: day.iso) }
    }
    if Self.mediaTypes.contains(file.mediaType) {
      let dialect = try await Dialects.find(name, registers)
      return try Self.read { () throws(PupilFileError) in try PupilsCSV.read(bytes, as: dialect) }
    }
    guard file.mediaType == "application/json" else {
      throw Problem(
        "unsupported-media-type", "Pupils come as text/csv, application/json or application/xml",
        .unsupportedMediaType,
        detail:
          "Send a CSV file as text/csv and a Common Transfer File as application/xml, whatever your computer calls them."
      )
    }
    try file.require(upTo: Self.jsonBytes)
    let pupils = try decodeJSON(Form.self, from: Data(bytes), checking: .rows(of: "pupils")).pupils
    guard pupils.count <= Self.mostPupils else {
      throw Problem.invalid([.init("/pupils", "must have at most \(Self.mostPupils) children")])
    }
    let repeated = RepeatedNames(in: Data(bytes)).rows(of: "pupils")
    return try Self.read { () throws(PupilFileError) in try PupilFile(indexed: pupils, repeated: repeated) }
  }

  /// - Throws: `Problem` when no row can be read.
  private static func read(_ body: () throws(PupilFileError) -> PupilFile) throws(Problem) -> PupilFile {
    do throws(PupilFileError) {
      return try body()
    } catch {
      let status: HTTPResponse.Status =
        switch error {
        case .tooManyPupils, .tooLarge, .tooManyElements: .contentTooLarge
        case .unknownEncoding, .empty, .notXML, .otherThanTransfer: .badRequest
        default: .unprocessableContent
        }
      throw Problem(error.slug, "The file cannot be read", status, detail: error.detail)
    }
  }
}
