public import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Starts programs. Foundation's `Process` is not used: it reads past the end of a folder's listing, and now and then that
/// ends the program that calls it.
public enum Spawn {
  /// Starts a program in a process group of its own, without the signals that this one ignores or blocks.
  ///
  /// - Parameters:
  ///   - arguments: the program's path, then what it is given.
  ///   - environment: `NAME=value`; it gets nothing else.
  ///   - input: the descriptor that becomes its standard input; none when `nil`.
  ///   - output: the descriptor that becomes its standard output.
  ///   - errors: the descriptor that becomes its standard error; what it writes there is dropped when `nil`.
  /// - Throws: `POSIXError`.
  public static func start(
    _ arguments: [String], environment: [String], input: Int32? = nil, output: Int32, errors: Int32? = nil
  ) throws(POSIXError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, standard, mode) in [(input, 0, O_RDONLY), (output, 1, O_WRONLY), (errors, 2, O_WRONLY)] {
      if let descriptor {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(standard))
      } else {
        posix_spawn_file_actions_addopen(&actions, Int32(standard), "/dev/null", mode, 0)
      }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (every, none) = (sigset_t(), sigset_t())
    sigfillset(&every)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &every)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    let texts = [arguments, environment].map { $0.map { strdup($0) } + [nil] }
    defer { for text in texts.joined() { free(text) } }
    var pid: pid_t = 0
    let fault = posix_spawn(&pid, arguments[0], &actions, &attributes, texts[0], texts[1])
    guard fault == 0 else { throw POSIXError(.init(rawValue: fault) ?? .EINVAL) }
    return pid
  }
}

/// How a process ended.
public enum ProcessEnd: Hashable, Sendable, CustomStringConvertible {
  case exited(Int32)
  case signalled(Int32)

  /// - Parameter status: as `waitpid` gives it of a process that has ended.
  public init(status: Int32) {
    self = status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .signalled(status & 0x7f)
  }

  /// For a log: `exited with 1`.
  public var description: String {
    switch self {
    case .exited(let code): "exited with \(code)"
    case .signalled(let signal): "was ended by signal \(signal)"
    }
  }
}
