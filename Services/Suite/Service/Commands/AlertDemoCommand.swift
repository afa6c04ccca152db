import ArgumentParser
import Foundation
import Logging
import Rulebook
import ServiceKit

/// `suite alert-demo`.
struct AlertDemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert-demo",
    abstract: "Plays stories 9 and 10 with three authorities, and prints what the third received.")

  @Option(help: "The folder for stores, keys and log; emptied first.") var state = "var/alert-demo"

  func run() async throws {
    var options = SuiteOptions(
      authorities: try NationalStories.authorities.map { try AuthorityCode($0) }, folder: StateFolder(path: state))
    // A Monday in term, so that the story is the same on any day.
    options.now = Day(iso: "2026-11-30").map { CivilTime.moment($0, minutes: 9 * 60 + 40) }
    options.isFresh = true
    let tell = Narrator()
    try await Interruptible.run(options, terminalLevel: .warning) { suite in
      try await NationalStories(suite: suite, tell: tell).play()
      tell.chapter("Both stories went as they should")
    }
  }
}
