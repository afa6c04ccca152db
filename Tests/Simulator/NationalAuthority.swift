import Foundation
import SealedAlerts

/// What one authority sends another in the simulation. Seal and signature are taken to hold: who is not the receiver, or
/// has not its key any more, reads nothing, and what another signed is known for what it is.
struct NationalEnvelope: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    case raised(alert: Int)
    case reminded(alert: Int)
    case received(alert: Int)
    case acknowledged(alert: Int)
    /// Outside the order: send again what follows; what follows cannot be read.
    case again, unread
  }

  var from: Int
  let to: Int
  let after: ChannelEnd
  let content: Content
  /// The sender's name when it was sealed, and the receiver's key.
  let sealedFrom: Int
  let sealedTo: Int
  /// Who signed it.
  var signer: Int

  var isInOrder: Bool { content != .again && content != .unread }

  /// How far its receiver has got once it has read it.
  var end: ChannelEnd {
    var hasher = Hasher64()
    for part in [from, to, Int(after.sequence), sealedTo, signer, contentCode] { hasher.add(part) }
    for byte in after.digest { hasher.add(Int(byte)) }
    return ChannelEnd(
      sequence: after.sequence + 1, digest: Data((0..<8).map { UInt8(truncatingIfNeeded: hasher.value >> ($0 * 8)) }))
  }

  private var contentCode: Int {
    switch content {
    case .raised(let alert): alert * 4
    case .received(let alert): alert * 4 + 1
    case .acknowledged(let alert): alert * 4 + 2
    case .reminded(let alert): alert * 4 + 3
    case .again: -1
    case .unread: -2
    }
  }
}

/// A digest that is the same in every run.
private struct Hasher64 {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
  mutating func add(_ part: Int) {
    value = (value ^ UInt64(truncatingIfNeeded: part)) &* 0x0000_0100_0000_01b3 ^ value >> 29
  }
}

/// One authority's program and officers: the rules of cme's desk for alerts, on the same question what an alert is to
/// whoever has got so far (``SealedAlerts/ChannelEnd/reception(after:)``).
struct NationalAuthority: Sendable {
  enum State: Sendable { case raised, received, acknowledged, unread }

  struct Sent: Sendable {
    let to: Int
    let child: Int
    var state = State.raised
    /// Who acknowledged it.
    var acknowledgedBy: Int?
  }

  let number: Int
  private(set) var key = 0
  private(set) var sent: [Int: Sent] = [:]
  /// The alerts that were received, with their senders, and those that an officer has acknowledged.
  private(set) var received: [Int: Int] = [:]
  private(set) var acknowledged: Set<Int> = []
  private(set) var refusals = 0
  private(set) var repeated = 0
  var position = 0
  /// Everything that was sent, and what of it is not in the topic.
  private(set) var log: [NationalEnvelope] = []
  private(set) var waiting: [Int] = []
  private var outs: [Int: ChannelEnd] = [:]
  private var ins: [Int: ChannelEnd] = [:]
  /// Where each numbered envelope for an authority lies in the log.
  private var numbered: [Int: [Int64: Int]] = [:]
  private let mistake: NationalMistake?

  init(_ number: Int, _ mistake: NationalMistake?) {
    self.number = number
    self.mistake = mistake
  }

  // MARK: Out

  private func end(_ ends: [Int: ChannelEnd], _ other: Int) -> ChannelEnd { ends[other] ?? .beginning }

  private mutating func send(
    _ content: NationalEnvelope.Content, to other: Int, after: ChannelEnd? = nil, _ keys: [Int]
  ) {
    let envelope = NationalEnvelope(
      from: number, to: other, after: after ?? end(outs, other), content: content, sealedFrom: number,
      sealedTo: keys[other], signer: number)
    if envelope.isInOrder {
      outs[other] = envelope.end
      numbered[other, default: [:]][envelope.end.sequence] = log.count
    }
    waiting.append(log.count)
    log.append(envelope)
  }

  mutating func raise(_ alert: Int, about child: Int, to other: Int, _ keys: [Int]) {
    sent[alert] = Sent(to: other, child: child)
    send(.raised(alert: alert), to: other, keys)
  }

  /// An officer acknowledges what was received.
  mutating func acknowledgeAll(_ keys: [Int]) {
    for (alert, other) in received.sorted(by: { $0.key < $1.key }) where !acknowledged.contains(alert) {
      acknowledged.insert(alert)
      send(.acknowledged(alert: alert), to: other, keys)
    }
  }

  /// The clocks of alerts that nobody has acknowledged.
  mutating func remindAll(_ keys: [Int]) {
    for (alert, row) in sent.sorted(by: { $0.key < $1.key }) where row.state == .raised || row.state == .received {
      send(.reminded(alert: alert), to: row.to, keys)
    }
  }

  mutating func ask(_ other: Int, _ keys: [Int]) {
    guard mistake != .neverAsks else { return }
    send(.again, to: other, after: end(ins, other), keys)
  }

  /// What is to be put into the topic, in order.
  mutating func takeWaiting() -> [NationalEnvelope] {
    defer { waiting = [] }
    return waiting.sorted().map { log[$0] }
  }

  /// The topic began anew.
  mutating func sendAllAgain() {
    waiting = Array(log.indices)
    position = 0
  }

  /// The secret key is gone; the next one is in the directory.
  mutating func loseKey() { key += 1 }

  /// What a liar sends, signed by itself, in its own order.
  ///
  /// - Parameter seal: what another sealed, sent as its own; sealed by itself when absent.
  mutating func lie(
    _ content: NationalEnvelope.Content, to other: Int, seal: NationalEnvelope? = nil, _ keys: [Int]
  ) -> NationalEnvelope {
    let envelope = NationalEnvelope(
      from: number, to: other, after: end(outs, other), content: content, sealedFrom: seal?.sealedFrom ?? number,
      sealedTo: seal?.sealedTo ?? keys[other], signer: number)
    outs[other] = envelope.end
    numbered[other, default: [:]][envelope.end.sequence] = log.count
    log.append(envelope)
    return envelope
  }

  // MARK: In

  /// - Returns: the alert whose content was read here, if any.
  mutating func take(_ envelope: NationalEnvelope, _ keys: [Int]) -> Int? {
    guard envelope.to == number else { return nil }
    guard envelope.signer == envelope.from else {
      refusals += 1
      return nil
    }
    let other = envelope.from
    switch envelope.content {
    case .again: answer(envelope.after, of: other, keys)
    case .unread:
      guard let index = numbered[other]?[envelope.after.sequence + 1] else { return nil }
      switch log[index].content {
      case .raised(let alert), .reminded(let alert): giveBack(alert)
      case .received(let alert), .acknowledged(let alert):
        // To a key that it has not said it cannot use.
        if log[index].sealedTo != keys[other] { answerAgain(alert, of: other, keys) }
      case .again, .unread: break
      }
    case .raised, .reminded, .received, .acknowledged:
      let reception = end(ins, other).reception(after: envelope.after)
      switch reception {
      case .known: return nil
      case .gap, .branched: ask(other, keys)
      case .next:
        ins[other] = envelope.end
        guard envelope.sealedTo == key, envelope.sealedFrom == other || mistake == .ignoresSender else {
          refusals += 1
          send(.unread, to: other, after: envelope.after, keys)
          return nil
        }
        return apply(envelope.content, of: envelope, keys)
      }
    }
    return nil
  }

  private mutating func apply(
    _ content: NationalEnvelope.Content, of envelope: NationalEnvelope, _ keys: [Int]
  ) -> Int? {
    let other = envelope.from
    switch content {
    case .reminded(let alert):
      // The sender does not know that it never arrived, or that it was answered.
      if received[alert] == other {
        answerAgain(alert, of: other, keys)
      } else {
        send(.unread, to: other, after: envelope.after, keys)
      }
    case .raised(let alert):
      guard received[alert] == nil else {
        refusals += 1
        return alert
      }
      received[alert] = other
      send(.received(alert: alert), to: other, keys)
      return alert
    case .received(let alert): answered(alert, by: other) { if $0.state == .raised { $0.state = .received } }
    case .acknowledged(let alert):
      answered(alert, by: other) {
        $0.state = .acknowledged
        $0.acknowledgedBy = other
      }
    case .again, .unread: break
    }
    return nil
  }

  private mutating func answered(_ alert: Int, by other: Int, _ change: (inout Sent) -> Void) {
    guard var row = sent[alert], row.to == other || mistake == .anybodyAcknowledges else {
      refusals += 1
      return
    }
    change(&row)
    sent[alert] = row
  }

  private mutating func giveBack(_ alert: Int) {
    if let row = sent[alert], row.state == .raised { sent[alert]?.state = .unread }
  }

  private mutating func answer(_ asked: ChannelEnd, of other: Int, _ keys: [Int]) {
    let own = end(outs, other)
    if asked == own { return }
    let isOurs =
      asked.sequence == 0
      || numbered[other]?[asked.sequence].map { log[$0].end == asked }
        ?? (asked.sequence < own.sequence)
    if isOurs {
      let again = (numbered[other] ?? [:]).filter { $0.key > asked.sequence }.map(\.value)
      repeated += again.count
      waiting.append(contentsOf: again.filter { !waiting.contains($0) })
    } else {
      // This authority was restored from a copy.
      refusals += 1
      numbered[other] = [:]
      outs[other] = asked
      for alert in sent.filter({ $0.value.to == other }).keys { giveBack(alert) }
      for (alert, sender) in received.sorted(by: { $0.key < $1.key }) where sender == other {
        answerAgain(alert, of: other, keys)
      }
    }
  }

  /// Says again how an alert of another authority stands here.
  private mutating func answerAgain(_ alert: Int, of other: Int, _ keys: [Int]) {
    guard received[alert] == other else { return }
    send(.received(alert: alert), to: other, keys)
    if acknowledged.contains(alert) { send(.acknowledged(alert: alert), to: other, keys) }
  }
}

/// Classical mistakes, planted to see that the simulation catches them.
public enum NationalMistake: String, CaseIterable, Sendable {
  /// What is missing is never asked for.
  case neverAsks = "never-asks"
  /// It does not matter in whose name an alert was sealed.
  case ignoresSender = "ignores-sender"
  /// An acknowledgement is taken from anybody.
  case anybodyAcknowledges = "anybody-acknowledges"
}
