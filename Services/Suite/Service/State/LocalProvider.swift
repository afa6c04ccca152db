import Foundation
public import ServiceKit

/// The suite's own issuer of tokens, for demo, tests and development. Its key lies in the state folder.
public struct LocalProvider: Sendable {
  public static let issuerName = "https://suite.everyschoolday.invalid"

  private let issuer: TokenIssuer
  private let clock: any WallClock

  /// Reads the folder's key, or makes one.
  ///
  /// - Parameter clock: the programs' own; tokens are issued a minute before its now.
  /// - Throws: when the key cannot be read or written.
  public init(folder: StateFolder, clock: any WallClock) throws {
    self.clock = clock
    issuer = try TokenIssuer(
      issuer: Self.issuerName, key: FileManager.default.contents(atPath: folder.issuerKeyPath))
    try folder.write(issuer.keyBytes, to: folder.issuerKeyPath)
    try folder.write(Data(issuer.keySetJSON.utf8), to: folder.keySetPath)
  }

  /// A token.
  ///
  /// - Parameters:
  ///   - person: who it is; somebody of the role when `nil`.
  ///   - schools: the URNs that a caller of the role `school` belongs to.
  ///   - hours: how long it holds.
  public func token(
    role: Role, authority: String, person: String? = nil, schools: [String]? = nil, hours: Double = 8
  ) async throws -> String {
    // A restart moves the programs' clocks by the time that a whole second is off: a minute covers it.
    try await issuer.token(
      subject: person ?? "suite-\(role.rawValue)" + (schools.map { "-" + $0.joined(separator: "-") } ?? ""),
      role: role, authority: authority, schools: schools, validFrom: clock.now().addingTimeInterval(-60),
      seconds: hours * 3_600 + 60)
  }
}
