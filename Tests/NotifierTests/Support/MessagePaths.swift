import Contracts
import Foundation
import NotifierDomain
import Rulebook
import Testing

/// What other suites use as well.
extension MessageCutTests {
  /// Every leaf of a JSON value as a dotted path; array elements share their array's path.
  static func paths(_ value: Any, _ prefix: String = "") -> Set<String> {
    if let object = value as? [String: Any] {
      return object.reduce(into: []) {
        $0.formUnion(paths($1.value, prefix.isEmpty ? $1.key : "\(prefix).\($1.key)"))
      }
    }
    if let array = value as? [Any] { return array.reduce(into: []) { $0.formUnion(paths($1, prefix)) } }
    return [prefix]
  }

  static func body(_ message: Message) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(try message.body())) as? [String: Any])
  }
}
