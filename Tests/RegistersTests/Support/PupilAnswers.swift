import Foundation
import HTTPTypes
import Testing

extension World.Answer {
  /// enrolled, changed, unchanged, refused of a list of pupils.
  var tally: [Int] { ["enrolled", "changed", "unchanged", "refused"].map { json[$0] as? Int ?? -1 } }

  /// Row, column and reason of each line of `problems` or `notes`.
  func lines(_ name: String) -> [String] {
    list(name).map { "\($0["row"] as? Int ?? -1) \($0["column"] as? String ?? "") \($0["reason"] as? String ?? "")" }
  }

  /// The identifiers of the rows that are on the roll, in the order of the file.
  var ids: [String] { list("pupils").compactMap { $0["id"] as? String } }

  /// Of a page of a roll.
  var names: [String] {
    list("pupils").map { "\($0["givenName"] as? String ?? "") \($0["familyName"] as? String ?? "")" }
  }
}

extension World {
  /// A school's roll as an officer sees it.
  func roll(_ school: String) async throws -> Answer { try await send(.get, "/schools/\(school)/pupils") }
}
