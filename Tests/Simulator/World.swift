import MessagingMachines
import Seeded

/// What strikes the world, and what must be true of all of it.
extension Simulation {
  /// One fault of the world, and the moment of the next.
  func worldFault() {
    guard !areFaultsOver else { return }
    timeline.plan(.fault, at: now + millis(3...22))
    guard let fault = faults.draw(using: &generator) else { return }
    let service = services[generator.below(services.count)]
    trace("fault: \(fault), service \(service.number)")
    saw(.struck(fault))
    note(4, Int64(fault.rawValue), Int64(service.number))
    switch fault {
    case .crash: if let process = service.current { kill(process) }
    case .garbage: if service.log.isUp { _ = service.log.append(LogRecord(sequence: 0, content: nil)) }
    case .outage: brokerLeaves()
    case .wipe:
      brokerLeaves()
      for service in services { service.log.wipe() }
    case .retention: service.log.dropOldest(generator.within(1...12))
    case .truncation: service.log.dropNewest(generator.within(1...3))
    case .feedOutage:
      service.isFeedUp = false
      timeline.plan(.feedReturns(service: service.number), at: now + millis(5...60))
    case .clockJump: timeline.jump(by: millis(-50...50), now: now)
    case .takeover: if service.current != nil { start(service) }
    default: return
    }
  }

  /// The broker, which carries all topics, is away for a while.
  private func brokerLeaves() {
    for service in services { service.log.isUp = false }
    timeline.plan(.brokerReturns, at: now + millis(2...40))
  }

  /// From here on nothing goes wrong, and everything must come right.
  func endFaults() {
    trace("the faults are over")
    areFaultsOver = true
    faults.stop()
    for service in services {
      service.log.isUp = true
      service.isFeedUp = true
    }
  }

  /// One client's records come to the log in the order of the outbox, unless it has looked at the end of the log and
  /// begins again there.
  func checkOrder(of flight: Flight) {
    let last = clients[flight.client].lastSequence
    if flight.sequence <= last {
      violate("order: client \(flight.client) appends \(flight.sequence) behind \(last)")
    }
    clients[flight.client].lastSequence = flight.sequence
  }

  /// The relay believes of no record that the log holds it before the client was told so.
  func checkAcknowledged(after before: Int64, _ process: Process, _ told: Set<Int64>) {
    let now = process.relay.acknowledged
    guard before < now else { return }
    for sequence in before + 1...now where !told.contains(sequence) {
      violate("the relay believes that the log holds \(sequence), which nobody has told it")
    }
  }

  /// What is not yet as it must be when nothing goes wrong any more; `nil` when all is.
  func firstUnsettled() -> String? {
    if writesLeft > 0 { return "there is work left" }
    for service in services.dropFirst() {
      let store = service.store
      let written = services[service.number - 1].store.lastSequence
      if store.position.lastSequence < written {
        return "service \(service.number) has taken \(store.position.lastSequence) of \(written)"
      }
      guard let reader = service.current?.reader else { return "service \(service.number) does not run" }
      let end = services[service.number - 1].log.end
      if reader.intake.isRepairing || reader.nextFetch != end || !reader.batch.isEmpty {
        return "service \(service.number) is not at the end of its topic"
      }
      if !store.parked.isEmpty { return "service \(service.number) has parked events" }
    }
    for service in services.dropLast() {
      let written = service.store.lastSequence
      guard let process = service.current else { return "service \(service.number) does not run" }
      if process.relay.acknowledged < written { return "the relay of service \(service.number) is not drained" }
      if case .event(written, _) = service.log.tail { continue }
      if written > 0 { return "topic \(service.number) does not end at \(written) but with \(service.log.tail)" }
    }
    return nil
  }

  /// Everything was taken once, and everything that was applied has had its consequences once.
  func checkEnd() {
    for service in services.dropFirst() {
      let written = services[service.number - 1].store.outbox
      let store = service.store
      if store.outcomes.count != written.count || store.outcomes.contains(.parked) {
        return violate("lost: service \(service.number) took \(store.outcomes.count) of \(written.count)")
      }
      let consequences = zip(written, store.outcomes).reduce(0) { sum, pair in
        pair.1 == .applied ? sum + pair.0.consequences : sum
      }
      if store.outbox.count != consequences {
        violate("service \(service.number) wrote \(store.outbox.count) events, not \(consequences)")
      }
    }
  }
}
