/// One record in the log.
struct LogRecord: Sendable {
  /// 0 when it cannot be recognised as an event.
  let sequence: Int64
  /// A stand-in for the data; `nil` when it is elsewhere or damaged.
  let content: UInt64?
}

/// A topic of one partition that keeps less than it promises.
struct HostileLog {
  /// The offset of the oldest record.
  private(set) var base: Int64 = 0
  private(set) var records: [LogRecord] = []
  /// Whether the broker can be reached.
  var isUp = true

  /// The offset of the record that will come next.
  var end: Int64 { base + Int64(records.count) }

  /// Appends a record and answers its offset.
  mutating func append(_ record: LogRecord) -> Int64 {
    records.append(record)
    return end - 1
  }

  /// Up to so many records from an offset on; `nil` when the log does not have that offset.
  func read(from offset: Int64, most: Int) -> ArraySlice<LogRecord>? {
    guard offset >= base, offset <= end else { return nil }
    return records[Int(offset - base)...].prefix(most)
  }

  var tail: TailAnswer {
    guard isUp else { return .unavailable }
    guard let last = records.last else { return .empty }
    return last.sequence == 0 ? .unreadable : .event(sequence: last.sequence, offset: end - 1)
  }

  /// Another, empty log in its place.
  mutating func wipe() {
    base = 0
    records = []
  }

  mutating func dropOldest(_ count: Int) {
    let count = min(count, records.count)
    records.removeFirst(count)
    base += Int64(count)
  }

  mutating func dropNewest(_ count: Int) { records.removeLast(min(count, records.count)) }
}
