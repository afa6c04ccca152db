import Contracts
import Foundation

extension FuzzTarget {
  /// A page of a feed, and its bytes once more as the data of an event of marks.
  static func feedPage(_ bytes: [UInt8]) -> String? {
    if let broken = marks(bytes) { return broken }
    guard let events = try? JSONBatchFormat.decode(bytes) else { return nil }
    guard let written = try? JSONBatchFormat.encode(events), let again = try? JSONBatchFormat.decode(written) else {
      return "what is read can be written and read"
    }
    guard again.map(Parts.init) == events.map(Parts.init) else { return "what is written is what was read" }
    guard events.isEmpty || (try? JSONBatchFormat.decode(bytes, atMost: events.count - 1)) == nil else {
      return "no more events than the limit"
    }
    for event in events.prefix(20) {
      if let data = event.data, bytes.firstRange(of: data) == nil { return "data is handed on as it was written" }
      if let broken = event.data.flatMap(marks) { return broken }
    }
    return nil
  }

  /// What a page has of an event: it never points at a feed.
  private struct Parts: Equatable {
    let event: Event
    let data: [UInt8]?

    init(_ event: Event) {
      self.event = event.pointing(at: "")
      data = event.data
    }
  }

  private static func marks(_ data: [UInt8]) -> String? {
    let event = Event(
      id: "1", source: "/880/registers", type: MarksRecorded.type.name, subject: "900101", time: Timestamp(millis: 0),
      recordedTime: Timestamp(millis: 0), sequence: 1, traceparent: nil, classification: .pseudonymous, data: data)
    return (try? MarksRecorded.decode(event)) == (try? JSONDecoder().decode(MarksRecorded.self, from: Data(data)))
      ? nil : "marks are read as a decoder reads them"
  }
}
