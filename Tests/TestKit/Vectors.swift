public import Foundation

/// A decision table: from the folder that `VECTORS` names, else the project's own copy.
public struct DecisionTable: Sendable {
  /// One case. Input and expectation are kept as JSON, because every kind has its own shape.
  public struct Case: Sendable {
    public let id: String
    public let type: String?
    public let input: Data
    public let expected: Data

    /// The input, decoded.
    public func input<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try JSONDecoder().decode(type, from: input)
    }

    /// Whether an answer is the whole expectation, field by field.
    public func expects(_ answer: [String: (any Sendable)?]) throws -> Bool {
      let object = answer.mapValues { value -> Any in value ?? NSNull() }
      return try canonical(JSONSerialization.data(withJSONObject: object)) == canonical(expected)
    }
  }

  public let name: String
  public let cases: [Case]

  /// Reads a table and prints how many cases it has.
  ///
  /// - Throws: when the file is absent, no table or empty.
  public init(_ name: String, type: String? = nil) throws {
    struct Unusable: Error { let table: String }
    let url = try Self.url(name)
    guard let table = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any],
      let rows = table["cases"] as? [[String: Any]]
    else { throw Unusable(table: name) }
    self.name = name
    cases = try rows.compactMap { row in
      guard let id = row["id"] as? String, let input = row["input"], let expected = row["expected"] else {
        throw Unusable(table: name)
      }
      let kind = row["type"] as? String
      guard type == nil || kind == type else { return nil }
      return Case(
        id: id, type: kind, input: try JSONSerialization.data(withJSONObject: input),
        expected: try JSONSerialization.data(withJSONObject: expected))
    }
    guard !cases.isEmpty else { throw Unusable(table: name) }
    print("\(name)\(type.map { " (\($0))" } ?? ""): \(cases.count) cases")
  }

  /// Where a file of the tables is.
  public static func url(_ name: String) throws -> URL {
    let folder =
      ProcessInfo.processInfo.environment["VECTORS"].map { URL(fileURLWithPath: $0) }
      ?? projectFolder.appending(path: "Tests/Vectors")
    return folder.appending(path: name)
  }
}

/// The checkout's top folder.
public let projectFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

private func canonical(_ data: Data) throws -> Data {
  try JSONSerialization.data(withJSONObject: JSONSerialization.jsonObject(with: data), options: [.sortedKeys])
}
