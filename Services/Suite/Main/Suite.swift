import ArgumentParser
import ServiceKit
import SuiteService

/// The program `suite`.
@main
enum Suite {
  static func main() async {
    ServiceProgram.guardProcess()
    await SuiteCommand.main()
  }
}
