import CaseFlow
public import Rulebook

/// The enquiries made for one child, by the school and the authority together where a deletion hangs on them.
public struct Enquiry: Hashable, Sendable {
  /// One enquiry that was made.
  public struct Check: Hashable, Sendable {
    public enum Result: String, Hashable, Sendable, Codable, CaseIterable {
      case found
      case notFound = "not-found"
      case noReply = "no-reply"
      case notApplicable = "not-applicable"
    }

    /// The item of the checklist.
    public let item: Int
    public let part: EnquiryPart
    public let askedOn: Day
    /// `nil` while nobody has answered.
    public let result: Result?

    public init(item: Int, part: EnquiryPart, askedOn: Day, result: Result?) {
      self.item = item
      self.part = part
      self.askedOn = askedOn
      self.result = result
    }

    var isAnswered: Bool { result.map { $0 != .noReply } ?? false }
  }

  /// An enquiry that has to be made.
  public struct Due: Hashable, Sendable {
    public let item: Int
    public let part: EnquiryPart
    /// The last day on which it is in time.
    public let by: Day
  }

  public let opened: Day
  /// The ground that the school would delete the name by; `nil` when no deletion hangs on it.
  public let ground: DeletionGround?
  public let checks: [Check]

  public init(opened: Day, ground: DeletionGround?, checks: [Check]) {
    self.opened = opened
    self.ground = ground
    self.checks = checks
  }

  /// What of the checklist still has to be made or made again, the most urgent first.
  ///
  /// - Parameter day: an item that is repeated is due again after its interval from the day on which it was last asked.
  public func due(on day: Day, in calendar: SchoolCalendar?) -> [Due] {
    let list = EnquiryChecklist.inForce.value(on: opened)
    var due: [Due] = []
    for item in list.items {
      for part in item.parts.sorted() {
        let made = checks.filter { $0.item == item.number && $0.part == part && $0.askedOn <= day }
        if let last = made.map(\.askedOn).max(), made.contains(where: \.isAnswered) {
          guard item.isRepeated else { continue }
          due.append(Due(item: item.number, part: part, by: list.repeatAfter.end(from: last, in: calendar).day))
        } else {
          due.append(Due(item: item.number, part: part, by: item.within.end(from: opened, in: calendar).day))
        }
      }
    }
    return due.sorted { ($0.by, $0.item, $0.part) < ($1.by, $1.item, $1.part) }
  }

  /// Whether every item has been answered again since a day, which closing without the child demands.
  public func isRepeated(since day: Day) -> Bool {
    EnquiryChecklist.inForce.value(on: opened).items.allSatisfy { item in
      item.parts.allSatisfy { part in
        checks.contains { $0.item == item.number && $0.part == part && $0.isAnswered && $0.askedOn >= day }
      }
    }
  }
}
