public import Foundation
import Processes

/// Runs a command to its end and gives what it wrote.
///
/// - Parameter program: a path, or a name that is looked for in `PATH`.
/// - Throws: `BoundedProcess.Failure` after two minutes or 64 MB.
public func output(of program: String, _ arguments: [String], input: String = "") async throws -> Data {
  let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
  let run = try await BoundedProcess.run(
    "/usr/bin/env", [program] + arguments, environment: environment, input: Array(input.utf8), outputBytes: 64 << 20,
    seconds: 120)
  return Data(run.output)
}
