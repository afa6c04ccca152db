public import Rulebook

/// Whether a penalty notice may be withdrawn, and what follows (SI 2007/1867 regs 8 and 9).
public struct NoticeWithdrawal: Hashable, Sendable {
  /// The grounds that the regulations know; there are no others.
  public enum Ground: String, Hashable, Sendable, Codable, CaseIterable {
    /// Outside the code of conduct, or no offence (reg 8).
    case oughtNotHaveBeenIssued = "ought_not_have_been_issued"
    case wrongPerson = "wrong_person"
    case materialError = "material_error"
    /// Unpaid after its time, and the authority neither prosecutes nor means to: it must then be withdrawn (reg 9).
    case unpaidNotProsecuted = "unpaid_not_prosecuted"
  }

  /// How far the notice has come.
  public enum Stage: String, Hashable, Sendable, Codable, CaseIterable {
    case issued
    case paidReduced = "paid_reduced"
    case paidFull = "paid_full"
    case unpaid
    /// Unpaid in time, with money held that a person has to allocate or return.
    case queried = "unpaid_queried"
    case prosecuted = "prosecution_open"
    case convicted, acquitted, withdrawn
  }

  public let isPermitted: Bool
  /// What is to be sent back: all that is held.
  public let refund: Money
  /// Whether the notice counts towards the limit from then on.
  public let countsAfter: Bool
  /// Whether proceedings that have begun must be discontinued: a withdrawal bars them, and any for the same facts
  /// (EN-6).
  public let mustDiscontinue: Bool
  /// A withdrawal is in writing, and bars proceedings on the notice's sessions (EN-6).
  public var barsProceedings: Bool { isPermitted }

  /// - Parameters:
  ///   - ground: `nil` for what is no ground, such as hardship.
  ///   - held: the money held for the notice.
  public init(_ ground: Ground?, at stage: Stage, holding held: Money, on day: Day, firstDayOfProceedings: Day) {
    isPermitted =
      switch (ground, stage) {
      case (nil, _), (_, .withdrawn), (_, .convicted), (_, .acquitted): false
      case (.unpaidNotProsecuted, let stage): stage == .unpaid && firstDayOfProceedings <= day
      default: true
      }
    refund = isPermitted ? held : .zero
    countsAfter = !isPermitted && stage != .withdrawn && stage != .acquitted
    mustDiscontinue = isPermitted && stage == .prosecuted
  }
}
