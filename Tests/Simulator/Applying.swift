import MessagingMachines
import Seeded

/// What happens inside a reader's transaction, and what must be true there.
extension Simulation {
  /// Applies an event or parks it.
  func deal(with sequence: Int64, _ content: UInt64, _ process: Process) {
    let service = services[process.service]
    let store = service.store
    let expected = Int64(store.outcomes.count) + 1
    if sequence < expected { return violate("doubled: service \(service.number) takes \(sequence) again") }
    if sequence > expected { return violate("lost: service \(service.number) takes \(sequence), not \(expected)") }
    let row = services[service.number - 1].store.outbox[Int(sequence) - 1]
    if row.content != content { return violate("changed: event \(sequence) is not what was written") }
    note(3, sequence, Int64(service.number))
    let subject = Subjects.names[row.subject]
    var parking = Parking(parked: store.parked)
    if mistake == .parkAlone { parking = Parking() }
    for action in parking.step(.arrived(subject: subject, sequence: sequence)) {
      switch action {
      case .apply(sequence) where row.isPoison:
        let answer = parking.step(.failed(subject: subject, sequence: sequence))
        if answer != [.park(sequence: sequence), .alarm(subject: subject)] {
          violate("the first failure of \(subject) is answered with \(answer)")
        }
        park(sequence, row, service, isFirst: true)
      case .apply(sequence):
        apply(sequence, row, service)
        store.outcomes.append(.applied)
      case .park(sequence): park(sequence, row, service, isFirst: false)
      default: violate("an arrival is answered with \(action)")
      }
    }
    if mistake == .parkAlone {
      store.parked.merge(parking.parked) { $0 + $1 }
    } else {
      store.parked = parking.parked
    }
  }

  private func park(_ sequence: Int64, _ row: Row, _ service: Service, isFirst: Bool) {
    if isFirst != (firstParked(of: row.subject, service) == nil) {
      violate("service \(service.number) parks \(sequence) behind nothing, or as another first")
    }
    if !isFirst { saw(.seen(.parkedBehind)) }
    trace("service \(service.number): \(sequence) is parked")
    service.store.outcomes.append(.parked)
  }

  private func firstParked(of subject: Int, _ service: Service) -> Int64? {
    let outbox = services[service.number - 1].store.outbox
    return service.store.outcomes.indices
      .first { service.store.outcomes[$0] == .parked && outbox[$0].subject == subject }
      .map { Int64($0 + 1) }
  }

  private func apply(_ sequence: Int64, _ row: Row, _ service: Service) {
    let store = service.store
    let first = firstParked(of: row.subject, service)
    if store.lastOfSubject[row.subject] >= sequence || first.map({ $0 != sequence }) ?? false {
      return violate("order: service \(service.number) applies \(sequence) of subject \(row.subject) out of turn")
    }
    store.lastOfSubject[row.subject] = sequence
    trace("service \(service.number): \(sequence) is applied")
    for number in 0..<row.consequences {
      append(subject: row.subject, content: SeededGenerator.mixed(row.content &+ UInt64(number + 1)), to: service)
    }
  }

  /// A committed row; the relay hears of it a little later.
  func append(subject: Int, content: UInt64, to service: Service) {
    service.store.outbox.append(
      Row(
        subject: subject, content: content, isLarge: strikes(.oversize), isPoison: strikes(.poison)))
    guard let process = service.current, service.number < services.count - 1 else { return }
    timeline.plan(.grown(process: process.number), at: now + millis(0...4))
  }

  // MARK: What people do

  /// A user of the source changes something: one to three events in one transaction.
  func work() {
    guard writesLeft > 0 else { return }
    timeline.plan(.work, at: now + millis(2...16))
    let source = services[0]
    guard let process = source.current, !crashes(process) else { return }
    writesLeft -= 1
    for _ in 0..<generator.within(1...3) {
      append(subject: generator.below(Subjects.names.count), content: generator.next(), to: source)
    }
    _ = crashes(process)
  }

  /// A person looks at what is parked and decides.
  func personComes() {
    timeline.plan(.person, at: now + millis(areFaultsOver ? 5...10 : 20...60))
    for service in services.dropFirst() where !service.store.parked.isEmpty {
      guard let process = service.current, process.generation == service.store.generation else { continue }
      let waiting = service.store.parked.keys.sorted()
      let subject = waiting[generator.below(waiting.count)]
      let choice = generator.below(4)
      if choice > 0, areFaultsOver || choice > 1, let first = service.store.parked[subject]?.first {
        service.store.repaired.insert(first)
      }
      if crashes(process) { continue }
      release(subject, isDiscarded: choice == 0, service)
      _ = crashes(process)
    }
  }

  private func release(_ subject: String, isDiscarded: Bool, _ service: Service) {
    let store = service.store
    var parking = Parking(parked: store.parked)
    var given = isDiscarded ? store.parked[subject]?.first : nil
    var queue = parking.step(isDiscarded ? .discard(subject: subject) : .retry(subject: subject))[...]
    while let action = queue.popFirst() {
      switch action {
      case .remove(let sequence):
        let outcome = sequence == given ? Outcome.discarded : .applied
        if outcome == .discarded { store.lastOfSubject[Subjects.index(of: subject)] = sequence }
        saw(.seen(outcome == .discarded ? .discarded : .released))
        given = nil
        store.outcomes[Int(sequence) - 1] = outcome
      case .apply(let sequence):
        let row = services[service.number - 1].store.outbox[Int(sequence) - 1]
        guard !row.isPoison || store.repaired.contains(sequence) else {
          saw(.seen(.retriedInVain))
          queue += parking.step(.failed(subject: subject, sequence: sequence))
          continue
        }
        apply(sequence, row, service)
        queue += parking.step(.applied(subject: subject, sequence: sequence))
      case .park, .alarm: violate("a retry is answered with \(action)")
      }
    }
    store.parked = parking.parked
  }
}
