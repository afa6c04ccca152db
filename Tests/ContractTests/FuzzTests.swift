import Contracts
import Foundation
import Seeded
import TestKit
import Testing

@Suite("Hostile bytes: an error or a value, never a trap") struct FuzzTests {
  /// What breaks careless readers.
  private static let fragments = [
    "null", "1e999", "-0", "9223372036854775808", "0.1", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]", "[[[[", "}", "\"",
    "\\", "true", ",", ":", "\u{FEFF}", "\"2026-02-30\"", "\"p000000000\"", "NaN",
  ].map { Array($0.utf8) }

  private func mutated(_ original: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 1...12, using: &generator))
      switch Int.random(in: 0..<6, using: &generator) {
      case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: Self.fragments.randomElement(using: &generator) ?? [], at: place)
      case 3: bytes.replaceSubrange(place..<end, with: Self.fragments.randomElement(using: &generator) ?? [])
      case 4: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
      default: bytes.insert(UInt8.random(in: 0 ... .max, using: &generator), at: place)
      }
    }
    return bytes
  }

  @Test("Data of every type", arguments: EventRegistry.all)
  func data(_ definition: EventDefinition) throws {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let golden = Array(try Goldens.bytes("\(definition.fileName).json"))
    var read = 0
    for _ in 0..<1_000 {
      let event = Event.sample(data: mutated(golden, using: &generator))
      guard let once = try definition.roundTripOrRefusal(event) else { continue }
      read += 1
      // What was read must be written in a form that is read as the same.
      #expect(try definition.roundTrip(.sample(data: once)) == once)
    }
    #expect(read > 0 && read < 1_000, "mutations must both hurt and not hurt")
  }

  @Test("Batches")
  func batches() throws {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let batch = try JSONBatchFormat.encode([.sample(), .sample(sequence: 43, data: Array(#"{"a":[1,"x"]}"#.utf8))])
    var read = 0
    for _ in 0..<5_000 {
      do throws(ContractError) {
        let events = try JSONBatchFormat.decode(mutated(batch, using: &generator))
        read += 1
        #expect(try JSONBatchFormat.decode(JSONBatchFormat.encode(events)) == events.map(\.inFeed))
      } catch {}
    }
    #expect(read > 0 && read < 5_000)
  }

  @Test("Headers")
  func headers() throws {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let sound = KafkaBinding.headers(of: .sample(dataRef: "/events?after=41&limit=1"))
    var read = 0
    for _ in 0..<5_000 {
      var headers = sound
      let index = Int.random(in: 0..<headers.count, using: &generator)
      headers[index].value = mutated(headers[index].value, using: &generator)
      do throws(ContractError) {
        let event = try KafkaBinding.event(headers: headers, value: nil)
        read += 1
        #expect(try KafkaBinding.event(headers: KafkaBinding.headers(of: event), value: nil) == event)
      } catch {}
    }
    #expect(read > 0 && read < 5_000)
  }
}

extension EventDefinition {
  /// The data read and written, or `nil` when it was refused the right way.
  fileprivate func roundTripOrRefusal(_ event: Event) throws -> [UInt8]? {
    do {
      return try roundTrip(event)
    } catch is ContractError {
      return nil
    }
  }
}

extension Event {
  /// As a feed serves it: with the data, never pointing at itself.
  fileprivate var inFeed: Event {
    Event(
      id: id, source: source, type: type, subject: subject, time: time, recordedTime: recordedTime,
      sequence: sequence, traceparent: traceparent, classification: classification, data: data)
  }
}
