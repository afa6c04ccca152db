import Foundation
import Schemas

extension JSONValue {
  /// Reads JSON text.
  ///
  /// - Throws: `DecodingError` when it is none.
  init(parsing text: String) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }
}
