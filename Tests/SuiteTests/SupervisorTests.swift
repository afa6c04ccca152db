import Foundation
import Logging
import SuiteService
import Testing

@Suite("The supervisor")
struct SupervisorTests {
  private static func shell(_ script: String, _ name: String = "program") -> ProgramPlan {
    ProgramPlan(
      name: name, executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
  }

  private static func supervisor(_ plans: [ProgramPlan]) -> Supervisor {
    var limits = RestartLimits()
    limits.firstPauseMillis = 1
    limits.longestPauseMillis = 2
    limits.rapidDeaths = 3
    limits.rapidSeconds = 300
    limits.readySeconds = 120
    return Supervisor(plans, log: MergedLog(path: nil, terminalLevel: .critical), limits: limits)
  }

  @Test("a program that was killed is started again, and is another process")
  func restarts() async throws {
    let supervisor = Self.supervisor([Self.shell("echo listening here; exec sleep 600")])
    try await supervisor.start()
    let first = await supervisor.processID(of: "program")
    #expect(await supervisor.kill("program"))
    // Ready again is said by the new process only: readiness ends with the old one's death.
    while await supervisor.starts(of: "program") < 2 { await Task.yield() }
    try await supervisor.waitUntilReady("program")
    let second = await supervisor.processID(of: "program")
    #expect(first != nil && second != nil && first != second)
    #expect(await supervisor.deaths.isEmpty)
    await supervisor.stop()
  }

  @Test("programs are started again with other variables, all at once, and none counts as dead; others go on")
  func restartsWithVariables() async throws {
    let path = NSTemporaryDirectory() + "restart-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let script = "echo $0 ${CLOCK:-none} >> \(path); echo listening here; exec sleep 600"
    let plans = ["one", "two", "three"].map { name in
      ProgramPlan(
        name: name, executable: "/bin/sh", arguments: ["-c", script, name], environment: ["PATH": "/usr/bin:/bin"])
    }
    let supervisor = Self.supervisor(plans)
    try await supervisor.start()
    let third = await supervisor.processID(of: "three")
    try await supervisor.restart(["one", "two"], with: ["CLOCK": "later"])
    #expect(await supervisor.kill("one"), "what is started again later keeps the variables")
    while await supervisor.starts(of: "one") < 3 { await Task.yield() }
    try await supervisor.waitUntilReady("one")
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.sorted() == ["one later", "one later", "one none", "three none", "two later", "two none"])
    #expect(await supervisor.processID(of: "three") == third)
    #expect(await supervisor.deaths.isEmpty)
    await supervisor.stop()
  }

  @Test("a program that leaves a child of its own behind with its output is started again")
  func leftBehind() async throws {
    let supervisor = Self.supervisor([Self.shell("sleep 600 & echo listening now; wait")])
    try await supervisor.start()
    #expect(await supervisor.kill("program"))
    while await supervisor.starts(of: "program") < 2 { await Task.yield() }
    try await supervisor.waitUntilReady("program")
    await supervisor.stop()
  }

  @Test("a program that dies again and again is given up, with what it said")
  func givesUp() async throws {
    let supervisor = Self.supervisor([Self.shell("echo configuration key http.port: is wrong; exit 78")])
    let error = await #expect(throws: SuiteError.self) { try await supervisor.start() }
    guard case .gaveUp(let program, let reason) = error else {
      Issue.record("given up expected")
      return
    }
    #expect(program == "program")
    #expect(await supervisor.deaths == Array(repeating: "program exited with 78", count: 3))
    #expect(reason.contains("exited with 78") && reason.contains("http.port: is wrong"))
  }

  @Test("a program that is not there is said to be so")
  func notThere() async throws {
    let plan = ProgramPlan(name: "none", executable: "/nowhere/none", environment: [:])
    let error = await #expect(throws: SuiteError.self) { try await Self.supervisor([plan]).start() }
    #expect("\(error, default: "")".contains("No such file"))
  }

  @Test("programs are stopped in reverse order")
  func stopsInReverse() async throws {
    let path = NSTemporaryDirectory() + "order-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    func plan(_ name: String) -> ProgramPlan {
      // The trap runs while the shell waits for its child, so the child must be waited for in the background.
      Self.shell(
        "trap 'echo \(name) >> \(path); exit 0' TERM; echo listening now; sleep 600 >/dev/null 2>&1 & wait", name)
    }
    let supervisor = Self.supervisor([plan("one"), plan("two"), plan("three")])
    try await supervisor.start()
    await supervisor.stop()
    let order = try String(contentsOfFile: path, encoding: .utf8)
    #expect(order == "three\ntwo\none\n")
  }

  @Test("environment and arguments arrive as given, output and errors are read by line")
  func passesOn() async throws {
    let path = NSTemporaryDirectory() + "log-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let plan = ProgramPlan(
      name: "program", executable: "/bin/sh",
      arguments: ["-c", "echo \"$GREETING $0\"; echo to errors >&2; echo listening now; exec sleep 600", "there"],
      environment: ["GREETING": "hello", "PATH": "/usr/bin:/bin"])
    let supervisor = Supervisor([plan], log: MergedLog(path: path, terminalLevel: .critical))
    try await supervisor.start()
    await supervisor.stop()
    let log = try String(contentsOfFile: path, encoding: .utf8)
    #expect(log == "program hello there\nprogram to errors\nprogram listening now\n")
  }
}
