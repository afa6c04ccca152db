import ArgumentParser
import Foundation
import Logging
import ServiceKit
import SuiteDomain

/// `suite soak`.
struct SoakCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak", abstract: "The real programs under load and kill -9.",
    discussion: """
      Kills any program and the broker, whose data is then gone, as the seed says. When all have caught up, what was \
      accepted is compared with what every program has. The last line says what was lost, doubled and reordered; exits \
      0 only when nothing was.
      """)

  @Option(help: "How many kills.") var kill = 50
  @Option(help: "The seed of load and kills.") var seed: UInt64 = 1
  @Option(help: "Over how many minutes the kills are spread; as fast as they come when 0.") var minutes = 0.0
  @Option(help: "How many schools send at the same time.") var schools = 8
  @Option(help: "How many pupils they have together.") var pupils = 480
  @Option(help: "The folder for stores, keys and log; emptied first.") var state = "var/soak"

  func run() async throws {
    guard (0...100_000).contains(kill), (0...1_440).contains(minutes), (1...50).contains(schools),
      (schools...50_000).contains(pupils)
    else {
      throw ValidationError("--kill 0 to 100000, --minutes 0 to 1440, --schools 1 to 50, --pupils at least as many")
    }
    let plan = Soak.Plan(kills: kill, seed: seed, seconds: minutes * 60, schools: schools, pupils: pupils)
    let options = try Soak.options(plan, StateFolder(path: state))
    let receiver = WebhookReceiver()
    let tell = Narrator()
    tell.say("seed \(seed), \(kill) kills; state and log in \(options.folder.path)")
    let outcome = Locked<Soak.Outcome?>(nil)
    try await receiver.serve {
      try await Interruptible.run(options, terminalLevel: .critical) { suite in
        let result = try await Soak(plan: plan, suite: suite, receiver: receiver, tell: tell).run()
        outcome.withLock { $0 = result }
      }
    }
    guard let outcome = outcome.withLock({ $0 }) else { throw ExitCode(130) }
    let findings = try outcome.evidence.compare()
    for difference in findings.differences { tell.detail(difference) }
    if !findings.isClean { tell.say("seed \(seed)") }
    let seconds = String(format: "%.1f", Narrator.seconds(outcome.caughtUp))
    print(
      "lost \(findings.lost), doubled \(findings.doubled), reordered \(findings.reordered), caught up in \(seconds) s")
    if !findings.isClean { throw ExitCode(1) }
  }
}
