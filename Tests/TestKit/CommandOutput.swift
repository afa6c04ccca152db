public import Foundation

/// Runs a command to its end and gives what it wrote. The waiting is done outside the tests' own threads, of which there
/// are as few as the machine has cores: a test that held one would stop others that have nothing to do with it.
///
/// Foundation's `Process` is not used: it reads past the end of a folder's listing, and now and then that ends the tests.
///
/// - Throws: `POSIXError` when the command cannot be started; what reading and writing files throws.
public func output(of program: String, _ arguments: [String], input: String = "") async throws -> Data {
  let folder = FileManager.default.temporaryDirectory.appending(path: "command-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let (given, written) = (folder.appending(path: "in"), folder.appending(path: "out"))
  try Data(input.utf8).write(to: given)
  let pid = try spawn([program] + arguments, reading: given.path, writing: written.path)
  await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
    DispatchQueue.global().async {
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      continuation.resume()
    }
  }
  return try Data(contentsOf: written)
}

private func spawn(_ arguments: [String], reading input: String, writing output: String) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
  let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
  let texts = [arguments, environment].map { $0.map { strdup($0) } + [nil] }
  defer { for text in texts.joined() { free(text) } }
  var pid: pid_t = 0
  let fault = posix_spawnp(&pid, arguments[0], &actions, nil, texts[0], texts[1])
  guard fault == 0 else { throw POSIXError(.init(rawValue: fault) ?? .EINVAL) }
  return pid
}
