/// Sizes and times of the messaging loops. The defaults are right for one authority on one machine.
public struct MessagingSettings: Sendable {
  /// The most events a relay has in flight.
  public var relayWindow = 512
  /// An event whose data is larger travels as a pointer to the feed, bytes. The broker's own limit is 1 MB.
  public var maximumRecordBytes = 900_000
  /// How much of the outbox fills an empty log, bytes; what is older, readers get from the feed. The embedded broker
  /// keeps 5 MiB a partition.
  public var refillBytes = 4_000_000
  /// How often an idle relay compares the end of the log with its outbox, milliseconds.
  public var tailCheckMillis: Int64 = 2_000
  /// The most records an intake takes in one transaction.
  public var intakeBatch = 512
  /// How long a read of the topic waits for a record, milliseconds.
  public var pollMillis: Int64 = 500
  /// After so long without a record the feed is asked whether there is something that the topic lost, milliseconds.
  public var quietMillis: Int64 = 5_000
  /// The most events in one feed page.
  public var feedPageEvents = 1_000
  /// The most data in one feed page, bytes; one event is always served.
  public var feedPageBytes = 8_000_000
  /// The most bytes read from a feed's answer.
  public var feedAnswerBytes = 64_000_000
  /// How long a page of a feed may take from the first byte sent to the last byte read, milliseconds.
  public var feedMillis: Int64 = 20_000
  /// How long any one question to the broker may take, milliseconds.
  public var requestMillis: Int64 = 5_000
  /// The first pause after a failure, milliseconds.
  public var firstPauseMillis: Int64 = 50
  /// The longest pause between attempts, milliseconds.
  public var longestPauseMillis: Int64 = 5_000
  /// How often the end of the audit log is verified, milliseconds.
  public var auditMillis: Int64 = 60_000
  /// How often the sources are asked whether their audit logs hold what they published, milliseconds.
  public var auditAskMillis: Int64 = 600_000
  /// How often disk, clock and open files are looked at, milliseconds.
  public var resourceMillis: Int64 = 5_000

  /// How often it is looked where the topics end that the program reads, milliseconds.
  public var endCheckMillis: Int64 = 4_000
  /// How long a reader may be behind before the program is not ready, seconds.
  public var behindSeconds = 300.0
  /// How long a repair from a feed may bring no event before the program is not ready, seconds.
  public var repairSeconds = 30.0

  public init() {}
}
