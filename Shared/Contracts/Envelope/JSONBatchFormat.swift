import Foundation
import Schemas

/// CloudEvents' JSON batch format (`application/cloudevents-batch+json`): how a feed serves an outbox.
public enum JSONBatchFormat {
  /// The media type of a batch.
  public static let contentType = "application/cloudevents-batch+json"

  /// Writes events as one JSON array. The data goes in as it is, byte for byte: it was written as JSON.
  public static func encode(_ events: [Event]) throws(ContractError) -> [UInt8] {
    var bytes = Array("[".utf8)
    for (index, event) in events.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      let attributes = Attributes(event)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      guard let head = try? encoder.encode(attributes) else { throw .invalidAttribute("subject") }
      bytes.append(contentsOf: head.dropLast())
      if let data = event.data {
        bytes.append(contentsOf: ",\"data\":".utf8)
        bytes.append(contentsOf: data)
      }
      bytes.append(UInt8(ascii: "}"))
    }
    bytes.append(UInt8(ascii: "]"))
    return bytes
  }

  /// The most attributes of one event: those that are read, and some of others.
  private static let mostAttributes = 50

  /// Reads a batch: the attributes of each event, and where its data is. The data is taken as it is, byte for byte:
  /// whoever decodes it finds out whether it is JSON. Unknown attributes are ignored, and values that are no text.
  ///
  /// - Parameter limit: the most events.
  /// - Throws: `ContractError` for the whole when one event cannot be read, so that none is passed over; also when an
  ///   event has a name twice, or one that is written with escapes.
  public static func decode(_ bytes: [UInt8], atMost limit: Int = .max) throws(ContractError) -> [Event] {
    var events: [Event] = []
    do {
      try bytes.withUnsafeBufferPointer { bytes in
        var scanner = JSONScanner(bytes)
        try scanner.array { scanner in
          guard events.count < limit else { throw ContractError.invalidData(path: "") }
          events.append(try event(&scanner))
        }
        try scanner.end()
      }
    } catch let error as ContractError {
      throw error
    } catch {
      throw .invalidData(path: "")
    }
    return events
  }

  private static func event(_ scanner: inout JSONScanner) throws -> Event {
    let bytes = scanner.bytes
    var names: [Range<Int>] = []
    var attributes: [String: String] = [:]
    var data: [UInt8]?
    try scanner.object { scanner, place in
      let name = bytes[place]
      guard names.count < mostAttributes, !name.contains(UInt8(ascii: "\\")),
        !names.contains(where: { bytes[$0].elementsEqual(name) })
      else { throw ContractError.invalidData(path: "") }
      names.append(place)
      if name.elementsEqual("data".utf8) {
        data = Array(bytes[try scanner.value()])
      } else if let known = String(validating: name, as: UTF8.self), Event.attributeNames.contains(known) {
        attributes[known] = try attribute(known, &scanner)
      } else {
        _ = try scanner.value()
      }
    }
    return try Event(attributes: attributes, data: data)
  }

  /// The value of an attribute; `nil` when it is no text.
  private static func attribute(_ name: String, _ scanner: inout JSONScanner) throws -> String? {
    guard scanner.peek() == UInt8(ascii: "\"") else {
      _ = try scanner.value()
      return nil
    }
    let place = try scanner.text()
    let raw = scanner.bytes[place]
    // An escape takes at most six bytes for one.
    guard raw.count <= 6 * KafkaBinding.maximumAttributeBytes else { throw ContractError.invalidAttribute(name) }
    guard raw.contains(UInt8(ascii: "\\")) else {
      guard let text = String(validating: raw, as: UTF8.self) else { throw ContractError.invalidAttribute(name) }
      return text
    }
    let quoted = Data(scanner.bytes[place.lowerBound - 1...place.upperBound])
    guard let text = try? JSONDecoder().decode(String.self, from: quoted) else {
      throw ContractError.invalidAttribute(name)
    }
    return text
  }

  private struct Attributes: Encodable {
    let specversion = KafkaBinding.specVersion
    let datacontenttype = KafkaBinding.contentType
    let id, source, type, subject, sequence: String
    let time, recordedtime: Timestamp
    let traceparent: String?
    let dataclassification: DataClassification
    let audithead: String?

    init(_ event: Event) {
      id = event.id
      source = event.source
      type = event.type
      subject = event.subject
      sequence = String(event.sequence)
      time = event.time
      recordedtime = event.recordedTime
      traceparent = event.traceparent
      dataclassification = event.classification
      audithead = event.auditHead?.description
    }
  }
}
