public import Foundation

/// Runs a command to its end and gives what it wrote. The waiting is done outside the tests' own threads, of which there
/// are as few as the machine has cores: a test that held one would stop others that have nothing to do with it.
///
/// - Parameters:
///   - input: what the command reads, at most what a pipe takes at once (64 KiB).
/// - Throws: what starting the command throws.
public func output(of program: String, _ arguments: [String], input: String = "") async throws -> Data {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async {
      continuation.resume(
        with: Result {
          let process = Process()
          let (stdin, stdout) = (Pipe(), Pipe())
          process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
          process.arguments = [program] + arguments
          process.standardInput = stdin
          process.standardOutput = stdout
          process.standardError = FileHandle.nullDevice
          try process.run()
          try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
          try stdin.fileHandleForWriting.close()
          let data = try stdout.fileHandleForReading.readToEnd() ?? Data()
          process.waitUntilExit()
          return data
        })
    }
  }
}
