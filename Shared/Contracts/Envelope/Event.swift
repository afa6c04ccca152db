/// One fact in its CloudEvents 1.0 envelope, as it lies in an outbox, a topic or a feed.
public struct Event: Hashable, Sendable {
  /// Unique for the source for ever; made when the fact is written down, never at sending.
  public let id: String
  /// `/<authority>/<service>`.
  public let source: String
  /// The full type name; kept as text, so that a type this program does not know survives.
  public let type: String
  /// What the order is kept for and what is parked together; the record's key.
  public let subject: String
  /// When it happened.
  public let time: Timestamp
  /// When the source learned it. Registers are corrected later, so the two differ.
  public let recordedTime: Timestamp
  /// Contiguous for each source, from 1: a step of more than one means that something is missing.
  public let sequence: Int64
  /// W3C trace context of the work that caused the fact.
  public let traceparent: String?
  public let classification: DataClassification
  /// The data as JSON; `nil` in a record that only points at the source's feed (see ``dataRef``).
  public let data: [UInt8]?
  /// Where the data is when it is too large for the broker: CloudEvents' claim-check extension, `dataref`.
  public let dataRef: String?
  /// Where the source's audit log stood; absent in what is older than the keyed chain, and where the log was empty.
  public let auditHead: AuditAnchor?

  public init(
    id: String, source: String, type: String, subject: String, time: Timestamp, recordedTime: Timestamp,
    sequence: Int64, traceparent: String?, classification: DataClassification, data: [UInt8]?, dataRef: String? = nil,
    auditHead: AuditAnchor? = nil
  ) {
    self.id = id
    self.source = source
    self.type = type
    self.subject = subject
    self.time = time
    self.recordedTime = recordedTime
    self.sequence = sequence
    self.traceparent = traceparent
    self.classification = classification
    self.data = data
    self.dataRef = dataRef
    self.auditHead = auditHead
  }

  /// The same fact without its data, pointing at the feed that has it.
  public func pointing(at feed: String) -> Event {
    Event(
      id: id, source: source, type: type, subject: subject, time: time, recordedTime: recordedTime,
      sequence: sequence, traceparent: traceparent, classification: classification, data: nil, dataRef: feed,
      auditHead: auditHead)
  }
}

/// Why something is not an event of this suite. Texts name attributes, never their values.
public enum ContractError: Error, Hashable, Sendable {
  /// A required CloudEvents attribute is absent.
  case missingAttribute(String)
  /// An attribute is present and cannot be read.
  case invalidAttribute(String)
  /// The data is absent, not JSON, or not of the type's shape; the path names the field.
  case invalidData(path: String)
}
