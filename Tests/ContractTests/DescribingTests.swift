import Contracts
import Foundation
import Rulebook
import Schemas
import Testing

/// Schemas made of types by decoding them from a probe.
@Suite("Schemas of types") struct DescribingTests {
  private enum Shade: String, Codable, CaseIterable {
    case light
    case veryDark = "very-dark"
  }
  private enum Uncounted: String, Codable { case one }

  private struct Plain: Codable {
    let text: String
    let flag: Bool
    let whole: Int
    let large: Int64
    let natural: UInt16
    let fraction: Double
    let maybe: String?
    let maybeWhole: Int?
    let shade: Shade
    let maybeShade: Shade?
  }

  private struct Nested: Codable {
    struct Inner: Codable {
      let day: Day
      let others: [Inner2]
    }
    struct Inner2: Codable { let id: PupilID }

    let inner: Inner
    let maybe: Inner?
    let named: [String: Inner2]
    let set: Set<Session>
    let orNull: [Day?]
  }

  /// Reads by hand, in all the ways there are.
  private struct ByHand: Codable {
    let name: String
    let count: Int?
    let list: [String]
    let deep: Bool

    enum Key: String, CodingKey {
      case name = "the-name"
      case count, list, nested
    }
    enum NestedKey: CodingKey { case deep }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      name = try values.decode(String.self, forKey: .name)
      count = try values.decodeNil(forKey: .count) ? nil : try values.decode(Int.self, forKey: .count)
      var elements = try values.nestedUnkeyedContainer(forKey: .list)
      var list: [String] = []
      while !elements.isAtEnd { list.append(try elements.decode(String.self)) }
      self.list = list
      deep = try values.nestedContainer(keyedBy: NestedKey.self, forKey: .nested).decode(Bool.self, forKey: .deep)
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: Key.self)
      try values.encode(name, forKey: .name)
      try values.encode(count, forKey: .count)
      try values.encode(list, forKey: .list)
      var nested = values.nestedContainer(keyedBy: NestedKey.self, forKey: .nested)
      try nested.encode(deep, forKey: .deep)
    }
  }

  private final class Tree: Codable, Sendable { let children: [Tree] }
  private struct Picky: Codable {
    let name: String
    init(from decoder: any Decoder) throws {
      name = try decoder.singleValueContainer().decode(String.self)
      guard name == "only this" else {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no"))
      }
    }
  }
  private struct HoldsPicky: Codable { let rows: [Picky] }
  private struct LyingSample: Codable, SchemaDescribed {
    let name: String
    static let jsonSchema = JSONSchema.string()
    static let sample: JSONValue = "a text, and not an object"
  }
  private struct Nothing: Codable {}
  private struct Twice: Codable {
    let value: Int
    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      _ = try? values.decode(String.self, forKey: .value)
      value = try values.decode(Int.self, forKey: .value)
    }
    enum Key: CodingKey { case value }
  }

  /// One line of a table: a type and the schema it should have.
  struct Line: Sendable, CustomTestStringConvertible {
    let type: any (Decodable & Sendable).Type
    let schema: JSONSchema
    var testDescription: String { "\(type)" }
  }

  private static func field(_ name: String, _ schema: JSONSchema, _ required: Bool = true) -> JSONSchema.Field {
    .init(name, schema, required: required, "")
  }

  private static let inner = JSONSchema.object([
    field("day", .string(format: "date")), field("others", .array(.object([field("id", .pupil)]))),
  ])

  static let lines: [Line] = [
    Line(type: String.self, schema: .string()), Line(type: Bool.self, schema: .boolean),
    Line(type: Int32.self, schema: .integer()), Line(type: UInt.self, schema: .integer(minimum: 0)),
    Line(type: Float.self, schema: .number), Line(type: [Day].self, schema: .array(.day)),
    Line(type: Day?.self, schema: .nullable(.day)),
    Line(type: [String: [Int]].self, schema: .map(values: .array(.integer()))),
    Line(type: Shade.self, schema: .oneOf(["light", "very-dark"])),
    Line(type: Session.self, schema: .oneOf(["AM", "PM"])),
    Line(type: URN.self, schema: .urn), Line(type: UPN.self, schema: .upn),
    Line(type: Timestamp.self, schema: .timestamp),
    Line(type: AttendanceCode.self, schema: .code), Line(type: JSONValue.self, schema: .any),
    Line(type: URL.self, schema: .string(format: "uri")), Line(type: UUID.self, schema: .string(format: "uuid")),
    Line(type: DayRange.self, schema: .object([field("first", .day), field("last", .day)])),
    Line(
      type: Plain.self,
      schema: .object([
        field("text", .string()), field("flag", .boolean), field("whole", .integer()), field("large", .integer()),
        field("natural", .integer(minimum: 0)), field("fraction", .number), field("maybe", .string(), false),
        field("maybeWhole", .integer(), false), field("shade", .oneOf(["light", "very-dark"])),
        field("maybeShade", .oneOf(["light", "very-dark"]), false),
      ])),
    Line(
      type: Nested.self,
      schema: .object([
        field("inner", inner), field("maybe", inner, false),
        field("named", .map(values: .object([field("id", .pupil)]))),
        field("set", .array(.oneOf(["AM", "PM"]))), field("orNull", .array(.nullable(.day))),
      ])),
    Line(
      type: ByHand.self,
      schema: .object([
        field("the-name", .string()), field("count", .integer(), false), field("list", .array(.string())),
        field("nested", .object([field("deep", .boolean)])),
      ])),
    Line(type: Twice.self, schema: .object([field("value", .anyOf([.string(), .integer()]))])),
  ]

  @Test("A type's schema is what it decodes", arguments: lines)
  func described(line: Line) throws { #expect(try JSONSchema.describing(line.type) == line.schema) }

  @Test("What a schema admits can be decoded, and the sample is one of it", arguments: lines)
  func sampled(line: Line) throws { try expectSample(line.type) }

  private func expectSample<Value: Decodable>(_ type: Value.Type) throws {
    let (schema, sample) = try JSONSchema.probing(type)
    guard let sample = sample as? any Encodable else { return }
    let bytes = try JSONEncoder().encode(sample)
    _ = try JSONDecoder().decode(type, from: bytes)
    #expect(schema.faults(in: try JSONDecoder().decode(JSONValue.self, from: bytes)) == [])
  }

  /// A type that cannot be described, and what the error says.
  struct Refusal: Sendable, CustomTestStringConvertible {
    let type: any (Decodable & Sendable).Type
    let path: String
    let culprit: String
    var testDescription: String { "\(type)" }
  }

  static let refusals = [
    Refusal(type: Tree.self, path: "/children/0", culprit: "Tree"),
    Refusal(type: Picky.self, path: "", culprit: "Picky"),
    Refusal(type: HoldsPicky.self, path: "/rows/0", culprit: "Picky"),
    Refusal(type: LyingSample.self, path: "", culprit: "LyingSample"),
    Refusal(type: Uncounted.self, path: "", culprit: "Uncounted"),
    Refusal(type: [Day: Int].self, path: "", culprit: "Dictionary"),
    Refusal(type: Nothing.self, path: "", culprit: "Nothing"),
  ]

  @Test("A type that cannot be described says which and where", arguments: refusals)
  func undescribable(refusal: Refusal) {
    let error = #expect(throws: UndescribableType.self) { try JSONSchema.describing(refusal.type) }
    #expect(error?.path == refusal.path)
    #expect(error?.type.contains(refusal.culprit) == true)
  }

  @Test(
    "Schemas as JSON",
    arguments: [
      (.integer(), ["type": "integer"]), (.integer(minimum: 2), ["type": "integer", "minimum": 2]),
      (.number, ["type": "number"]), (.any, [:]),
      (.nullable(.boolean), ["anyOf": [["type": "boolean"], ["type": "null"]]]),
      (.anyOf([.number, .boolean]), ["anyOf": [["type": "number"], ["type": "boolean"]]]),
      (.map(values: .number), ["type": "object", "additionalProperties": ["type": "number"]]),
      (
        .object([.init("a", .number, required: false, ""), .init("b", .any, "Anything.")]),
        [
          "type": "object", "required": ["b"],
          "properties": ["a": ["type": "number"], "b": ["description": "Anything."]],
        ]
      ),
    ] as [(JSONSchema, JSONValue)])
  func asJSON(schema: JSONSchema, json: JSONValue) { #expect(schema.json == json) }
}
