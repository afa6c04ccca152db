/// What a type asked its decoder for.
final class Shape {
  private(set) var schemas: [JSONSchema] = []
  private var isObject = false
  private var fields: [(name: String, shape: Shape)] = []
  private var optional: Set<String> = []
  private var element: Shape?

  /// What was found; `nil` when nothing was asked for.
  var schema: JSONSchema? {
    var found = schemas
    if isObject {
      found.append(
        .object(
          fields.compactMap { name, shape in
            shape.schema.map { .init(name, $0, required: !optional.contains(name), "") }
          }))
    }
    if let element { found.append(.array(element.schema ?? .any)) }
    return found.count > 1 ? .anyOf(found) : found.first
  }

  func note(_ schema: JSONSchema) { if !schemas.contains(schema) { schemas.append(schema) } }
  func noteObject() { isObject = true }
  /// The field was asked whether it is `null`, so it may be, or may be absent.
  func noteOptional(_ name: String) { optional.insert(name) }

  func field(_ name: String) -> Shape {
    if let known = fields.first(where: { $0.name == name }) { return known.shape }
    let shape = Shape()
    fields.append((name, shape))
    return shape
  }

  func anyElement() -> Shape {
    let shape = element ?? Shape()
    element = shape
    return shape
  }
}

struct ProbeKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ index: Int) { (stringValue, intValue) = (String(index), index) }
  init(_ name: String) { (stringValue, intValue) = (name, nil) }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { self.init(intValue) }
}

/// A decoder that has something for everybody and notes what was asked.
struct ProbeDecoder: Decoder {
  let shape: Shape
  let codingPath: [any CodingKey]
  let within: [any Decodable.Type]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    shape.noteObject()
    return KeyedDecodingContainer(ProbedObject(decoder: self))
  }

  func unkeyedContainer() -> any UnkeyedDecodingContainer { ProbedList(decoder: self) }
  func singleValueContainer() -> any SingleValueDecodingContainer { ProbedValue(decoder: self) }

  func nested(_ shape: Shape, _ key: any CodingKey) -> ProbeDecoder {
    ProbeDecoder(shape: shape, codingPath: codingPath + [key], within: within)
  }

  func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let found = try Probe.describe(type, path: codingPath, within: within)
    shape.note(found.schema)
    return found.sample
  }
}

private struct ProbedObject<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: ProbeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { [] }

  private func field(_ key: any CodingKey) -> ProbeDecoder {
    decoder.nested(decoder.shape.field(key.stringValue), key)
  }

  func contains(_ key: Key) -> Bool { true }

  /// `decodeIfPresent` asks this first, so that the field is known to be optional when it is decoded.
  func decodeNil(forKey key: Key) -> Bool {
    decoder.shape.noteOptional(key.stringValue)
    return false
  }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try field(key).value(type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedDecodingContainer<Nested> { field(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { field(key).unkeyedContainer() }
  func superDecoder() -> any Decoder { field(ProbeKey("super")) }
  func superDecoder(forKey key: Key) -> any Decoder { field(key) }
}

private struct ProbedList: UnkeyedDecodingContainer {
  let decoder: ProbeDecoder
  private let element: ProbeDecoder
  private(set) var currentIndex = 0

  init(decoder: ProbeDecoder) {
    self.decoder = decoder
    element = decoder.nested(decoder.shape.anyElement(), ProbeKey(0))
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { 1 }
  var isAtEnd: Bool { currentIndex > 0 }

  mutating func decodeNil() -> Bool { false }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    currentIndex += 1
    return try element.value(type)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedDecodingContainer<Nested> {
    currentIndex += 1
    return element.container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
    currentIndex += 1
    return element.unkeyedContainer()
  }

  mutating func superDecoder() -> any Decoder {
    currentIndex += 1
    return element
  }
}

private struct ProbedValue: SingleValueDecodingContainer {
  let decoder: ProbeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { false }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.value(type) }
}
