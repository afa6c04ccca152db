import Foundation
public import ServiceContextModule
public import Tracing

/// A W3C trace context: what one span hands to the next, over HTTP and through topics.
public struct TraceContext: Sendable, Hashable {
  /// 32 lower-case hexadecimal digits.
  public let traceID: String
  /// 16 lower-case hexadecimal digits.
  public let spanID: String

  /// A new trace.
  public init() { self.init(traceID: Self.hex(16), spanID: Self.hex(8)) }

  init(traceID: String, spanID: String) {
    self.traceID = traceID
    self.spanID = spanID
  }

  /// Reads a `traceparent`; `nil` when it is not of the form of version 00.
  public init?(traceparent: String) {
    let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "00", Self.isHex(parts[1], 32), Self.isHex(parts[2], 16),
      Self.isHex(parts[3], 2), parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
    else { return nil }
    self.init(traceID: String(parts[1]), spanID: String(parts[2]))
  }

  /// As it travels.
  public var traceparent: String { "00-\(traceID)-\(spanID)-01" }

  /// A span below this one.
  var child: TraceContext { TraceContext(traceID: traceID, spanID: Self.hex(8)) }

  /// The context of the work at hand.
  public static var current: TraceContext? { ServiceContext.current?.traceContext }

  private static func hex(_ bytes: Int) -> String {
    (0..<bytes).map { _ in
      let digits = String(UInt8.random(in: .min ... .max), radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  private static func isHex(_ text: Substring, _ length: Int) -> Bool {
    text.utf8.count == length && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}

extension ServiceContext {
  private enum Key: ServiceContextKey {
    typealias Value = TraceContext
    static let nameOverride: String? = "trace-context"
  }

  /// The W3C trace context carried along.
  public var traceContext: TraceContext? {
    get { self[Key.self] }
    set { self[Key.self] = newValue }
  }
}

/// Writes finished spans as OTLP JSON lines, one a line, to a file.
public final class SpanFileTracer: Tracer {
  private let file: Locked<FileHandle?>
  private let service: String

  /// - Parameter path: appended to; no span is written when it is empty.
  public init(path: String, service: String) {
    self.service = service
    if path.isEmpty {
      file = Locked(nil)
    } else {
      let files = FileManager.default
      if !files.fileExists(atPath: path) { _ = files.createFile(atPath: path, contents: nil) }
      try? files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      let handle = FileHandle(forWritingAtPath: path)
      _ = try? handle?.seekToEnd()
      file = Locked(handle)
    }
  }

  public func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file: String, line: UInt
  ) -> FileSpan {
    var inner = context()
    let parent = inner.traceContext
    inner.traceContext = parent?.child ?? TraceContext()
    return FileSpan(
      operationName: operationName, context: inner, parent: parent, kind: kind,
      startNanos: instant().nanosecondsSinceEpoch, tracer: self)
  }

  public func activeSpan(identifiedBy context: ServiceContext) -> FileSpan? { nil }
  public func forceFlush() {}

  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    if let text = extractor.extract(key: "traceparent", from: carrier) {
      context.traceContext = TraceContext(traceparent: text)
    }
  }

  public func inject<Carrier, Inject: Injector>(
    _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    if let trace = context.traceContext { injector.inject(trace.traceparent, forKey: "traceparent", into: &carrier) }
  }

  fileprivate func write(_ span: FileSpan, endNanos: UInt64) {
    guard file.withLock({ $0 != nil }), let trace = span.context.traceContext else { return }
    struct Line: Encodable {
      let service, name, traceId, spanId: String
      let parentSpanId: String?
      let startTimeUnixNano, endTimeUnixNano: String
      let status: String?
    }
    let state = span.state.withLock { $0 }
    let line = Line(
      service: service, name: state.name, traceId: trace.traceID, spanId: trace.spanID,
      parentSpanId: span.parent?.spanID, startTimeUnixNano: String(span.startNanos), endTimeUnixNano: String(endNanos),
      status: state.failed)
    guard var data = try? JSONEncoder().encode(line) else { return }
    data.append(UInt8(ascii: "\n"))
    file.withLock { handle in try? handle?.write(contentsOf: data) }
  }
}

/// A span that is written when it ends. Errors are kept by type only: their texts may hold what they must not.
public final class FileSpan: Span {
  struct State: Sendable {
    var name: String
    var failed: String?
    var hasEnded = false
    var attributes = SpanAttributes()
  }

  public let context: ServiceContext
  let parent: TraceContext?
  let kind: SpanKind
  let startNanos: UInt64
  let state: Locked<State>
  private let tracer: SpanFileTracer

  init(
    operationName: String, context: ServiceContext, parent: TraceContext?, kind: SpanKind, startNanos: UInt64,
    tracer: SpanFileTracer
  ) {
    self.context = context
    self.parent = parent
    self.kind = kind
    self.startNanos = startNanos
    self.tracer = tracer
    state = Locked(State(name: operationName))
  }

  public var operationName: String {
    get { state.withLock { $0.name } }
    set { state.withLock { $0.name = newValue } }
  }
  public var attributes: SpanAttributes {
    get { state.withLock { $0.attributes } }
    set { state.withLock { $0.attributes = newValue } }
  }
  public var isRecording: Bool { true }
  public func setStatus(_ status: SpanStatus) { if status.code == .error { state.withLock { $0.failed = "error" } } }
  public func addEvent(_ event: SpanEvent) {}
  public func addLink(_ link: SpanLink) {}
  public func recordError<Instant: TracerInstant>(
    _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
  ) { state.withLock { $0.failed = "\(type(of: error))" } }

  public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    let isFirst = state.withLock { state in
      defer { state.hasEnded = true }
      return !state.hasEnded
    }
    if isFirst { tracer.write(self, endNanos: instant().nanosecondsSinceEpoch) }
  }
}
