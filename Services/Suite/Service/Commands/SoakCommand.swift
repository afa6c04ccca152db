import ArgumentParser

struct SoakCommand: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "soak") }
