import Foundation
import Rulebook
import ServiceContextModule
import ServiceKit
import Testing
import Tracing

@Suite("Configuration")
struct ConfigurationTests {
  func configuration(_ changes: [String: String]) async throws -> ServiceConfiguration {
    var variables = TestService.variables.merging(["AUTH_JWKS": "/nowhere"], uniquingKeysWith: { $1 })
    for (name, value) in changes { variables[name] = value.isEmpty ? nil : value }
    return try ServiceConfiguration(try await ConfigurationSource(environment: variables))
  }

  @Test func defaultsStandWhereNothingIsSaid() async throws {
    let read = try await configuration([:])
    #expect(read.host == "127.0.0.1" && read.port == 0 && read.logLevel == "info" && !read.exitWithParent)
  }

  @Test(
    arguments: [
      ("AUTHORITY", "", "authority"), ("AUTHORITY", "CANARY", "authority"), ("HTTP_PORT", "CANARY", "http.port"),
      ("HTTP_PORT", "70000", "http.port"), ("STORE_PATH", "", "store.path"),
      ("PROCESS_EXIT_WITH_PARENT", "CANARY", "process.exit.with.parent"),
    ])
  func errorsNameTheKeyAndNeverTheValue(name: String, value: String, key: String) async throws {
    let error = await #expect(throws: ConfigurationError.self) { try await configuration([name: value]) }
    #expect(error?.key == key && error?.description.contains("CANARY") == false)
  }

  @Test func theEnvironmentWinsOverTheFile() async throws {
    let file = NSTemporaryDirectory() + "configuration-\(UUID().uuidString).json"
    try #"{"http":{"port":8101,"host":"0.0.0.0"},"log":{"level":"debug"}}"#.write(
      toFile: file, atomically: true, encoding: .utf8)
    let read = try await configuration(["CONFIG_FILE": file, "HTTP_HOST": "127.0.0.2"])
    #expect(read.host == "127.0.0.2" && read.logLevel == "debug")
  }

  @Test func everyKeyIsNamedOnceAndExplained() {
    let keys = ServiceConfiguration.keys
    #expect(Set(keys.map(\.name)).count == keys.count)
    #expect(keys.allSatisfy { $0.meaning.hasSuffix(".") || $0.meaning.hasSuffix(")") })
  }
}

@Suite("Clock")
struct ClockTests {
  @Test(
    arguments: [
      ("2026-03-29T00:59:59Z", "2026-03-29"), ("2026-06-30T22:59:59Z", "2026-06-30"),
      ("2026-06-30T23:00:00Z", "2026-07-01"), ("2026-10-24T23:30:00Z", "2026-10-25"),
      ("2026-10-25T23:30:00Z", "2026-10-25"), ("2026-12-31T23:59:59Z", "2026-12-31"),
      ("2028-02-29T12:00:00Z", "2028-02-29"),
    ])
  func todayIsTheCivilDateInEngland(moment: String, day: String) throws {
    let date = try Date(moment, strategy: .iso8601)
    #expect(ManualClock(date).today().iso == day)
  }
}

@Suite("Trace context")
struct TraceTests {
  @Test func aTraceparentIsReadAndHandedOn() throws {
    let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    let context = try #require(TraceContext(traceparent: text))
    #expect(context.traceparent == text)
  }

  @Test(
    arguments: [
      "", "00-0-0-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-00000000000000000000000000000000-b7ad6b7169203331-01",
      "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
    ])
  func anythingElseIsNoTraceparent(text: String) { #expect(TraceContext(traceparent: text) == nil) }

  @Test func spansAreWrittenWithTheirParentAndWithoutErrorTexts() throws {
    struct Failure: Error { let text = "CANARY" }
    let path = NSTemporaryDirectory() + "spans-\(UUID().uuidString).jsonl"
    let tracer = SpanFileTracer(path: path, service: "test")
    var parent = ServiceContext.topLevel
    parent.traceContext = TraceContext()
    let span = tracer.startSpan("work", context: parent, ofKind: .internal)
    span.recordError(Failure())
    span.end()
    span.end()
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 1)
    let line = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: String])
    #expect(line["parentSpanId"] == parent.traceContext?.spanID && line["traceId"] == parent.traceContext?.traceID)
    #expect(line["status"] == "Failure" && !lines[0].contains("CANARY"))
  }
}
