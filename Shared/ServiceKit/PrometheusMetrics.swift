public import CoreMetrics
import Foundation

/// Keeps metrics in memory and writes them in Prometheus' text format.
public final class PrometheusMetrics: MetricsFactory, Sendable {
  /// The media type of ``text()``.
  static let mediaType = "text/plain; version=0.0.4"
  /// The upper bounds of every histogram, seconds.
  static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
  /// A series beyond this many is not kept: a label that grows without end must not fill the memory.
  static let maximumSeries = 2_000

  enum Kind: String { case counter, gauge, histogram }

  struct Series: Sendable, Hashable {
    let name: String
    let labels: String
  }

  struct Value: Sendable {
    let kind: Kind
    var number = 0.0
    var buckets: [Int] = []
    var count = 0
  }

  private let values = Locked<[Series: Value]>([:])
  private let gauges = Locked<[(name: String, read: @Sendable () async -> [(labels: [(String, String)], Double)])]>([])

  public init() {}

  /// Adds gauges that are read when somebody looks.
  public func gauge(_ name: String, _ read: @escaping @Sendable () async -> [(labels: [(String, String)], Double)]) {
    gauges.withLock { $0.append((name, read)) }
  }

  /// All metrics in the text format.
  public func text() async -> String {
    var all = values.withLock { $0 }
    for (name, read) in gauges.withLock({ $0 }) {
      for (labels, number) in await read() {
        all[Series(name: name, labels: Self.labels(labels))] = Value(kind: .gauge, number: number)
      }
    }
    all[Series(name: Names.Metric.memory, labels: "")] = Value(kind: .gauge, number: Double(Self.residentBytes))
    var lines: [String] = []
    var typed: Set<String> = []
    for (series, value) in all.sorted(by: { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }) {
      if typed.insert(series.name).inserted { lines.append("# TYPE \(series.name) \(value.kind.rawValue)") }
      lines += Self.lines(series, value)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ series: Series, _ value: Value) -> [String] {
    func labelled(_ suffix: String, _ more: String = "") -> String {
      let all = [series.labels, more].filter { !$0.isEmpty }.joined(separator: ",")
      return series.name + suffix + (all.isEmpty ? "" : "{\(all)}")
    }
    guard value.kind == .histogram else { return ["\(labelled("")) \(value.number)"] }
    var sum = 0
    let buckets = zip(bounds.map { "\($0)" } + ["+Inf"], value.buckets).map { bound, count in
      sum += count
      return "\(labelled("_bucket", "le=\"\(bound)\"")) \(sum)"
    }
    return buckets + ["\(labelled("_sum")) \(value.number)", "\(labelled("_count")) \(value.count)"]
  }

  private static var residentBytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static func labels(_ pairs: [(String, String)]) -> String {
    pairs.sorted { $0.0 < $1.0 }.map { name, value in
      // By scalars: a line end of Windows, or a quotation mark with a combining mark behind it, is one character of Swift.
      var escaped = String.UnicodeScalarView()
      for scalar in value.unicodeScalars {
        if scalar == "\\" || scalar == "\"" { escaped.append("\\") }
        escaped.append(scalar.properties.generalCategory == .control ? " " : scalar)
      }
      return "\(name)=\"\(String(escaped))\""
    }.joined(separator: ",")
  }

  fileprivate func change(_ series: Series, _ kind: Kind, _ body: (inout Value) -> Void) {
    values.withLock { values in
      guard values[series] != nil || values.count < Self.maximumSeries else { return }
      body(
        &values[
          series,
          default: Value(
            kind: kind, buckets: kind == .histogram ? Array(repeating: 0, count: Self.bounds.count + 1) : [])])
    }
  }

  private func handler(_ label: String, _ dimensions: [(String, String)]) -> Handler {
    Handler(metrics: self, series: Series(name: label, labels: Self.labels(dimensions)))
  }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    handler(label, dimensions)
  }
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    handler(label, dimensions)
  }
  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    handler(label, dimensions)
  }
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    handler(label, dimensions)
  }
  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyMeter(_ handler: any MeterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}
}

private final class Handler: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
  let metrics: PrometheusMetrics
  let series: PrometheusMetrics.Series

  init(metrics: PrometheusMetrics, series: PrometheusMetrics.Series) {
    self.metrics = metrics
    self.series = series
  }

  func increment(by amount: Int64) { metrics.change(series, .counter) { $0.number += Double(amount) } }
  func reset() { metrics.change(series, .counter) { $0.number = 0 } }
  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { metrics.change(series, .gauge) { $0.number = value } }
  func increment(by amount: Double) { metrics.change(series, .gauge) { $0.number += amount } }
  func decrement(by amount: Double) { metrics.change(series, .gauge) { $0.number -= amount } }
  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) {
    metrics.change(series, .histogram) { histogram in
      histogram.number += value
      histogram.count += 1
      histogram.buckets[PrometheusMetrics.bounds.firstIndex { value <= $0 } ?? PrometheusMetrics.bounds.count] += 1
    }
  }
  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
