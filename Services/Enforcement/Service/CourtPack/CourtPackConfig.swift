import Messaging
import Rulebook
public import ServiceKit

/// What court packs have to be told.
public struct CourtPackConfig: Sendable {
  public static let keys = [keyFileKey]

  static let keyFileKey = ConfigurationKey(
    "court.pack.key.file", default: "",
    "The file with the keys that court packs are signed with, one a line: the first day on which it signs and 64 "
      + "hexadecimal digits. Only its owner may write it. Nothing can be signed when empty.")

  let keyFile: String

  init(_ source: ConfigurationSource) throws(ConfigurationError) { keyFile = try source.string(Self.keyFileKey) }
}

extension CourtPacks {
  /// The court packs of the program: its keys are read and published, and what is frozen raises its alarm.
  ///
  /// - Throws: `ConfigurationError`, `DatabaseError`.
  static func open(
    _ transactions: Transactions, _ timetable: Timetable, _ source: ConfigurationSource,
    _ environment: ServiceEnvironment
  ) async throws -> CourtPacks {
    let keys = try await PackKeyStore.open(try CourtPackConfig(source), transactions)
    let frozen = FrozenPacks(try await transactions.read(FrozenPacks.numbers), alarms: environment.alarms)
    return CourtPacks(
      authority: try AuthorityCode(environment.configuration.authority), codes: environment.codes, keys: keys,
      frozen: frozen, timetable: timetable)
  }
}
