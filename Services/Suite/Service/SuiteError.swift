/// What the suite cannot do, in words for the person in front of it.
public enum SuiteError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A program could not be started at all.
  case cannotStart(program: String, reason: String)
  /// A program ended again and again, or before it was ready.
  case gaveUp(program: String, reason: String)
  /// A program did not become ready in time.
  case notReady(program: String, seconds: Int, said: String)
  /// The state folder is in use by another suite.
  case inUse(path: String)
  /// The folder holds what is not the suite's.
  case notOurs(path: String)
  /// A file of the state folder is missing or cannot be read.
  case noState(path: String)
  /// What was asked for on the command line is not possible.
  case invalid(String)
  /// A service answered otherwise than expected.
  case unexpected(String)

  public var description: String {
    switch self {
    case .cannotStart(let program, let reason): "\(program) cannot be started: \(reason)"
    case .gaveUp(let program, let reason): "\(program) does not run: \(reason)"
    case .notReady(let program, let seconds, let said): "\(program) was not ready within \(seconds) s.\(said)"
    case .inUse(let path): "another suite uses \(path)"
    case .notOurs(let path): "\(path) holds files that are not the suite's; choose another folder"
    case .noState(let path): "no suite has run in \(path)"
    case .invalid(let text), .unexpected(let text): text
    }
  }
}
