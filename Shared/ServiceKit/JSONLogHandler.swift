import Foundation
public import Logging

/// Writes one JSON object a line to standard error: for machines first, readable for people.
public struct JSONLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  public var logLevel: Logger.Level

  public init(logLevel: Logger.Level) { self.logLevel = logLevel }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var fields = metadata
    if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
    if let more = event.metadata { fields.merge(more) { $1 } }
    if let context = TraceContext.current { fields[Names.Log.traceID] = "\(context.traceID)" }
    var object = fields.mapValues { "\($0)" }
    object["level"] = event.level.rawValue
    object["message"] = event.message.description
    object["time"] = Date().ISO8601Format(.init(includingFractionalSeconds: true))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var line = try? encoder.encode(object) else { return }
    line.append(UInt8(ascii: "\n"))
    StandardError.write(line)
  }
}
