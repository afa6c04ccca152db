import ArgumentParser
import Foundation
import Logging
import Rulebook
import ServiceKit
import SuiteDomain

/// `suite demo`.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Plays a school term with two authorities, and tells what happens.",
    discussion: "Stays up afterwards until Ctrl-C; with --check it ends, 0 when all was as it should be.")

  @Flag(help: "Verify the story and end.") var check = false
  @Option(help: "The seed of the made-up authorities.") var seed: UInt64 = 1
  @Option(help: "The folder for stores, keys and log; emptied first.") var state = "var/demo"

  func run() async throws {
    let world = try DemoWorld(seed: seed)
    var options = SuiteOptions(
      authorities: world.authorities.map(\.made.authority), folder: StateFolder(path: state))
    options.now = world.now
    options.isFresh = true
    options.allowsLoopbackWebhooks = true
    options.writesTraces = true
    let receiver = WebhookReceiver()
    let (settings, isCheck) = (options, check)
    let tell = Narrator()
    try await receiver.serve {
      tell.chapter("Every School Day: two authorities on one machine")
      tell.say("made-up people only, seed \(world.first.made.seed); the programs take it to be \(world.lastDay)")
      try await Interruptible.run(settings, terminalLevel: .warning) { suite in
        tell.say(
          "\(suite.state.programs.count) programs run, ready after \(tell.elapsed); log in \(suite.folder.logPath)")
        try await Story(world: world, suite: suite, receiver: receiver, tell: tell).play()
        if isCheck {
          tell.chapter("The story went as it should")
        } else {
          Invitation(world: world, suite: suite, tell: tell).print()
          try await suite.supervisor.waitForFailure()
        }
      }
    }
  }
}
