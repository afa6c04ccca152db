import Contracts
import Crypto
import Foundation
import Rulebook
import Schemas
import Testing

@Suite("Golden files") struct GoldenTests {
  @Test("Every type has one, and every one has a type")
  func everyTypeHasOne() throws {
    for definition in EventRegistry.all {
      #expect(try Goldens.names(of: definition).contains("\(definition.fileName).json"), "\(definition.type)")
    }
    for name in try Goldens.names() {
      #expect(EventRegistry.all.contains { name.hasPrefix($0.fileName + ".") }, "\(name)")
    }
  }

  @Test("None ever changes: FROZEN holds the SHA-256 of each, in the form of sha256sum")
  func neverChange() throws {
    let frozen = try String(contentsOf: Goldens.folder.appending(path: "FROZEN"), encoding: .utf8)
    var expected: [String: String] = [:]
    for line in frozen.split(separator: "\n") {
      let parts = line.split(separator: " ", omittingEmptySubsequences: true)
      try #require(parts.count == 2, "a line of FROZEN is a hash and a name")
      expected[String(parts[1])] = String(parts[0])
    }
    let found = try Dictionary(
      uniqueKeysWithValues: Goldens.names().map { name in
        (name, SHA256.hash(data: try Goldens.bytes(name)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
      })
    #expect(found == expected)
  }

  @Test("Reading and writing one gives the same value", arguments: EventRegistry.all)
  func roundTrip(_ definition: EventDefinition) throws {
    for name in try Goldens.names(of: definition) {
      let golden = try Goldens.value(name)
      #expect(try definition.roundTrip(golden) == golden, "\(name)")
    }
  }

  @Test("Together they hold exactly the schema's fields", arguments: EventRegistry.all)
  func schemaAndGoldensAgree(_ definition: EventDefinition) throws {
    let found = try Goldens.names(of: definition).reduce(into: Set<String>()) {
      $0.formUnion(definition.schema.fieldPaths(in: try Goldens.value($1)))
    }
    #expect(found == definition.schema.fieldPaths())
  }

  @Test("Unknown fields in every object are survived", arguments: EventRegistry.all)
  func unknownFields(_ definition: EventDefinition) throws {
    for name in try Goldens.names(of: definition) {
      let golden = try Goldens.value(name)
      let extended = definition.schema.addingUnknownFields(to: golden)
      #expect(extended != golden)
      #expect(try definition.roundTrip(extended) == golden, "\(name)")
    }
  }

  @Test("A required field that is missing, renamed or null is refused by its pointer", arguments: EventRegistry.all)
  func requiredFields(_ definition: EventDefinition) throws {
    var tried = 0
    for name in try Goldens.names(of: definition) {
      let golden = try Goldens.value(name)
      for (path, field) in definition.schema.fields(in: golden) where field.required {
        let refusal = ContractError.invalidData(path: path.pointer)
        let without = golden.replacing(path, with: nil)
        #expect(throws: refusal) { try definition.roundTrip(without) }
        let renamed = without.replacing(path.dropLast() + [.key(field.name + "Renamed")], with: golden[path])
        #expect(throws: refusal) { try definition.roundTrip(renamed) }
        #expect(throws: refusal) { try definition.roundTrip(golden.replacing(path, with: .null)) }
        tried += 1
      }
    }
    #expect(tried > 0)
  }

  @Test("An optional field may be missing; renaming it loses it", arguments: EventRegistry.all)
  func optionalFields(_ definition: EventDefinition) throws {
    for name in try Goldens.names(of: definition) {
      let golden = try Goldens.value(name)
      for (path, field) in definition.schema.fields(in: golden) where !field.required {
        let without = golden.replacing(path, with: nil)
        #expect(try definition.roundTrip(without) == without)
        let renamed = without.replacing(path.dropLast() + [.key(field.name + "Renamed")], with: golden[path])
        #expect(try definition.roundTrip(renamed) == without)
      }
    }
  }

  @Test("A value of another kind is refused by the field's pointer", arguments: EventRegistry.all)
  func wrongKind(_ definition: EventDefinition) throws {
    for name in try Goldens.names(of: definition) {
      let golden = try Goldens.value(name)
      for (path, field) in definition.schema.fields(in: golden) {
        let wrong: JSONValue =
          switch field.schema {
          case .string, .oneOf: .number(1.5)
          case .object, .map, .array, .integer, .number, .boolean, .nullable, .anyOf, .any: "text"
          }
        #expect(throws: ContractError.invalidData(path: path.pointer)) {
          try definition.roundTrip(golden.replacing(path, with: wrong))
        }
      }
    }
  }

  @Test("Data that is absent, empty or cut off anywhere is refused", arguments: EventRegistry.all)
  func noData(_ definition: EventDefinition) throws {
    let golden = Array(try Goldens.bytes("\(definition.fileName).json"))
    #expect(throws: ContractError.invalidData(path: "")) { try definition.roundTrip(.sample(data: nil)) }
    for length in 0..<golden.count - 2 {
      #expect(throws: ContractError.self) { try definition.roundTrip(.sample(data: Array(golden.prefix(length)))) }
    }
  }

  /// What ``MarksRecorded`` would be if somebody dropped its session.
  private struct MarksRecordedWithoutSession: Codable {
    let school: URN
    let date: Day
    let marks: [String: [PupilID]]
  }

  @Test("A field dropped from a type does not go unnoticed: the round trip differs")
  func droppedFieldIsNoticed() throws {
    let name = "registers.marks-recorded.v1.json"
    let read = try JSONDecoder().decode(MarksRecordedWithoutSession.self, from: try Goldens.bytes(name))
    let written = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(read))
    let golden = try Goldens.value(name)
    #expect(written != golden)
    #expect(golden.replacing([.key("session")], with: nil) == written)
  }
}
