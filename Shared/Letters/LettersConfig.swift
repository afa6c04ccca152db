public import Contracts
import Rulebook
public import ServiceKit

/// What a program that writes letters has to be told.
public struct LettersConfig: Sendable {
  public static let keys = [senderKey]

  static let senderKey = ConfigurationKey(
    "letters.sender", default: nil,
    "Who writes letters: the authority's name and the lines of its postal address, separated by semicolons.")

  public let sender: LetterSender

  /// - Throws: `ConfigurationError` unless there are a name and an address.
  public init(_ source: ConfigurationSource) throws(ConfigurationError) {
    let lines = try source.string(Self.senderKey).split(separator: ";").map {
      String($0.drop { $0 == " " })
    }.filter { !$0.isEmpty }
    guard lines.count > 1 else {
      throw ConfigurationError(key: Self.senderKey.name, reason: "must be a name and an address")
    }
    sender = LetterSender(name: lines[0], address: Array(lines.dropFirst()))
  }

  /// The documents of a program.
  ///
  /// - Throws: `ConfigurationError` when the authority is no three digits.
  public func documents(
    of service: ServiceName, _ environment: ServiceEnvironment, _ book: LetterBook
  ) throws(ConfigurationError) -> Documents {
    do {
      let authority = try AuthorityCode(environment.configuration.authority)
      return Documents(service: service, authority: authority, sender: sender, book: book)
    } catch { throw ConfigurationError(key: "authority", reason: "must be three digits") }
  }
}
