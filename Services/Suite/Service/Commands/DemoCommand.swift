import ArgumentParser
import Foundation
import Logging
import Rulebook
import ServiceKit
import SuiteDomain

/// `suite demo`.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Plays stories of users with two authorities, and checks all that it tells.",
    discussion: """
      Stays up afterwards until Ctrl-C; with --check it ends, 0 when all was as it should be. The stories:

      \(DemoPlay.list)
      """)

  @Flag(help: "Verify the stories and end.") var check = false
  @Option(help: "Play one story only; can be given several times.") var story: [Int] = []
  @Option(help: "The seed of the made-up authorities.") var seed: UInt64 = 1
  @Option(help: "The folder for stores, keys, letters and log; emptied first.") var state = "var/demo"

  func validate() throws {
    let known = DemoPlay.numbers
    guard Set(story).isSubset(of: known) else {
      throw ValidationError("--story must be one of \(known.map { "\($0)" }.joined(separator: ", "))")
    }
  }

  func run() async throws { try await play(telling: Narrator()) }

  func play(telling tell: Narrator) async throws {
    let world = try DemoWorld(seed: seed)
    var options = SuiteOptions(
      authorities: world.authorities.map(\.made.authority), folder: StateFolder(path: state))
    options.now = world.now(on: world.friday)
    options.isFresh = true
    options.allowsLoopbackWebhooks = true
    options.writesTraces = true
    let receiver = WebhookReceiver()
    let (settings, isCheck, stories) = (options, check, story)
    try await receiver.serve {
      tell.chapter("Every School Day: two authorities on one machine")
      tell.say(
        "made-up people only, seed \(world.first.made.seed); the programs take it to be "
          + world.friday.inWordsWithWeekday)
      try await Interruptible.run(settings, terminalLevel: .warning) { suite in
        tell.say(
          "\(suite.state.programs.count) programs run, ready after \(tell.elapsed); log in \(suite.folder.logPath)")
        let stage = Stage(world: world, suite: suite, receiver: receiver, tell: tell)
        try await DemoPlay(stage: stage).play(stories)
        if isCheck {
          tell.chapter("Every story went as it should")
        } else {
          Invitation(world: world, suite: suite, tell: tell).print()
          try await suite.supervisor.waitForFailure()
        }
      }
    }
  }
}
