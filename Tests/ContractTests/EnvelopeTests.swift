import Contracts
import Foundation
import Schemas
import Testing

@Suite("Envelope") struct EnvelopeTests {
  private typealias Headers = [(name: String, value: [UInt8])]

  private static let required = ["specversion", "id", "source", "type", "subject", "time", "sequence"]

  private func headers(replacing name: String, with value: [UInt8]?) -> Headers {
    KafkaBinding.headers(of: .sample()).compactMap { header in
      guard header.name == "ce_\(name)" else { return header }
      return value.map { (header.name, $0) }
    }
  }

  private func read(_ headers: Headers) throws(ContractError) -> Event {
    try KafkaBinding.event(headers: headers, value: Array("{}".utf8))
  }

  @Test("The headers are CloudEvents 1.0 in Kafka binary mode, character by character")
  func headersAreFrozen() {
    let headers = KafkaBinding.headers(of: .sample(dataRef: "/events?after=41&limit=1")).map {
      "\($0.name): \(String(decoding: $0.value, as: UTF8.self))"
    }
    #expect(
      headers == [
        "ce_specversion: 1.0", "ce_id: a1b2c3d4e5-42", "ce_source: /880/registers",
        "ce_type: uk.everyschoolday.registers.marks-recorded.v1", "ce_subject: 900101",
        "ce_time: 2026-09-07T08:00:00.000Z", "ce_recordedtime: 2026-09-07T08:01:01.234Z", "ce_sequence: 42",
        "ce_dataclassification: pseudonymous", "content-type: application/json",
        "ce_traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "ce_dataref: /events?after=41&limit=1",
      ])
  }

  @Test("A record gives the event back", arguments: DataClassification.allCases)
  func recordRoundTrip(_ classification: DataClassification) throws {
    let events: [Event] = [
      .sample(classification: classification), .sample(traceparent: nil, classification: classification),
      .sample(sequence: .max, classification: classification),
      .sample(classification: classification).pointing(at: "/events?after=41&limit=1"),
    ]
    for event in events {
      #expect(try KafkaBinding.event(headers: KafkaBinding.headers(of: event), value: event.data) == event)
    }
  }

  @Test("A batch gives the events back; the feed never points at itself")
  func batchRoundTrip() throws {
    let goldens = try EventRegistry.all.enumerated().map { index, definition in
      let data = try definition.roundTrip(
        .sample(data: Array(try Goldens.bytes("\(definition.fileName).json"))))
      return Event.sample(
        type: definition.type.name, sequence: Int64(index + 1),
        traceparent: index.isMultiple(of: 2) ? nil : "00-a-b-01",
        classification: definition.classification, data: data)
    }
    let decoded = try JSONBatchFormat.decode(JSONBatchFormat.encode(goldens))
    #expect(try decoded.map { try $0.dataValue() } == goldens.map { try $0.dataValue() })
    #expect(decoded.map { $0.pointing(at: "") } == goldens.map { $0.pointing(at: "") })
    #expect(try JSONBatchFormat.decode(JSONBatchFormat.encode([])).isEmpty)
  }

  @Test("Where the audit log stood travels in the topic and in the feed")
  func auditHeadTravels() throws {
    let head = try #require(AuditAnchor("120.9f86d081884c7d659a2feaa0"))
    #expect(head.count == 120 && head.description == "120.9f86d081884c7d659a2feaa0")
    let event = Event.sample(auditHead: head)
    let headers = KafkaBinding.headers(of: event)
    #expect(headers.last.map { "\($0.name) \(String(decoding: $0.value, as: UTF8.self))" } == "ce_audithead \(head)")
    #expect(try KafkaBinding.event(headers: headers, value: event.data) == event)
    #expect(try JSONBatchFormat.decode(JSONBatchFormat.encode([event])).map(\.auditHead) == [head])
    #expect(event.pointing(at: "/events").auditHead == head)
  }

  @Test(
    "What is no audit head is refused by its name",
    arguments: [
      "", "120", "120.", "0.9f86d081884c7d659a2feaa0", "-1.9f86d081884c7d659a2feaa0", "012.9f86d081884c7d659a2feaa0",
      "120.9F86D081884C7D659A2FEAA0", "120.9f86d081884c7d659a2feaa", "120.9f86d081884c7d659a2feaa00",
      "120.9f86d081884c7d659a2feaa0.1", "99999999999999999999.9f86d081884c7d659a2feaa0",
    ])
  func junkAuditHead(text: String) throws {
    let headers = KafkaBinding.headers(of: .sample()) + [("ce_audithead", Array(text.utf8))]
    #expect(throws: ContractError.invalidAttribute("audithead")) { _ = try read(headers) }
  }

  @Test("A batch is CloudEvents JSON, character by character")
  func batchIsFrozen() throws {
    let bytes = try JSONBatchFormat.encode([.sample(data: Array(#"{"a":"/"}"#.utf8))])
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"[{"dataclassification":"pseudonymous","datacontenttype":"application/json","id":"a1b2c3d4e5-42","#
        + #""recordedtime":"2026-09-07T08:01:01.234Z","sequence":"42","source":"/880/registers","specversion":"1.0","#
        + #""subject":"900101","time":"2026-09-07T08:00:00.000Z","#
        + #""traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","#
        + #""type":"uk.everyschoolday.registers.marks-recorded.v1","data":{"a":"/"}}]"#)
  }

  @Test("A type that this program does not know survives, with its data")
  func unknownTypeSurvives() throws {
    let event = Event.sample(type: "uk.everyschoolday.cme.child-sighted.v7", data: Array(#"{"a":[1,null]}"#.utf8))
    #expect(EventRegistry.definition(named: event.type) == nil)
    #expect(try KafkaBinding.event(headers: KafkaBinding.headers(of: event), value: event.data) == event)
    #expect(try JSONBatchFormat.decode(JSONBatchFormat.encode([event])) == [event])
  }

  @Test("Each required attribute, when missing or empty, is named", arguments: required)
  func missingAttribute(_ name: String) throws {
    #expect(throws: ContractError.missingAttribute(name)) { try read(headers(replacing: name, with: nil)) }
    #expect(throws: ContractError.missingAttribute(name)) { try read(headers(replacing: name, with: [])) }
  }

  @Test(
    "Each attribute that cannot be read is named",
    arguments: [
      ("specversion", ["0.3", "1", "2.0"]),
      (
        "sequence",
        ["0", "-1", "+1", "01", "9223372036854775808", "99999999999999999999", "1e3", "1.0", " 1", "1 ", "x", "½", "٣"]
      ),
      (
        "time",
        [
          "yesterday", "2026-09-07", "2026-09-07 08:00:00Z", "2026-09-07T08:00Z", "2026-09-07T08:00:00.Z",
          "2026-09-07T08:00:00+1:00", "2026-09-07T08:00:00+24:00", "2026-09-07T08:00:00ZZ", "2026-02-29T08:00:00Z",
          "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1", "Z",
        ]
      ),
      ("recordedtime", ["", "now", "2026-09-07T25:00:00Z", "2026-09-07T08:00:60Z", "2026-09-07T08:00:00"]),
      ("dataclassification", ["", "public", "PERSONAL"]),
    ] as [(String, [String])])
  func invalidAttribute(_ name: String, _ values: [String]) throws {
    for value in values {
      #expect(throws: ContractError.invalidAttribute(name), "\(value)") {
        try read(headers(replacing: name, with: Array(value.utf8)))
      }
    }
  }

  @Test("Bytes that are no UTF-8 and attributes beyond the limit are refused", arguments: required + ["traceparent"])
  func hostileBytes(_ name: String) throws {
    let limit = KafkaBinding.maximumAttributeBytes
    for value in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], Array(repeating: UInt8(ascii: "1"), count: limit + 1)] {
      #expect(throws: ContractError.invalidAttribute(name)) { try read(headers(replacing: name, with: value)) }
    }
  }

  @Test("An attribute of exactly the limit is read")
  func longestAttribute() throws {
    let text = String(repeating: "s", count: KafkaBinding.maximumAttributeBytes)
    #expect(try read(headers(replacing: "subject", with: Array(text.utf8))).subject == text)
  }

  @Test("Headers of others are ignored, whatever is in them; of one given twice the last counts")
  func otherHeaders() throws {
    var headers = KafkaBinding.headers(of: .sample())
    headers.append(("ce_partitionkey", [0xFF]))
    headers.append(("", []))
    headers.append(("ce_", Array(repeating: 0, count: 100_000)))
    headers.append(("b3", [0, 1, 2]))
    headers.append(("ce_sequence", Array("43".utf8)))
    #expect(try read(headers) == Event(sequence43: .sample()))
  }

  @Test("What others may leave out has careful defaults: the time it happened, and the class personal")
  func carefulDefaults() throws {
    let optional = ["ce_recordedtime", "ce_dataclassification", "ce_traceparent", "content-type"]
    let event = try read(KafkaBinding.headers(of: .sample()).filter { !optional.contains($0.name) })
    #expect(event.recordedTime == event.time)
    #expect(event.classification == .personal)
    #expect(event.traceparent == nil)
  }

  @Test(
    "A batch that is none is refused",
    arguments: [
      "", "{}", "null", "[1]", "[null]", "[[]]", "[{}]", "[{\"specversion\":1.0}]", "[", "\u{FEFF}[]x", "\"\"",
    ])
  func hostileBatch(_ text: String) {
    #expect(throws: ContractError.self) { try JSONBatchFormat.decode(Array(text.utf8)) }
  }

  @Test(
    "The data of a batch is taken byte for byte",
    arguments: [
      #"{"b":[1.50,{"data":"]}"}],"a":null}"#, "null", "[]", "0", #""a\"}],b""#, #"{ "z" : 1 ,"y":[ ] }"#,
    ])
  func dataIsTakenAsItIs(_ data: String) throws {
    let whole = String(decoding: try JSONBatchFormat.encode([.sample(), .sample(sequence: 43)]), as: UTF8.self)
    let spaced = whole.replacing(#""data":{}"#, with: "\"data\"\n:\t\(data)\r\n")
    #expect(spaced != whole)
    #expect(try JSONBatchFormat.decode(Array(spaced.utf8)).map(\.data) == [Array(data.utf8), Array(data.utf8)])
  }

  @Test(
    "Data that is there twice, empty, or under a name that hides it is refused",
    arguments: [#""data":{},"data":{}"#, #""data":"#, #""d\u0061ta":{}"#, #""data":{"#, #""data":}"#])
  func hiddenData(_ member: String) throws {
    let text = String(decoding: try JSONBatchFormat.encode([.sample()]), as: UTF8.self)
    let changed = text.replacing(#""data":{}"#, with: member)
    #expect(changed != text)
    #expect(throws: ContractError.self) { try JSONBatchFormat.decode(Array(changed.utf8)) }
  }

  @Test("A batch nested too deeply is refused and does not exhaust the stack")
  func deepBatch() {
    let depth = 200_000
    let bytes = Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
    #expect(throws: ContractError.self) { try JSONBatchFormat.decode(bytes) }
  }

  @Test("One bad event refuses the whole batch, so that none is passed over")
  func oneBadEvent() throws {
    var text = String(decoding: try JSONBatchFormat.encode([.sample(), .sample(sequence: 43)]), as: UTF8.self)
    text = text.replacing(#""sequence":"43""#, with: #""sequence":43"#)
    #expect(throws: ContractError.missingAttribute("sequence")) { try JSONBatchFormat.decode(Array(text.utf8)) }
  }

  @Test(
    "Times are read in any offset and written in UTC to the millisecond",
    arguments: [
      ("2026-09-07T08:00:00Z", "2026-09-07T08:00:00.000Z"),
      ("2026-09-07T09:00:00+01:00", "2026-09-07T08:00:00.000Z"),
      ("2026-09-07T03:30:00.123456789-04:30", "2026-09-07T08:00:00.123Z"),
      ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
      ("2026-09-07T08:00:00.5Z", "2026-09-07T08:00:00.500Z"),
      ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
      ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000Z"),
      ("2199-12-31T23:59:59Z", "2199-12-31T23:59:59.000Z"),
      ("2028-02-29T12:34:56.789Z", "2028-02-29T12:34:56.789Z"),
    ])
  func times(_ text: String, _ written: String) throws {
    #expect(try #require(Timestamp(text)).description == written)
  }
}

extension Event {
  fileprivate func dataValue() throws -> JSONValue { try JSONDecoder().decode(JSONValue.self, from: Data(data ?? [])) }

  fileprivate init(sequence43 event: Event) {
    self.init(
      id: event.id, source: event.source, type: event.type, subject: event.subject, time: event.time,
      recordedTime: event.recordedTime, sequence: 43, traceparent: event.traceparent,
      classification: event.classification, data: event.data)
  }
}
