import MessagingMachines
import Seeded

/// The reading half of a process: what the product's intake loop does.
extension Simulation {
  /// What is to be committed: an event, or only a position.
  private struct Planned {
    let event: (sequence: Int64, content: UInt64)?
    let position: Intake.Position
  }

  /// The reader asks the log for more.
  func look(_ process: Process) {
    let log = services[process.service - 1].log
    guard var reader = process.reader, log.isUp else { return lookAgain(process, after: 6...15) }
    guard let found = log.read(from: reader.nextFetch, most: generator.within(1...6)) else {
      saw(.seen(.logReplaced))
      trace("service \(process.service): offset \(reader.nextFetch) is not in the log")
      for case .consume(let offset) in reader.intake.step(.logReplaced) { reader.nextFetch = max(offset, log.base) }
      process.reader = reader
      return lookAgain(process, after: 1...4)
    }
    guard !found.isEmpty else { return hearNothing(process) }
    reader.quietLooks = 0
    let first = reader.nextFetch
    reader.batch = found.enumerated().map { FetchedRecord(offset: first + Int64($0.offset), record: $0.element) }[...]
    reader.nextFetch += Int64(found.count)
    process.reader = reader
    takeBatch(process)
  }

  private func lookAgain(_ process: Process, after pause: ClosedRange<Int>) {
    timeline.plan(.look(process: process.number), at: now + millis(pause))
  }

  private func hearNothing(_ process: Process) {
    let quietLooks = (process.reader?.quietLooks ?? 0) + 1
    guard quietLooks >= 4, mistake != .trustSilence, !isFinale else {
      process.reader?.quietLooks = quietLooks
      return lookAgain(process, after: 4...12)
    }
    process.reader?.quietLooks = 0
    if let actions = process.reader?.intake.step(.quiet) { follow(actions, process) }
  }

  /// Deals with what was fetched until it is used up or the feed is needed.
  private func takeBatch(_ process: Process) {
    guard let reader = process.reader else { return }
    var intake = reader.intake
    var plan: [Planned] = []
    var rest = reader.batch
    var askAfter: Int64?
    while askAfter == nil, let fetched = rest.first {
      let record = fetched.record
      for action in decide(&intake, fetched) {
        switch action {
        case .apply(let position):
          plan.append(Planned(event: (record.sequence, record.content ?? 0), position: position))
        case .skip(let position):
          if record.sequence > 0 { saw(.seen(.duplicateDropped)) }
          plan.append(Planned(event: nil, position: position))
        case .fetchFeed(let after): askAfter = after
        case .alarm(.unreadable) where record.sequence == 0: continue
        case .alarm(let alarm): violate("a false alarm: \(alarm)")
        case .resume, .consume: violate("the intake answers a record with \(action)")
        }
      }
      if askAfter == nil { rest.removeFirst() }
    }
    guard commit(plan, process) else { return }
    process.reader?.intake = intake
    process.reader?.batch = rest
    if let askAfter { return ask(process, after: askAfter, pause: 1...4) }
    lookAgain(process, after: 1...6)
  }

  /// What the intake does with a record, or a reader with one of the mistakes.
  private func decide(_ intake: inout Intake, _ fetched: FetchedRecord) -> [Intake.Action] {
    let record = fetched.record
    let last = intake.position.lastSequence
    if mistake == .ignoreGaps, record.content != nil, record.sequence > last + 1 {
      intake = Intake(Intake.Position(nextOffset: fetched.offset + 1, lastSequence: record.sequence))
      return [.apply(intake.position)]
    }
    if mistake == .ignoreDuplicates, record.content != nil, record.sequence > 0, record.sequence <= last {
      intake = Intake(Intake.Position(nextOffset: fetched.offset + 1, lastSequence: last))
      return [.apply(intake.position)]
    }
    let arrival: Intake.Arrival =
      if record.sequence == 0 {
        .unreadable
      } else if record.content == nil {
        .withoutData(sequence: record.sequence)
      } else {
        .event(sequence: record.sequence)
      }
    return intake.step(.record(offset: fetched.offset, arrival))
  }

  private func ask(_ process: Process, after sequence: Int64, pause: ClosedRange<Int>) {
    if isFinale, services[process.service].current === process {
      violate("service \(process.service) asks the feed although nothing is amiss")
    }
    timeline.plan(.feedAsked(process: process.number, after: sequence), at: now + millis(pause))
  }

  /// The feed answers, or does not.
  func readFeed(_ process: Process, after sequence: Int64) {
    let source = services[process.service - 1]
    guard source.isFeedUp, source.current != nil, !strikes(.feedUnavailable) else { return feedIsSilent(process) }
    guard var intake = process.reader?.intake else { return }
    let outbox = source.store.outbox
    let end = min(outbox.count, Int(sequence) + generator.within(1...6))
    var plan: [Planned] = []
    let start = strikes(.feedRepeats) ? Int(sequence) - generator.within(0...3) : Int(sequence)
    for number in max(0, start)..<max(end, Int(sequence)) {
      let next = Int64(number + 1)
      for case .apply(let position) in intake.step(.feedEvent(sequence: next)) {
        plan.append(Planned(event: (next, outbox[number].content), position: position))
      }
    }
    if !plan.isEmpty {
      saw(.seen(.appliedFromFeed))
      if process.reader?.batch.isEmpty ?? true { saw(.seen(.foundWhenQuiet)) }
    }
    trace("service \(process.service): the feed gives \(plan.count) after \(sequence)")
    guard commit(plan, process) else { return }
    let actions = intake.step(.feedPageEnded(isLast: end == outbox.count))
    process.reader?.intake = intake
    follow(actions, process)
  }

  private func follow(_ actions: [Intake.Action], _ process: Process) {
    for action in actions {
      switch action {
      case .resume: takeBatch(process)
      case .fetchFeed(let after): ask(process, after: after, pause: 2...8)
      case .alarm(let alarm): violate("a false alarm: \(alarm)")
      case .apply, .skip, .consume: violate("the intake answers the feed's end with \(action)")
      }
    }
  }

  private func feedIsSilent(_ process: Process) {
    trace("service \(process.service): the feed does not answer")
    if restartsWhenFeedSilent {
      process.reader = Reader(store(of: process).position)
      return lookAgain(process, after: 4...20)
    }
    guard let actions = process.reader?.intake.step(.feedUnavailable) else { return }
    follow(actions, process)
  }

  /// Effects, parked events, outgoing events and position in one transaction. `false` when the process is dead after it.
  private func commit(_ plan: [Planned], _ process: Process) -> Bool {
    let store = store(of: process)
    guard let last = plan.last else { return true }
    if process.generation != store.generation {
      kill(process)
      return false
    }
    if crashes(process) { return false }
    for planned in plan {
      guard let event = planned.event else { continue }
      deal(with: event.sequence, event.content, process)
    }
    if mistake == .positionOutsideTransaction, crashes(process) { return false }
    store.position = last.position
    return !crashes(process)
  }
}
