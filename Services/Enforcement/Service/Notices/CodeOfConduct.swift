import EnforcementDomain
import Foundation
import Letters
import Rulebook
import ServiceKit

/// What the authority's local code of conduct fixes (SI 2007/1867 regs 14 to 18): made after consulting head teachers,
/// governing bodies and police. A notice that is outside it ought not to be issued.
struct CodeOfConduct: Sendable {
  /// Who may issue notices in the area.
  let issuers: Set<Role>
  /// How many weeks a notice to improve may have, within the national rule.
  let improvementWeeks: ClosedRange<Int>
  /// Each way in which a notice can be paid, as the notice says it.
  let paymentMethods: [String]
  /// Where representations go.
  let representations: String
  /// Who answers questions about receipts that go by themselves; `nil` where none do.
  var receipts: LetterWriter?
}

/// The versions of the local code, as an authority writes them in a file.
struct CodeOfConductConfig: Sendable {
  static let keys = [fileKey]

  static let fileKey = ConfigurationKey(
    "code.of.conduct", default: nil,
    "File with the local code of conduct for penalty notices: a JSON array of versions, oldest first, each with from, source, issuers, improvementWeeks, paymentMethods, representations and, where receipts for payments go by themselves, receipts: the name, role and contact of who answers questions about them."
  )

  /// The largest file, bytes.
  private static let mostBytes = 64 << 10

  private struct Version: Decodable {
    struct Weeks: Decodable { let least, most: Int }

    /// The first day; absent in a first version that has always been in force.
    let from: Day?
    let to: Day?
    let source: String
    let issuers: [Role]
    let improvementWeeks: Weeks
    let paymentMethods: [String]
    let representations: String
    let receipts: LetterWriter?
  }

  let code: Dated<CodeOfConduct>

  /// - Throws: `ConfigurationError` that says what is wrong in the file.
  init(_ source: ConfigurationSource) throws(ConfigurationError) {
    let path = try source.string(Self.fileKey)
    func refused(_ reason: String) -> ConfigurationError { ConfigurationError(key: Self.fileKey.name, reason: reason) }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw refused("cannot be read") }
    guard data.count <= Self.mostBytes else { throw refused("is longer than \(Self.mostBytes) bytes") }
    let versions: [Version]
    do { versions = try JSONDecoder().decode([Version].self, from: data) } catch {
      throw refused("is not the JSON that it must be")
    }
    guard !versions.isEmpty else { throw refused("must have at least one version") }
    for (earlier, later) in zip(versions, versions.dropFirst()) {
      guard let end = earlier.to, let start = later.from, end < start else {
        throw refused("has versions that overlap or are out of order")
      }
    }
    var built: [InForce<CodeOfConduct>] = []
    for version in versions {
      let weeks = version.improvementWeeks
      let national = NoticeToImprove.Rule.national.value(on: version.from ?? Day(ordinal: 0)).weeks
      guard weeks.least <= weeks.most, national.contains(weeks.least), national.contains(weeks.most) else {
        throw refused("has weeks of a notice to improve outside \(national.lowerBound) to \(national.upperBound)")
      }
      let isComplete =
        !version.paymentMethods.isEmpty && !version.paymentMethods.contains("") && !version.representations.isEmpty
        && !version.issuers.isEmpty && !version.source.isEmpty
        && version.receipts.map { ![$0.name, $0.role, $0.contact].contains("") } ?? true
      guard isComplete else { throw refused("has a version with something left blank") }
      built.append(
        InForce(
          CodeOfConduct(
            issuers: Set(version.issuers), improvementWeeks: weeks.least...weeks.most,
            paymentMethods: version.paymentMethods, representations: version.representations,
            receipts: version.receipts), from: version.from,
          to: version.to, source: version.source))
    }
    code = Dated(built)
  }
}
