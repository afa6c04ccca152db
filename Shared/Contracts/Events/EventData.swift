import Foundation
public import Schemas

/// The data of one event type. Every field is described in ``schema`` as well; a test holds the two together.
public protocol EventData: Codable, Hashable, Sendable {
  /// The type under which this data travels.
  static var type: EventType { get }
  /// How carefully it must be kept.
  static var classification: DataClassification { get }
  /// What has happened, in one sentence, and when it is published.
  static var summary: String { get }
  /// The data's shape, as published in `docs/contracts`.
  static var schema: JSONSchema { get }

  /// Reads the data of an event of this type. Unknown fields are ignored.
  static func decode(_ event: Event) throws(ContractError) -> Self
}

/// One of several event types whose data is the same: each has a type of its own, so that a reader skips the others by
/// their header.
public protocol EventFact: Sendable, Hashable {
  static var type: EventType { get }
  static var summary: String { get }
}

extension EventData {
  /// The data as compact JSON, keys sorted, so that equal facts are equal bytes.
  public func encoded() throws(ContractError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { throw .invalidData(path: "") }
    return Array(data)
  }

  public static func decode(_ event: Event) throws(ContractError) -> Self { try decodeJSON(event) }

  /// As a decoder of JSON reads it.
  static func decodeJSON(_ event: Event) throws(ContractError) -> Self {
    guard let bytes = event.data else { throw .invalidData(path: "") }
    do {
      return try JSONDecoder().decode(Self.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw .invalidData(path: error.fieldPath)
    } catch {
      throw .invalidData(path: "")
    }
  }
}

extension DecodingError {
  /// The field at fault as a JSON pointer (RFC 6901); never its value.
  fileprivate var fieldPath: String {
    switch self {
    case .keyNotFound(let key, let context): pointer(context.codingPath + [key])
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      pointer(context.codingPath)
    @unknown default: ""
    }
  }

  private func pointer(_ path: [any CodingKey]) -> String {
    path.map { JSONPointer.step($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
  }
}
