/// A record header.
public struct Header: Hashable, Sendable {
  public let name: String
  public let value: [UInt8]

  public init(name: String, value: [UInt8]) {
    self.name = name
    self.value = value
  }
}

/// A record to be sent, always to partition 0: a topic of the suite has one.
public struct OutgoingRecord: Hashable, Sendable {
  public let topic: String
  public let key: [UInt8]
  /// `nil` for a record without a value.
  public let value: [UInt8]?
  public let headers: [Header]

  public init(topic: String, key: [UInt8], value: [UInt8]?, headers: [Header] = []) {
    self.topic = topic
    self.key = key
    self.value = value
    self.headers = headers
  }
}

/// A record that was read.
public struct Record: Hashable, Sendable {
  public let topic: String
  public let offset: Int64
  /// Milliseconds since 1970; -1 when the broker gave none.
  public let timestampMillis: Int64
  public let key: [UInt8]?
  public let value: [UInt8]?
  public let headers: [Header]

  /// The last header of a name as text; `nil` when there is none or it is not UTF-8.
  public func header(_ name: String) -> String? {
    headers.last { $0.name == name }.flatMap { String(validating: $0.value, as: UTF8.self) }
  }
}

/// What became of one record that was sent.
public struct Delivery: Sendable {
  /// The token it was sent with.
  public let token: Int64
  /// The offset the broker gave it, or why it has none. A failed record may still be in the log.
  public let result: Result<Int64, KafkaError>

  public init(token: Int64, result: Result<Int64, KafkaError>) {
    self.token = token
    self.result = result
  }

  public var isFailure: Bool {
    if case .failure = result { true } else { false }
  }

  /// What a client that cannot go on gives instead of a delivery.
  public static let clientLost = Delivery(token: 0, result: .failure(.closed))
}
