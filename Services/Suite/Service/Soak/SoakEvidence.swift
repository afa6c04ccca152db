import Contracts
import SuiteDomain

/// What was accepted and what arrived in a soak: enough to compare the stores with, as often as one likes.
struct SoakEvidence: Sendable {
  let folder: StateFolder
  let authority: String
  let accepted: [SchoolLoad.Accepted]
  /// The opaque identifiers of each school's pupils, in the order of its roll.
  let identifiers: [[String]]
  /// By subscription the `webhook-id`s in the order of arrival.
  let received: [String: [String]]

  /// Compares every store with it.
  func compare() throws -> Findings {
    var comparison = Comparison(folder: folder, authority: authority)
    try comparison.compareIntakes()
    try comparison.compareMarks(accepted)
    try comparison.compareProposals(accepted, identifiers: identifiers)
    try comparison.compareMessages(received: received)
    return comparison.findings
  }

  /// How much there was, in words.
  func lines() throws -> [String] {
    let comparison = Comparison(folder: folder, authority: authority)
    let requests = accepted.reduce(0) { $0 + $1.requests }
    let repeated = accepted.reduce(0) { $0 + $1.repeated }
    let marks = accepted.reduce(0) { $0 + $1.recorded + $1.amended }
    let events = try ServiceName.allCases.map { "\($0.rawValue) \(try comparison.events(of: $0))" }
    let webhooks = received.values.reduce(0) { $0 + $1.count }
    return [
      "\(requests) requests answered, \(repeated) repeated; \(Narrator.grouped(marks)) marks and corrections",
      "events: \(events.joined(separator: ", ")); \(webhooks) webhooks received",
    ]
  }
}
