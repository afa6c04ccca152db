import CRdKafka

extension Record {
  /// Copies a message; the caller destroys it.
  init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
    var timestampType = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let timestamp = rd_kafka_message_timestamp(message, &timestampType)
    self.init(
      topic: String(cString: rd_kafka_topic_name(message.pointee.rkt)), offset: message.pointee.offset,
      timestampMillis: timestamp, key: Self.bytes(message.pointee.key, message.pointee.key_len),
      value: Self.bytes(message.pointee.payload, message.pointee.len), headers: Self.headers(message))
  }

  private static func bytes(_ pointer: UnsafeMutableRawPointer?, _ count: Int) -> [UInt8]? {
    pointer.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
  }

  private static func headers(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> [Header] {
    var list: OpaquePointer?
    guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
    let count = rd_kafka_header_cnt(list)
    return (0..<count).compactMap { index in
      var name: UnsafePointer<CChar>?
      var value: UnsafeRawPointer?
      var size = 0
      guard rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name else {
        return nil
      }
      return Header(name: String(cString: name), value: Array(UnsafeRawBufferPointer(start: value, count: size)))
    }
  }
}
