import Contracts
import Foundation
import Rulebook
import Schemas
import TestKit

/// The golden files: what each event type looked like when it was released.
enum Goldens {
  static let repository = projectFolder
  static let folder = repository.appending(path: "Shared/Contracts/Golden")

  /// The names of all golden files, sorted.
  static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
  }

  static func bytes(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }

  /// The golden files of a type: `<type>.json`, and `<type>.<what was added>.json` for each later optional field.
  static func names(of definition: EventDefinition) throws -> [String] {
    try names().filter { $0.hasPrefix(definition.fileName + ".") }
  }

  static func value(_ name: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: try bytes(name))
  }
}

extension EventDefinition {
  /// Reads data as this type and writes it again.
  func roundTrip(_ value: JSONValue) throws -> JSONValue {
    let written = try roundTrip(.sample(type: type.name, data: Array(try JSONEncoder().encode(value))))
    return try JSONDecoder().decode(JSONValue.self, from: Data(written))
  }
}

extension Event {
  /// A complete made-up envelope.
  static func sample(
    type: String = "uk.everyschoolday.registers.marks-recorded.v1", sequence: Int64 = 42,
    traceparent: String? = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    classification: DataClassification = .pseudonymous, data: [UInt8]? = Array("{}".utf8), dataRef: String? = nil,
    auditHead: AuditAnchor? = nil
  ) -> Event {
    Event(
      id: "a1b2c3d4e5-\(sequence)", source: "/880/registers", type: type, subject: "900101",
      time: Timestamp(millis: 1_788_768_000_000), recordedTime: Timestamp(millis: 1_788_768_061_234),
      sequence: sequence, traceparent: traceparent, classification: classification, data: data, dataRef: dataRef,
      auditHead: auditHead)
  }
}
