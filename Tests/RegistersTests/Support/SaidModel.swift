import Rulebook
import Seeded
import Testing

@testable import RegistersDomain

/// What sources said, remembered word for word: what ``SourceBook`` must come to with a few lines.
struct SaidModel {
  private(set) var standing: String?
  private var last: [MarkSource: String?] = [:]
  private var isPersons = false
  /// The sources that have said anything of the school.
  private var used: Set<MarkSource> = []

  mutating func use(_ source: MarkSource) { used.insert(source) }

  /// - Returns: unchanged, noted, amended or recorded.
  mutating func say(_ code: String, by source: MarkSource) -> String {
    if source != .person { used.insert(source) }
    let before = standing
    if before == code {
      if source != .person { last[source] = code }
      return "unchanged"
    }
    if source != .person, before != nil {
      if let said = last[source], said == code { return "unchanged" }
      let hasAgreed = last[source].map { $0 == before } ?? false
      last[source] = code
      if isPersons, !hasAgreed { return "noted" }
    }
    // Whoever has not spoken of this mark is taken to have said what stood.
    for other in [MarkSource.files, .entries] where other != source && last[other] == nil {
      if source == .person || (before != nil && used.contains(other)) { last[other] = .some(before) }
    }
    if source != .person { last[source] = code }
    standing = code
    isPersons = source == .person
    return before == nil ? "recorded" : "amended"
  }
}
