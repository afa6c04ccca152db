import AsyncHTTPClient
import Contracts
import EmbeddedBroker
import Foundation
import KafkaProxy
import Logging
import NIOCore
import NIOHTTP1
import Processes
import Rulebook
import ServiceKit
import Store
import Testing

@testable import SuiteService

/// A real program while Kafka, its configuration or the reader of its log is not as it should be.
@Suite("A program and its Kafka", .serialized, .timeLimit(.minutes(5)))
struct KafkaFaultTests {
  private static let topics = Programs.all.map { $0.service.topic(authority: "880") }

  private static func answer(_ url: String, seconds: Int64 = 5) async throws -> OutgoingHTTP.Answer {
    try await OutgoingHTTP.answer(to: HTTPClientRequest(url: url), within: .seconds(seconds), atMost: 1_000_000)
  }

  /// Asks again and again until the answer is as wanted; the program sends no signal.
  private static func seconds(
    of url: String, until isWanted: (OutgoingHTTP.Answer) -> Bool
  ) async -> Double {
    let start = ContinuousClock.now
    while true {
      let seconds = start.duration(to: .now) / .seconds(1)
      if let answer = try? await answer(url), isWanted(answer) { return seconds }
      if seconds > 60 { return seconds }
      await Task.yield()
    }
  }

  @Test("names what is wrong, answers, and ends in order", arguments: [KafkaProxy.Condition.silent, .down])
  func away(condition: KafkaProxy.Condition) async throws {
    let broker = try EmbeddedBroker(topics: Self.topics)
    let proxy = try KafkaProxy(to: broker.bootstrapServers)
    defer { proxy.close() }
    let path = NSTemporaryDirectory() + "kafka-fault-\(UUID())/state"
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    var options = SuiteOptions(authorities: [try AuthorityCode("880")], folder: StateFolder(path: path))
    options.kafkaBootstrapServers = proxy.bootstrapServers
    options.services = [Programs[.registers], Programs[.casework]]
    let suite = try await RunningSuite.start(options) { MergedLog(path: $0.logPath, terminalLevel: .critical) }
    let program = try suite.state.program("casework", of: "880")
    let address = try #require(program.address)
    #expect(try await Self.answer(address + "/health/ready").status == .ok)

    proxy.set(condition)
    let named = await Self.seconds(of: address + "/health/ready") { answer in
      let text = String(buffer: answer.body)
      return answer.status == .serviceUnavailable && text.contains("publishing to 880.casework (Kafka does not answer)")
        && text.contains("reading 880.registers (Kafka does not answer)")
    }
    #expect(named < 12, "named after \(named) s")
    let start = ContinuousClock.now
    let status = try await suite.client(.casework, of: "880", as: .operator).get(ServiceStatus.self, "/status")
    #expect(start.duration(to: .now) < .seconds(5), "the status does not wait for Kafka")
    #expect(!status.isWell && status.topics.allSatisfy { !$0.connected })
    let lines = StatusCommand.lines(program, status).joined(separator: "\n")
    #expect(lines.contains("not ready") && lines.contains("not connected: Kafka does not answer"), "\(lines)")
    let metrics = String(buffer: try await Self.answer(address + "/metrics").body)
    for line in ["relay_connected 0.0", #"intake_connected{topic="880.registers"} 0.0"#] {
      #expect(metrics.contains(line), "\(line)")
    }

    let pid = try #require(await suite.supervisor.processID(of: "880.casework"))
    let began = ContinuousClock.now
    kill(pid, SIGTERM)
    while await suite.supervisor.deaths.isEmpty { await Task.yield() }
    #expect(await suite.supervisor.deaths == ["880.casework exited with 0"])
    #expect(began.duration(to: .now) < .seconds(9))
    proxy.set(.well)
    try await suite.supervisor.waitUntilReady("880.casework")
    #expect(try await Self.answer(address + "/health/ready").status == .ok)
    let log = try String(contentsOfFile: suite.folder.logPath, encoding: .utf8)
    #expect(log.contains(#""fault":"Kafka does not answer""#) && log.contains(#""message":"Kafka cannot be used""#))
    await suite.stop()
  }

  /// The program `registers`, run without a suite.
  private struct Lone {
    let folder: String
    var variables: [String: String]

    init(kafka: String = "127.0.0.1:1", _ more: [String: String] = [:]) throws {
      folder = NSTemporaryDirectory() + "lone-\(UUID())"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try AuditKeys.newLine(number: 1).write(toFile: folder + "/audit.keys", atomically: true, encoding: .utf8)
      chmod(folder + "/audit.keys", 0o600)
      try #"{"keys":[]}"#.write(toFile: folder + "/jwks.json", atomically: true, encoding: .utf8)
      variables =
        [
          "AUTHORITY": "880", "STORE_PATH": folder + "/registers.sqlite", "KAFKA_BOOTSTRAP_SERVERS": kafka,
          "AUTH_JWKS": folder + "/jwks.json", "AUTH_ISSUER": "https://issuer.invalid",
          "AUDIT_KEY_FILE": folder + "/audit.keys", "PATH": "/usr/bin:/bin", "LOG_LEVEL": "trace",
          "PROCESS_EXIT_WITH_PARENT": "false",
        ].merging(more) { $1 }
    }

    func start(errors: Int32) throws -> pid_t {
      try Spawn.start(
        [SuiteOptions.builtFolder + "/registers"], environment: variables.map { "\($0)=\($1)" },
        output: FileHandle.nullDevice.fileDescriptor, errors: errors)
    }

    /// Runs it to its end. A file takes what it says: the end of a pipe may be with other children of the tests too.
    func run() async throws -> (end: ProcessEnd, said: String) {
      let log = folder + "/log"
      _ = FileManager.default.createFile(atPath: log, contents: nil)
      let handle = try #require(FileHandle(forWritingAtPath: log))
      let end = await KafkaFaultTests.end(of: try start(errors: handle.fileDescriptor))
      return (end, try String(contentsOfFile: log, encoding: .utf8))
    }
  }

  /// Waits for the end of a process on a thread of its own.
  private static func end(of pid: pid_t) async -> ProcessEnd {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        continuation.resume(returning: ProcessEnd(status: status))
      }
    }
  }

  @Test("A wrong configuration of Kafka's client ends the start with 78, and its secrets are not said")
  func wrongConfiguration() async throws {
    let secret = "s3cret;=#word"
    for (name, more, file, expected) in [
      ("unknown property", ["KAFKA_PROPERTY_NO_SUCH_THING": secret], nil, "no.such.thing is unknown"),
      ("wrong value", ["KAFKA_PROPERTY_SOCKET_TIMEOUT_MS": secret], nil, "socket.timeout.ms is unknown or its value"),
      (
        "no such certificate",
        ["KAFKA_PROPERTY_SECURITY_PROTOCOL": "ssl", "KAFKA_PROPERTY_SSL_CA_LOCATION": "/nowhere/ca.pem"], nil,
        "ssl.ca.location failed"
      ),
      (
        "the variable of before", ["KAFKA_PROPERTIES": "sasl.password=\(secret)"], nil,
        "Write the properties into a file"
      ),
      ("no such file", ["KAFKA_PROPERTIES_FILE": "/nowhere/at.all"], nil, "the file cannot be read"),
      ("a line without a value", [:], "# users\nsasl.password\n", "line 2 is not name=value"),
      ("a line twice", [:], "sasl.password=\(secret)\nsasl.password=\(secret)\n", "line 2 sets sasl.password a second"),
      ("an unknown property in the file", [:], "sasl.passwort=\(secret)\n", "sasl.passwort is unknown"),
    ] as [(String, [String: String], String?, String)] {
      var lone = try Lone(more)
      defer { try? FileManager.default.removeItem(atPath: lone.folder) }
      if let file {
        try file.write(toFile: lone.folder + "/kafka.properties", atomically: true, encoding: .utf8)
        lone.variables["KAFKA_PROPERTIES_FILE"] = lone.folder + "/kafka.properties"
      }
      let (end, said) = try await lone.run()
      #expect(end == .exited(78) && said.contains(expected) && !said.contains(secret), "\(name): \(end) \(said)")
      #expect(!said.contains("s3cret"), "\(name)")
    }
  }

  @Test("A password of any characters works from a file and from a variable, and is in no line of the log")
  func password() async throws {
    let password = "a;b=c#d e\"'\\\u{00E9}"
    let broker = try EmbeddedBroker(topics: Self.topics)
    let proxy = try KafkaProxy(to: broker.bootstrapServers, users: ["880.registers": password])
    defer { proxy.close() }
    let common = """
      security.protocol=sasl_plaintext
      # signing in
      sasl.mechanism=PLAIN
      sasl.username=880.registers

      """
    for (isInFile, given, isRight) in [(true, password, true), (false, password, true), (true, password + "x", false)] {
      var lone = try Lone(kafka: proxy.bootstrapServers)
      defer { try? FileManager.default.removeItem(atPath: lone.folder) }
      lone.variables["HTTP_PORT"] = "\(try Self.freePort())"
      lone.variables["KAFKA_PROPERTIES_FILE"] = lone.folder + "/kafka.properties"
      if !isInFile { lone.variables["KAFKA_PROPERTY_SASL_PASSWORD"] = given }
      try (common + (isInFile ? "sasl.password=\(given)\r\n" : ""))
        .write(toFile: lone.folder + "/kafka.properties", atomically: true, encoding: .utf8)
      let log = lone.folder + "/log"
      _ = FileManager.default.createFile(atPath: log, contents: nil)
      let handle = try #require(FileHandle(forWritingAtPath: log))
      let pid = try lone.start(errors: handle.fileDescriptor)
      let ready = "http://127.0.0.1:\(lone.variables["HTTP_PORT"] ?? "")/health/ready"
      let seconds = await Self.seconds(of: ready) { answer in
        isRight
          ? answer.status == .ok
          : String(buffer: answer.body).contains("880.registers (Kafka refuses the user or the password)")
      }
      #expect(seconds < 15, "\(seconds) s")
      kill(pid, SIGTERM)
      #expect(await Self.end(of: pid) == .exited(0))
      let said = try String(contentsOfFile: log, encoding: .utf8)
      #expect(!said.isEmpty && !said.contains("a;b") && !said.contains("b=c#d"))
    }
  }

  private static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var place = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    let isBound = withUnsafeMutablePointer(to: &place) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    try #require(isBound)
    return UInt16(bigEndian: place.sin_port)
  }

  /// What becomes of a program's log.
  enum Log: String, CaseIterable { case diskIsFull, readerIsGone, readerDoesNotRead }

  @Test("A log that cannot be written neither ends nor stops a program", arguments: Log.allCases)
  func log(log: Log) async throws {
    var lone = try Lone()
    defer { try? FileManager.default.removeItem(atPath: lone.folder) }
    let port = try Self.freePort()
    lone.variables["HTTP_PORT"] = "\(port)"
    let pipe = Pipe()
    let pid: pid_t
    if log == .diskIsFull {
      let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
      pid = try lone.start(errors: full.fileDescriptor)
    } else {
      // A program that has the reading end too is a reader. The smallest pipe is full soon.
      for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
        _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
      }
      let setSize: Int32 = 1_031  // F_SETPIPE_SZ
      _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, setSize, 4_096)
      pid = try lone.start(errors: pipe.fileHandleForWriting.fileDescriptor)
      try pipe.fileHandleForWriting.close()
      if log == .readerIsGone { try pipe.fileHandleForReading.close() }
    }
    let address = "http://127.0.0.1:\(port)"
    #expect(await Self.seconds(of: address + "/health/live") { $0.status == .ok } < 30)
    // A refused request writes a line of some two hundred bytes, the first sixty in a minute.
    for _ in 0..<60 { _ = try await Self.answer(address + "/schools", seconds: 10) }
    #expect(try await Self.answer(address + "/health/live").status == .ok)
    let metrics = String(buffer: try await Self.answer(address + "/metrics").body)
    #expect(metrics.contains("log_lines_unwritten") && !metrics.contains("log_lines_unwritten 0.0"))
    kill(pid, SIGTERM)
    #expect(await Self.end(of: pid) == .exited(0))
  }
}

extension SuiteOptions {
  /// Where the programs that were built with the tests lie.
  fileprivate static let builtFolder: String = {
    let folder = Bundle.main.bundleURL
    let beside = [folder, folder.deletingLastPathComponent(), URL(fileURLWithPath: ownFolder)]
    return beside.first { FileManager.default.isExecutableFile(atPath: $0.appending(path: "registers").path) }?.path
      ?? ownFolder
  }()
}
