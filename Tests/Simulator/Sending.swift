import MessagingMachines
import Seeded

/// The sending half of a process: what the product's relay loop does, and the way to the broker and back.
extension Simulation {
  func step(_ process: Process, _ input: Relay.Input) {
    for action in process.relay.step(input) {
      guard process.isAlive, !crashes(process) else { return }
      perform(action, process)
    }
  }

  private func perform(_ action: Relay.Action, _ process: Process) {
    switch action {
    case .readTail:
      timeline.plan(.tailAsked(process: process.number, client: process.client), at: now + millis(1...3))
    case .findRefillStart:
      saw(.seen(.refilled))
      // A topic that is still empty when the last event comes is filled with all that there is.
      let depth = isFinale ? .max : refillDepth
      step(process, .refillStart(max(1, store(of: process).lastSequence - depth + 1)))
    case .publish(let first, let last, let pointers): publish(first, last, pointers, process)
    case .replaceClient(let attempt):
      saw(.seen(.clientReplaced))
      makeClient(process, attempt: attempt)
    case .stop(.superseded):
      if process.generation == store(of: process).generation { violate("the owner of the store stopped") }
      saw(.seen(.staleInstanceStopped))
      kill(process)
    case .stop(.forked(let sequence)): violate("the relay calls its own log forked at \(sequence)")
    }
  }

  func makeClient(_ process: Process, attempt: Int) {
    clients.append(ClientRecord(service: process.service))
    process.client = clients.count - 1
    let pause = attempt == 0 ? 1 : backoff.pauseMillis(attempt: attempt, using: &generator)
    timeline.plan(.clientReady(process: process.number, client: process.client), at: now + pause)
  }

  /// The broker is asked for the end of the log; the answer travels.
  func readTail(_ process: Process) {
    let store = store(of: process)
    var answer = strikes(.tailUnavailable) ? .unavailable : services[process.service].log.tail
    if mistake == .markBeforeAcknowledged {
      answer = store.sentMark == 0 ? .empty : .event(sequence: store.sentMark, offset: store.sentMark)
    }
    timeline.plan(
      .tailAnswered(process: process.number, client: process.client, answer), at: now + millis(1...3))
  }

  func take(_ tail: TailAnswer, _ process: Process) {
    step(process, .outboxGrew(through: store(of: process).lastSequence))
    guard process.isAlive else { return }
    clients[process.client].lastSequence = 0
    switch tail {
    case .empty: step(process, .tail(.empty))
    case .event(let sequence, let offset):
      step(process, .tail(.last(sequence: sequence, offset: comparable(offset, of: sequence), isOurs: true)))
    case .unreadable: step(process, .tail(.unreadable))
    case .unavailable: step(process, .tailUnavailable)
    }
  }

  /// Two of the mistakes need a relay that compares no offsets: it would notice them.
  private func comparable(_ offset: Int64, of sequence: Int64) -> Int64 {
    mistake == .resendOneAlone || mistake == .markBeforeAcknowledged ? sequence : offset
  }

  private func publish(_ first: Int64, _ last: Int64, _ pointers: Set<Int64>, _ process: Process) {
    let store = store(of: process)
    if first > last || last > store.lastSequence || last - process.relay.acknowledged > Int64(window) {
      return violate("the relay publishes \(first)...\(last), acknowledged \(process.relay.acknowledged)")
    }
    // An instance that has lost the store finds out at its next look, which may be one batch too late.
    if process.generation != store.generation, generator.below(2) == 0 {
      step(process, .superseded)
      if process.isAlive { violate("a relay goes on after it has lost the store") }
      return
    }
    if mistake == .markBeforeAcknowledged { store.sentMark = max(store.sentMark, last) }
    for sequence in first...last {
      if crashes(process) { return }
      let asPointer = pointers.contains(sequence)
      if store.outbox[Int(sequence) - 1].isLarge, !asPointer, generator.below(2) == 0 {
        return step(process, .tooLarge(sequence: sequence))
      }
      send(sequence, asPointer: asPointer, process)
    }
  }

  private func send(_ sequence: Int64, asPointer: Bool, _ process: Process) {
    clients[process.client].sent += 1
    let arrival = max(clients[process.client].lastArrival, now + millis(1...6))
    clients[process.client].lastArrival = arrival
    let flight = Flight(
      process: process.number, client: process.client, ordinal: clients[process.client].sent, sequence: sequence,
      asPointer: asPointer)
    timeline.plan(.arrival(flight), at: arrival)
  }

  /// A record reaches the broker, if it does.
  func arrive(_ flight: Flight) {
    let process = processes[flight.process]
    let service = services[process.service]
    let isAbandoned = !process.isAlive || process.client != flight.client
    if isAbandoned {
      guard strikes(.lateAppend) else { return }
      if generator.below(2) == 0 { return timeline.plan(.arrival(flight), at: now + millis(1...40)) }
    }
    let row = service.store.outbox[Int(flight.sequence) - 1]
    guard service.log.isUp, clients[flight.client].lastOrdinal < flight.ordinal, !strikes(.deliveryLost) else {
      return deliver(.failed, flight)
    }
    guard !row.isLarge || flight.asPointer else { return deliver(.tooLarge, flight) }
    clients[flight.client].lastOrdinal = flight.ordinal
    checkOrder(of: flight)
    if flight.asPointer { saw(.seen(.pointerSent)) }
    if process.generation != service.store.generation { saw(.seen(.staleInstanceAppended)) }
    let offset = service.log.append(record(of: row, flight))
    note(2, offset, flight.sequence)
    trace("topic \(service.number): offset \(offset) is \(flight.sequence), client \(flight.client)")
    if strikes(.recordDoubled) { _ = service.log.append(record(of: row, flight)) }
    deliver(strikes(.acknowledgementLost) ? .failed : .appended(offset: offset), flight)
  }

  private func record(of row: Row, _ flight: Flight) -> LogRecord {
    let isWhole = !flight.asPointer && !strikes(.dataDamaged)
    return LogRecord(
      sequence: strikes(.recordDestroyed) ? 0 : flight.sequence, content: isWhole ? row.content : nil)
  }

  private func deliver(_ result: DeliveryResult, _ flight: Flight) {
    let pause = if case .failed = result { millis(1...20) } else { millis(1...8) }
    timeline.plan(
      .delivery(process: flight.process, client: flight.client, sequence: flight.sequence, result), at: now + pause)
  }

  /// A client hears what became of a record.
  func take(_ result: DeliveryResult, of sequence: Int64, _ process: Process) {
    switch result {
    case .appended(let offset):
      clients[process.client].acknowledged.insert(sequence)
      let (client, before) = (process.client, process.relay.acknowledged)
      step(process, .acknowledged(sequence: sequence, offset: comparable(offset, of: sequence)))
      checkAcknowledged(after: before, process, clients[client].acknowledged)
    case .tooLarge: step(process, .tooLarge(sequence: sequence))
    case .failed where mistake == .resendOneAlone: send(sequence, asPointer: false, process)
    case .failed: step(process, .failed)
    }
  }
}
