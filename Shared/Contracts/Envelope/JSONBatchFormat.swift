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

  /// Reads a batch. Unknown attributes are ignored. The data is taken as it is, byte for byte: whoever decodes it finds
  /// out whether it is JSON.
  public static func decode(_ bytes: [UInt8]) throws(ContractError) -> [Event] {
    guard let cut = JSONCut(Data(bytes), member: "data"),
      let array = (try? JSONSerialization.jsonObject(with: cut.frame)) as? [[String: Any]],
      array.count == cut.values.count
    else { throw .invalidData(path: "") }
    var events: [Event] = []
    events.reserveCapacity(array.count)
    for (object, data) in zip(array, cut.values) {
      guard (object["data"] != nil) == (data != nil) else { throw .invalidData(path: "data") }
      var attributes: [String: String] = [:]
      for (name, value) in object where Event.attributeNames.contains(name) { attributes[name] = value as? String }
      events.append(try Event(attributes: attributes, data: data.map { Array($0) }))
    }
    return events
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
