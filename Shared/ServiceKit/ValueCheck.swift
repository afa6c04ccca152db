import Contracts
import Foundation
import Rulebook
import Schemas

/// What is wrong with one value, in the words of a person who has to correct it. The value itself is never repeated.
enum ValueCheck {
  /// What is wrong with a text; `nil` when the schema admits it.
  static func fault(_ text: String, _ schema: JSONSchema) -> String? {
    switch schema {
    case .oneOf(let values): values.contains(text) ? nil : mustBeOne(of: values)
    case .string(let format, let pattern): fault(text, format: format, pattern: pattern)
    case .nullable(let schema): fault(text, schema)
    case .anyOf(let schemas):
      schemas.contains { fault(text, $0) == nil } ? nil : "must be \(schemas.map(words).joined(separator: ", or "))"
    case .any: nil
    case .object, .map, .array, .integer, .number, .boolean: "must be \(words(schema))"
    }
  }

  /// What is wrong with a query parameter: a text that may stand for a number or a truth value; `nil` when the schema
  /// admits it.
  static func parameterFault(_ text: String, _ schema: JSONSchema) -> String? {
    switch schema {
    case .integer(let minimum):
      guard let number = Int64(text), minimum.map({ number >= $0 }) ?? true else { return "must be \(words(schema))" }
      return nil
    case .boolean: return Bool(text) == nil ? "must be \(words(schema))" : nil
    default: return fault(text, schema)
    }
  }

  /// What the schema admits: "a date like 2026-09-07".
  static func words(_ schema: JSONSchema) -> String {
    switch schema {
    case .object, .map: "an object"
    case .array: "a list"
    case .string(let format, let pattern): format.flatMap { formats[$0]?.words } ?? pattern.map(words) ?? "text"
    case .oneOf(let values): "one of: " + values.prefix(mostNamed).joined(separator: ", ")
    case .integer(let minimum): minimum.map { "a whole number, \($0) or more" } ?? "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .nullable(let schema): words(schema)
    case .anyOf(let schemas): schemas.map(words).joined(separator: ", or ")
    case .any: "a value"
    }
  }

  /// The most allowed values or names that a message lists.
  static let mostNamed = 60

  private static func mustBeOne(of values: [String]) -> String {
    let rest = values.count - mostNamed
    return "must be \(words(.oneOf(values)))" + (rest > 0 ? ", and \(rest) more; see /openapi.json" : "")
  }

  private static func fault(_ text: String, format: String?, pattern: String?) -> String? {
    if let kind = format.flatMap({ formats[$0] }) ?? pattern.flatMap({ patterns[$0] }) {
      return kind.admits(text) ? nil : "must be \(kind.words)"
    }
    guard let pattern, let regex = try? Regex(pattern) else { return nil }
    return text.firstMatch(of: regex) == nil ? "must be \(words(pattern))" : nil
  }

  private static func words(_ pattern: String) -> String {
    patterns[pattern]?.words ?? "text that matches the pattern \(pattern)"
  }

  /// A kind of text that has a type of its own: exactly what the type reads is admitted.
  private struct Kind: Sendable {
    let words: String
    let admits: @Sendable (String) -> Bool
  }

  private static let formats: [String: Kind] = [
    "date": Kind(words: "a date like 2026-09-07") { Day(iso: $0) != nil },
    "date-time": Kind(words: "a date and time like 2026-09-07T09:00:00Z") { Timestamp($0) != nil },
    "uri": Kind(words: "a web address") { URL(string: $0) != nil },
    "uuid": Kind(words: "a UUID") { UUID(uuidString: $0) != nil },
  ]

  private static let patterns: [String: Kind] = [
    pattern(of: .urn): Kind(words: "a school's URN: six digits") { (try? URN($0)) != nil },
    pattern(of: .upn): Kind(words: "a unique pupil number (UPN)") { (try? UPN($0)) != nil },
    pattern(of: .pupil): Kind(words: "a pupil's identifier, as this service gives it") { PupilID($0) != nil },
    pattern(of: .code): Kind(words: "an attendance code") { AttendanceCode($0) != nil },
    pattern(of: .schoolYear): Kind(words: "a school year like 2026-27") { SchoolYear(label: $0) != nil },
    pattern(of: AuthorityCode.jsonSchema): Kind(words: "a local authority's three-digit number") {
      (try? AuthorityCode($0)) != nil
    },
    pattern(of: YearGroup.jsonSchema): Kind(words: "a year group: N1, N2, R or 1 to 14") { YearGroup($0) != nil },
  ]

  private static func pattern(of schema: JSONSchema) -> String {
    if case .string(_, let pattern?) = schema { pattern } else { "" }
  }
}
