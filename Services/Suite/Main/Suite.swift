import ArgumentParser
import SuiteService

/// The program `suite`.
@main
enum Suite {
  static func main() async { await SuiteCommand.main() }
}
