/// One program to be run.
public struct ProgramPlan: Sendable, Hashable {
  /// How it is called in the log, for example `880.registers`.
  public let name: String
  /// The file to run.
  public let executable: String
  public let arguments: [String]
  public let environment: [String: String]
  /// Where it answers; `nil` for the broker, which is ready when it says that it listens.
  public let address: String?

  public init(
    name: String, executable: String, arguments: [String] = [], environment: [String: String], address: String? = nil
  ) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.address = address
  }

  /// The same program with other values of some variables.
  func with(_ variables: [String: String]) -> ProgramPlan {
    ProgramPlan(
      name: name, executable: executable, arguments: arguments, environment: environment.merging(variables) { $1 },
      address: address)
  }

  /// Whether a line of the program's log says that its port is open: the services say it as a log message, the broker
  /// in plain text.
  static func isListening(_ line: String) -> Bool {
    line.hasPrefix("listening ") || line.contains(#""message":"listening""#)
  }
}

/// How hard the supervisor tries.
public struct RestartLimits: Sendable, Hashable {
  /// How long a program may take until it is ready, seconds.
  public var readySeconds = 30
  /// A program that lived shorter than this died rapidly, seconds.
  public var rapidSeconds = 5.0
  /// After so many rapid deaths in a row it is given up.
  public var rapidDeaths = 5
  /// The pause before the first restart, milliseconds; doubled at each rapid death.
  public var firstPauseMillis = 50
  /// The longest pause, milliseconds.
  public var longestPauseMillis = 2_000
  /// How long a program may take to stop before it is killed, seconds: longer than its own deadline.
  public var stopSeconds = 12

  public init() {}

  /// The pause after a number of rapid deaths in a row, milliseconds.
  func pauseMillis(afterRapidDeaths deaths: Int) -> Int {
    min(longestPauseMillis, firstPauseMillis << min(deaths, 16))
  }
}
