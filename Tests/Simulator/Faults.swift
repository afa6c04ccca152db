import Seeded

/// What can go wrong. Each run draws a weight for every one of them and switches some off.
public enum Fault: Int, CaseIterable, Sendable {
  /// A record never reaches the log, and the client is told so.
  case deliveryLost
  /// A record reaches the log, and the client is told that it did not.
  case acknowledgementLost
  /// What an abandoned client or a dead process had in flight reaches the log all the same, later.
  case lateAppend
  /// A record is appended twice.
  case recordDoubled
  /// A record's data is cut off or damaged.
  case dataDamaged
  /// A record cannot be recognised as an event any more.
  case recordDestroyed
  /// A question for the end of the log is not answered.
  case tailUnavailable
  /// The feed does not answer.
  case feedUnavailable
  /// A page of the feed begins with events that were given before.
  case feedRepeats
  /// A process dies between two actions, before or after a commit.
  case crash
  /// Somebody writes something that is no event.
  case garbage
  /// The broker is away for a while.
  case outage
  /// The broker comes back empty.
  case wipe
  /// The log forgets its oldest records.
  case retention
  /// The log forgets its newest records, although they were acknowledged.
  case truncation
  /// A feed is away for a while.
  case feedOutage
  /// Every timer is late or early.
  case clockJump
  /// A second instance of a program takes the store over while the first goes on.
  case takeover
  /// An event is larger than the broker takes.
  case oversize
  /// An event cannot be applied until a person repairs something.
  case poison

  /// Those that strike the world at moments of their own; the others strike where they are asked for.
  static let ofTheWorld: [Fault] = [
    .crash, .garbage, .outage, .wipe, .retention, .truncation, .feedOutage, .clockJump, .takeover,
  ]

  /// The most often that it strikes where it is asked for, of 1024 times.
  var heaviest: Int {
    switch self {
    case .crash: 24
    case .lateAppend: 700
    case .deliveryLost, .acknowledgementLost, .tailUnavailable: 160
    case .feedUnavailable: 300
    case .poison, .oversize: 200
    default: 120
    }
  }
}

/// A classical mistake, planted into the parts around the machines to show that the simulator sees it.
public enum Mistake: String, CaseIterable, Sendable {
  /// After a failure only the failed record is sent again, behind what was sent after it.
  case resendOneAlone = "resend-one-alone"
  /// A stored mark says what was sent; it is set when sending and believed instead of the log.
  case markBeforeAcknowledged = "mark-before-acknowledged"
  /// The effects are committed first and the position after them.
  case positionOutsideTransaction = "position-outside-transaction"
  /// Whatever is above the last sequence is applied.
  case ignoreGaps = "ignore-gaps"
  /// Whatever was applied is applied again when it comes again.
  case ignoreDuplicates = "ignore-duplicates"
  /// A failed event is parked, those of its subject behind it are applied.
  case parkAlone = "park-alone"
  /// A reader that hears nothing believes that there is nothing.
  case trustSilence = "trust-silence"
}

/// The faults of one run, by weight.
struct FaultPlan {
  private var weights: [Int]
  private let struck: [Fault]

  init(using generator: inout SeededGenerator) {
    weights = Fault.allCases.map { fault in
      generator.below(10) < 4 ? 0 : 1 + generator.below(fault.heaviest)
    }
    let weights = weights
    struck = Fault.ofTheWorld.filter { weights[$0.rawValue] > 0 }
  }

  /// Whether the fault strikes here and now.
  func strikes(_ fault: Fault, using generator: inout SeededGenerator) -> Bool {
    let weight = weights[fault.rawValue]
    return weight > 0 && generator.below(1024) < weight
  }

  /// One of the world's faults, drawn by weight; `nil` when all are switched off.
  func draw(using generator: inout SeededGenerator) -> Fault? {
    let total = struck.reduce(0) { $0 + weights[$1.rawValue] }
    guard total > 0 else { return nil }
    var rest = generator.below(total)
    for fault in struck {
      rest -= weights[fault.rawValue]
      if rest < 0 { return fault }
    }
    return nil
  }

  /// Nothing strikes any more.
  mutating func stop() { weights = Array(repeating: 0, count: weights.count) }
}
