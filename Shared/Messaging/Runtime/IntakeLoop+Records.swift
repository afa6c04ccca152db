import Contracts
import GRDB
import Kafka
import Logging
import MessagingMachines
import Store

/// What a reader does with records of its topic.
extension IntakeLoop {
  /// Takes records in order; every step either moves forward or throws.
  func take(_ records: [Kafka.Record]) async throws {
    var index = 0
    while index < records.count {
      let known = try await links(of: records[index...])
      let (plan, next, machine, repair) = plan(records[index...], known: known)
      if let forged = firstForged(plan.map(\.planned.event)) {
        doubted.forged.insert(records[plan[forged].record].offset)
        continue
      }
      switch try await commit(plan.map(\.planned), isAuthoritative: false) {
      case .all:
        intake = machine
        index = next
        moveChain(to: plan.last { $0.planned.event != nil }?.planned.event)
      case .damaged(let at):
        index = plan[at].record
        doubted.damaged.insert(records[index].offset)
        _ = try await load()
        continue
      }
      publishState()
      if repair { try await followFeed() }
    }
    doubted = ([], [])
  }

  func moveChain(to event: Event?) {
    guard let event, let seal = event.seal else { return }
    let end = self.end(event, seal)
    if let epoch = chain.epoch, epoch != end.epoch { left.insert(epoch) }
    chain = end
  }

  /// The links under which the sequences of records were dealt with, as far as they were.
  private func links(of records: ArraySlice<Kafka.Record>) async throws -> [Int64: EventDigest] {
    let sequences = records.compactMap { $0.header("ce_sequence").flatMap(Int64.init) }.filter {
      $0 > 0 && $0 <= chain.sequence
    }
    guard let first = sequences.min(), let last = sequences.max() else { return [:] }
    return try await store.read { [topic] db in
      var links: [Int64: EventDigest] = [:]
      guard last - first >= Int64(sequences.count) * 4 else {
        for one in try DealtWith.links(topic: topic, first...last, limit: .max, in: db) {
          links[one.sequence] = one.link
        }
        return links
      }
      for sequence in sequences {
        links[sequence] = try DealtWith.links(topic: topic, sequence...sequence, limit: 1, in: db).first?.link
      }
      return links
    }
  }

  private typealias Step = (record: Int, planned: IntakeTransaction.Planned)

  /// As many records as can be dealt with in one transaction before the feed is needed.
  private func plan(
    _ records: ArraySlice<Kafka.Record>, known: [Int64: EventDigest]
  ) -> (plan: [Step], next: Int, machine: Intake, needsFeed: Bool) {
    var (machine, end, known) = (intake, chain, known)
    var plan: [Step] = []
    for index in records.indices {
      let record = records[index]
      let (event, arrival) = classify(record, after: end, known: known)
      for action in machine.step(.record(offset: record.offset, arrival)) {
        switch action {
        case .apply(let position):
          plan.append((index, .init(event: event, position: position)))
          if let event, let seal = event.seal {
            end = self.end(event, seal)
            known[event.sequence] = seal.link
          }
        case .skip(let position): plan.append((index, .init(event: nil, position: position)))
        case .alarm(let alarm): logger.error("intake alarm", metadata: ["topic": "\(topic)", "alarm": "\(alarm)"])
        case .fetchFeed: return (plan, index, machine, true)
        case .resume, .consume: continue
        }
      }
    }
    return (plan, records.endIndex, machine, false)
  }
}
