import Contracts
import Foundation
import RegistersDomain
import Rulebook
import Schemas
import ServiceKit

/// Enters the children of a file as ``EnrolPupils`` enters those of a JSON body, and answers with the rows as the
/// sender of the file counts them.
struct EnrolPupilFile: Sendable {
  let enrol: EnrolPupils

  /// Enters those that could be read; tells of the others.
  ///
  /// - Throws: as ``EnrolPupils/callAsFunction(_:at:by:key:)``.
  func callAsFunction(
    _ file: PupilFile, at school: URN, by caller: Caller, key: IdempotencyKey?
  ) async throws -> [UInt8] {
    try Self.renumbered(try await enrol(file.rows.map(\.pupil), at: school, by: caller, key: key), file)
  }

  /// The answer with the file's own row numbers, and with the rows that could not be read among those refused.
  static func renumbered(_ answer: [UInt8], _ file: PupilFile) throws -> [UInt8] {
    guard case .object(var object) = try JSONDecoder().decode(JSONValue.self, from: Data(answer)) else { return answer }
    for name in ["pupils", "problems"] {
      guard case .array(let entries) = object[name] else { continue }
      object[name] = .array(
        entries.map { entry in
          guard case .object(var members) = entry, case .integer(let row) = members["row"],
            file.rows.indices.contains(row)
          else { return entry }
          members["row"] = .integer(file.rows[row].number)
          return .object(members)
        })
    }
    let faults = file.faults.map { fault -> JSONValue in
      [
        "row": .integer(fault.number), "column": .string(fault.refusal.column), "reason": .string(fault.refusal.reason),
        "detail": .string(fault.refusal.detail), "fix": .string(fault.refusal.fix),
      ]
    }
    if case .array(let problems) = object["problems"] {
      object["problems"] = .array((problems + faults).sorted { row($0) < row($1) })
    }
    for name in ["received", "refused"] {
      if case .integer(let count) = object[name] { object[name] = .integer(count + faults.count) }
    }
    return try encodeAnswer(JSONValue.object(object))
  }

  private static func row(_ problem: JSONValue) -> Int {
    guard case .object(let members) = problem, case .integer(let row) = members["row"] else { return 0 }
    return row
  }
}
