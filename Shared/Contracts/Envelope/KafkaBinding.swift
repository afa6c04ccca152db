/// CloudEvents' Kafka binding in binary mode: attributes as `ce_` headers, the data as the record's value.
public enum KafkaBinding {
  /// The media type of every event's data.
  public static let contentType = "application/json"
  /// The version of the specification that the envelope follows.
  public static let specVersion = "1.0"
  /// An attribute longer than this many bytes is refused.
  public static let maximumAttributeBytes = 4096

  /// The record headers of an event, in a fixed order.
  public static func headers(of event: Event) -> [(name: String, value: [UInt8])] {
    var headers: [(String, String)] = [
      ("ce_specversion", specVersion), ("ce_id", event.id), ("ce_source", event.source), ("ce_type", event.type),
      ("ce_subject", event.subject), ("ce_time", event.time.description),
      ("ce_recordedtime", event.recordedTime.description), ("ce_sequence", String(event.sequence)),
      ("ce_dataclassification", event.classification.rawValue), ("content-type", contentType),
    ]
    if let traceparent = event.traceparent { headers.append(("ce_traceparent", traceparent)) }
    if let dataRef = event.dataRef { headers.append(("ce_dataref", dataRef)) }
    if let auditHead = event.auditHead { headers.append(("ce_audithead", auditHead.description)) }
    return headers.map { ($0.0, Array($0.1.utf8)) }
  }

  /// Reads the envelope of a record. The data is not decoded.
  ///
  /// `recordedtime` and `dataclassification` may be absent in what others write: the time it happened and the most
  /// careful class stand in. Unknown headers are ignored; of a header given twice the last one counts.
  public static func event(headers: [(name: String, value: [UInt8])], value: [UInt8]?) throws(ContractError) -> Event {
    var attributes: [String: String] = [:]
    for header in headers where header.name.hasPrefix("ce_") {
      let name = String(header.name.dropFirst(3))
      guard Event.attributeNames.contains(name) else { continue }
      guard header.value.count <= maximumAttributeBytes, let text = String(validating: header.value, as: UTF8.self)
      else { throw .invalidAttribute(name) }
      attributes[name] = text
    }
    return try Event(attributes: attributes, data: value)
  }
}

extension Event {
  /// The attributes that are read; all others are ignored.
  static let attributeNames: Set<String> = [
    "specversion", "id", "source", "type", "subject", "time", "recordedtime", "sequence", "dataclassification",
    "traceparent", "dataref", "audithead",
  ]

  /// Checks and gathers the attributes common to every CloudEvents format.
  init(attributes: [String: String], data: [UInt8]?) throws(ContractError) {
    func required(_ name: String) throws(ContractError) -> String {
      guard let value = attributes[name], !value.isEmpty else { throw .missingAttribute(name) }
      return value
    }
    guard try required("specversion") == KafkaBinding.specVersion else { throw .invalidAttribute("specversion") }
    for (name, value) in attributes where value.utf8.count > KafkaBinding.maximumAttributeBytes {
      throw .invalidAttribute(name)
    }
    let digits = try required("sequence")
    // Int64 also reads a sign and leading zeros: two texts for one number.
    guard let sequence = Int64(digits), sequence > 0, digits == String(sequence) else {
      throw .invalidAttribute("sequence")
    }
    guard let time = Timestamp(try required("time")) else { throw .invalidAttribute("time") }
    var recordedTime = time
    if let text = attributes["recordedtime"] {
      guard let value = Timestamp(text) else { throw .invalidAttribute("recordedtime") }
      recordedTime = value
    }
    var classification = DataClassification.personal
    if let text = attributes["dataclassification"] {
      guard let value = DataClassification(rawValue: text) else { throw .invalidAttribute("dataclassification") }
      classification = value
    }
    var auditHead: AuditAnchor?
    if let text = attributes["audithead"] {
      guard let value = AuditAnchor(text) else { throw .invalidAttribute("audithead") }
      auditHead = value
    }
    self.init(
      id: try required("id"), source: try required("source"), type: try required("type"),
      subject: try required("subject"), time: time, recordedTime: recordedTime, sequence: sequence,
      traceparent: attributes["traceparent"], classification: classification, data: data,
      dataRef: attributes["dataref"], auditHead: auditHead)
  }
}
