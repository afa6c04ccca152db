import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import SchoolFiles
import ServiceKit

/// Writes a school's roll as a file. Every file is on record, in the same transaction that reads it.
struct ExportRoll: Sendable {
  let registers: Registers
  /// The authority's three digits.
  let authority: String

  /// Every time on roll of a school, those that are over too, as comma-separated values.
  ///
  /// - Throws: `Problem` not found when the school is unknown.
  func csv(_ school: URN, by caller: Caller) async throws -> [UInt8] {
    let entries = try await registers.read(.schoolRollExported, of: school, by: caller) { unit in
      return try RollExport.entries(of: school, today: unit.today, in: unit.db)
    }
    return PupilsCSV.write(entries.map(\.submission))
  }

  /// Which children a transfer file is to hold, and whom it is for.
  struct Transfer: Sendable {
    /// One child, on roll or not; `nil` for everyone on roll.
    let pupil: PupilID?
    /// Whether everyone on roll means those whose address is protected. They are in no other file, for its header
    /// names the school.
    let protected: Bool
    /// `nil` for what follows from the register.
    let destination: CTFDestination?
    /// The school's own four digits, which the register does not keep.
    let establishment: String?
  }

  /// A Common Transfer File.
  ///
  /// - Throws: `Problem` not found when the school or the child is unknown there, invalid when it cannot be told whom the
  ///   file is for.
  func transfer(_ what: Transfer, from school: URN, by caller: Caller) async throws -> [UInt8] {
    let (record, entries) = try await registers.write(by: caller) { unit in
      guard let record = try Schools.find(school, in: unit.db) else { throw Problem.notFound("School") }
      let all = try RollExport.entries(of: school, today: unit.today, in: unit.db)
      let chosen = Self.chosen(what, from: all, today: unit.today)
      if let pupil = what.pupil {
        guard !chosen.isEmpty else { throw Problem.notFound("Pupil") }
        try unit.audit(.pupilExported, of: pupil)
      } else {
        try unit.audit(.schoolRollExported, of: school)
      }
      return (record, chosen)
    }
    return CTFWriter.write(
      entries.map(\.submission),
      from: CTFSource(
        authority: authority, establishment: what.establishment, urn: school.text, name: record.name),
      to: try destination(what, entries), at: String(Timestamp(registers.clock.now()).description.prefix(19)))
  }

  /// The last time on roll of each child that is meant.
  private static func chosen(_ what: Transfer, from all: [RollExport.Entry], today: Day) -> [RollExport.Entry] {
    var last: [PupilID: Int] = [:]
    for (place, entry) in all.enumerated() { last[entry.pupil] = place }
    let latest = last.values.sorted().map { all[$0] }
    if let pupil = what.pupil { return latest.filter { $0.pupil == pupil } }
    return latest.filter { entry in
      entry.enrolledOn <= today && entry.leftOn.map { $0 >= today } ?? true
        && entry.submission.hasProtectedAddress == what.protected
    }
  }

  /// Many children go to the authority only; one child where the register says it went.
  private func destination(_ what: Transfer, _ entries: [RollExport.Entry]) throws(Problem) -> CTFDestination {
    guard what.pupil != nil, let entry = entries.first else {
      switch what.destination {
      case nil: return .authority(authority)
      case .authority(let other): return .authority(other)
      default: throw .invalid([.init("to", "a file for a school or for none holds one child: name the pupil")])
      }
    }
    if let destination = what.destination { return destination }
    if entry.ground == .f { return .outsideMaintained }
    guard entry.leftOn != nil, entry.destination?.isEmpty == false else { return .unknown }
    throw .invalid([.init("to", "is required: the register does not keep the numbers of the school the child went to")])
  }
}
