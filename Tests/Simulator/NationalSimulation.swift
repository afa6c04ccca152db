import Seeded

/// The alerts between authorities against a topic that loses, doubles, reorders and forgets, against stores that are
/// restored from copies, keys that are lost, and one authority that forges, repeats and lies.
///
/// What must hold: no alert is lost, none is taken twice, none counts as acknowledged by another than whom it was for,
/// and nobody but the two reads it.
public struct NationalSimulation: Sendable {
  public struct Result: Sendable {
    /// The promise that was broken; `nil` when all were kept.
    public var violation: String?
    public var alerts = 0
    public var records = 0
    public var repeated = 0
    public var refusals = 0
  }

  private var random: SeededGenerator
  private var nodes: [NationalAuthority]
  private var copies: [Int: NationalAuthority] = [:]
  private var topic: [NationalEnvelope] = []
  /// How often the topic began anew, and how often it had when a copy was made.
  private var era = 0
  private var eras: [Int: Int] = [:]
  /// Who read which alert, and between whom it is.
  private var readers: [Int: Set<Int>] = [:]
  private var parties: [Int: (from: Int, to: Int)] = [:]
  private var result = Result()
  private let liar: Int?
  private let steps: Int

  /// - Parameter authorities: how many there are, from 3.
  public init(seed: UInt64, authorities: Int, mistake: NationalMistake? = nil) {
    random = SeededGenerator(seed: seed, part: UInt64(authorities))
    nodes = (0..<authorities).map { NationalAuthority($0, mistake) }
    liar = random.below(2) == 0 ? authorities - 1 : nil
    steps = 40 + 2 * authorities
  }

  private var keys: [Int] { nodes.map(\.key) }

  public mutating func run() -> Result {
    for _ in 0..<steps { step() }
    // The storm is over: days on which everybody asks everybody, and officers do what is to be done.
    for _ in 0..<12 {
      for number in nodes.indices { day(of: number) }
      for _ in 0..<3 { for number in nodes.indices { exchange(number, isCalm: true) } }
    }
    result.violation = violation()
    result.alerts = parties.count
    result.repeated = nodes.reduce(0) { $0 + $1.repeated }
    result.refusals = nodes.reduce(0) { $0 + $1.refusals }
    return result
  }

  private mutating func step() {
    let number = random.below(nodes.count)
    switch random.below(20) {
    case 0..<6: raise(from: number)
    case 6..<14: exchange(number, isCalm: false)
    case 14: nodes[number].acknowledgeAll(keys)
    case 15:
      copies[number] = nodes[number]
      eras[number] = era
    case 16: restore(number)
    case 17: nodes[number].loseKey()
    case 18: if random.below(3) == 0 { wipe() }
    default: lie()
    }
  }

  private mutating func raise(from number: Int, about child: Int? = nil) {
    let other = (number + 1 + random.below(nodes.count - 1)) % nodes.count
    let alert = parties.count
    parties[alert] = (number, other)
    nodes[number].raise(alert, about: child ?? alert, to: other, keys)
  }

  /// Sends what waits and reads some of the topic.
  private mutating func exchange(_ number: Int, isCalm: Bool) {
    for envelope in nodes[number].takeWaiting() {
      result.records += 1
      switch isCalm ? 9 : random.below(10) {
      case 0: break
      case 1: topic += [envelope, envelope]
      case 2: topic.insert(envelope, at: max(0, topic.count - 1 - random.below(3)))
      default: topic.append(envelope)
      }
    }
    var left = isCalm ? .max : random.below(8)
    while left > 0, nodes[number].position < topic.count {
      let envelope = topic[nodes[number].position]
      nodes[number].position += 1
      left -= 1
      if let alert = nodes[number].take(envelope, keys) { readers[alert, default: []].insert(number) }
    }
  }

  private mutating func day(of number: Int) {
    // Everybody is asked; where nothing was ever sent there is no answer, and the question is left out here.
    let others = Set(parties.values.filter { $0.from == number || $0.to == number }.flatMap { [$0.from, $0.to] })
    for other in others.sorted() where other != number { nodes[number].ask(other, keys) }
    nodes[number].acknowledgeAll(keys)
    nodes[number].remindAll(keys)
    for (alert, row) in nodes[number].sent.sorted(by: { $0.key < $1.key }) where row.state == .unread {
      let again = nodes[number].sent.values.contains { $0.child == row.child && $0.state != .unread }
      guard !again, let to = parties[alert]?.to else { continue }
      let next = parties.count
      parties[next] = (number, to)
      nodes[number].raise(next, about: row.child, to: to, keys)
    }
  }

  private mutating func restore(_ number: Int) {
    guard let copy = copies[number] else { return }
    let key = nodes[number].key
    nodes[number] = copy
    // The file of keys is not in the copy of the store.
    while nodes[number].key < key { nodes[number].loseKey() }
    // The topic began anew since: it is read from its beginning.
    if (eras[number] ?? 0) != era { nodes[number].sendAllAgain() }
  }

  private mutating func wipe() {
    topic = []
    era += 1
    for number in nodes.indices { nodes[number].sendAllAgain() }
  }

  /// One authority repeats, signs as its own, forges, and answers for others.
  private mutating func lie() {
    guard let liar, var envelope = topic.isEmpty ? nil : random.pick(topic) else { return }
    switch random.below(4) {
    case 0: break
    case 1:
      guard envelope.isInOrder, envelope.to != liar else { return }
      envelope = nodes[liar].lie(envelope.content, to: envelope.to, seal: envelope, keys)
    case 2: envelope.signer = liar
    default:
      guard let alert = parties.keys.sorted().last(where: { parties[$0]?.from != liar && parties[$0]?.to != liar }),
        let victim = parties[alert]?.from
      else { return }
      envelope = nodes[liar].lie(.acknowledged(alert: alert), to: victim, keys)
    }
    topic.append(envelope)
  }

  private func violation() -> String? {
    for node in nodes where node.number != liar {
      for (alert, sender) in node.received where parties[alert]?.from != sender {
        return "alert \(alert) was taken for one of \(sender)"
      }
      for (alert, row) in node.sent.sorted(by: { $0.key < $1.key }) {
        if let by = row.acknowledgedBy, by != row.to { return "alert \(alert) was acknowledged by another" }
        if row.acknowledgedBy != nil, row.to != liar, !nodes[row.to].acknowledged.contains(alert) {
          // Its officer did, before its store was restored from a copy.
          if copies[row.to] == nil { return "alert \(alert) was acknowledged by nobody" }
        }
        if row.to == liar { continue }
        if row.state == .unread {
          let isRaisedAgain = node.sent.values.contains { $0.child == row.child && $0.state == .acknowledged }
          if !isRaisedAgain { return "the child of alert \(alert) was lost" }
        } else if row.state != .acknowledged, copies[row.to] == nil || nodes[row.to].received[alert] != nil {
          return "alert \(alert) of \(node.number) to \(row.to) was lost: \(row.state)"
        }
      }
    }
    for (alert, who) in readers {
      guard let party = parties[alert], who.isSubset(of: [party.from, party.to]) else {
        return "alert \(alert) was read by another"
      }
    }
    return nil
  }
}
