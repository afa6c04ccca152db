import EnforcementDomain
import Foundation
import Rulebook
import ServiceKit
import Store

/// What is known of child and parent that stands in the way, as forms give it and as it is kept.
extension Set<Conflicts.Circumstance> {
  /// - Throws: `Problem` invalid for a name that is none.
  init(named names: [String]) throws(Problem) {
    let found = names.compactMap(Conflicts.Circumstance.init)
    guard found.count == names.count else {
      let known = Conflicts.Circumstance.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid([.init("/circumstances", "must be of: \(known)")])
    }
    self.init(found)
  }

  /// - Throws: `DecodingError` when the store holds another shape.
  init(stored text: String) throws {
    self.init(
      try JSONDecoder().decode([String].self, from: Data(text.utf8)).compactMap(Conflicts.Circumstance.init))
  }

  var names: [String] { map(\.rawValue).sorted() }

  func stored() throws -> String { try String(json: names) }
}
