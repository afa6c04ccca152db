import Contracts
import Crypto
import Foundation
import Rulebook
import Seeded
import Store
import TestKit
import Testing

@testable import SealedAlerts

/// Alerts between two authorities, with a third that looks on.
@Suite("Sealed alerts", .timeLimit(.minutes(5)))
struct AlertPostTests {
  private let authorities: TwoAuthorities

  init() throws { authorities = try TwoAuthorities() }

  private var moment: Timestamp { authorities.moment }

  @Test("The receiver reads every step as it was sent")
  func roundTrip() throws {
    var end = ChannelEnd.beginning
    for step in try TwoAuthorities.steps() {
      let message = AlertMessage(AlertID(), step)
      let envelope = try authorities.torbay.seal(message, to: authorities.devon.keys.authority, after: end, at: moment)
      let header = try authorities.devon.prove(envelope, at: moment)
      #expect(try authorities.devon.content(of: envelope, header) == .message(message))
      #expect(header.sender.text == "880" && header.recipient?.text == "878" && header.sent == moment)
      end = ChannelEnd(after: envelope, sequence: header.sequence)
    }
    #expect(end.sequence == 12)
  }

  @Test("All alerts have one length, and show the same but for what is random")
  func equalLengths() throws {
    let envelopes = try TwoAuthorities.steps().map { try authorities.seal($0) }
    #expect(Set(envelopes.map(\.count)) == [AlertHeader.Class.sealed.envelopeBytes])
    #expect(Set(envelopes.map { $0.prefix(AlertHeader.bytes) }).count == 1)
    #expect(Set(envelopes.map { $0.dropFirst(AlertHeader.bytes).prefix(32) }).count == envelopes.count)
    let identities = [nil, try UPN("A880123456789".withCheckLetter)].map {
      ChildIdentity(givenName: "Canaryna", familyName: "Wrenfield", dateOfBirth: authorities.day, upn: $0)
    }
    let questions = try identities.map {
      try authorities.torbay.ask(try BlindQuestion($0), after: .beginning, at: moment)
    }
    #expect(Set(questions.map(\.count)) == [AlertHeader.Class.blind.envelopeBytes])
  }

  @Test("A record with everything in it fits, whatever it is written in; one thing more does not")
  func room() throws {
    for character in ["é", "漢", "\"", "\\", "/"] as [Character] {
      #expect(throws: Never.self) { try authorities.seal(.raised(try TwoAuthorities.full(character))) }
    }
    let breaches: [(inout MissingChildRecord) -> Void] = [
      { $0.knownNames.append($0.name) }, { $0.parents.append($0.parents[0]) },
      { $0.siblings.append($0.siblings[0]) }, { $0.languages.append("x") }, { $0.lastAddress.append("x") },
      { $0.believedAddress.append("x") }, { $0.enquiries.append($0.enquiries[0]) }, { $0.lastSchool?.append("x") },
      { $0.socialWorker = "" }, { $0.urgentNumber = "1\n2" },
    ]
    for breach in breaches {
      var record = try TwoAuthorities.full()
      breach(&record)
      let breached = record
      #expect(throws: AlertError.beyondLimits) { try authorities.seal(.raised(breached)) }
    }
  }

  @Test("Whatever bit of an alert is changed, it is refused")
  func tampering() throws {
    let envelope = try authorities.seal(.raised(try TwoAuthorities.full()))
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    for index in envelope.indices {
      var changed = envelope
      changed[index] ^= 1 << UInt8(generator.below(8))
      guard authorities.devon.refusal(changed, at: moment) != nil else {
        Issue.record("byte \(index) was changed unseen")
        continue
      }
    }
    for length in [0, 1, 71, 72, envelope.count - 1] {
      #expect(authorities.devon.refusal(envelope.prefix(length), at: moment) == .malformed)
    }
    #expect(authorities.devon.refusal(envelope + [0], at: moment) == .malformed)
  }

  /// What the sender's own key signs anew: so it is the seal that refuses it, not the signature.
  private func signedAnew(_ envelope: Data, _ change: (inout Data) -> Void) throws -> Data {
    var body = Data(envelope.dropLast(64))
    change(&body)
    let key = try #require(authorities.torbay.keys.signing.first).key
    return body + (try key.signature(for: Data("uk.everyschoolday national.cme signature v1".utf8) + body))
  }

  @Test("What is visible belongs to the seal: under a new signature it is refused too")
  func headerIsSealed() throws {
    let envelope = try authorities.seal(.notHere)
    let same = try signedAnew(envelope) { _ in }
    #expect(authorities.devon.refusal(same, at: moment) == nil)
    let later = try signedAnew(envelope) { $0[15] ^= 1 }
    #expect(authorities.devon.refusal(later, at: moment) == .undecipherable)
    for index in [72, 103, 104, 5_000, envelope.count - 65] {
      let changed = try signedAnew(envelope) { $0[index] ^= 128 }
      #expect(authorities.devon.refusal(changed, at: moment) == .undecipherable, "byte \(index)")
    }
  }

  @Test("Nobody sends an alert in another's name, or another's alert as their own")
  func forging() throws {
    let envelope = try authorities.seal(.notHere)
    let kent = try #require(authorities.kent.keys.signing.first)
    // Kent's signature under Torbay's name.
    let forged = Data(envelope.dropLast(64)) + (try kent.key.signature(for: envelope.dropLast(64)))
    #expect(authorities.devon.refusal(forged, at: moment) == .forged)
    // Torbay's seal under Kent's name and signature.
    var body = Data(envelope.dropLast(64))
    body.replaceSubrange(2..<5, with: Data("886".utf8))
    body.replaceSubrange(56..<64, with: kent.id)
    let signed = body + (try kent.key.signature(for: Data("uk.everyschoolday national.cme signature v1".utf8) + body))
    #expect(authorities.devon.refusal(signed, at: moment) == .undecipherable)
    // Somebody whom the directory does not have.
    let strangerKeys = try AlertKeyRing(
      AuthorityCode("881"), text: AlertKeyRing.newLines(first: TwoAuthorities.first, last: nil))
    let stranger = AlertPost(keys: strangerKeys, directory: authorities.directory)
    let strange = try stranger.seal(
      AlertMessage(AlertID(), .closed), to: authorities.devon.keys.authority, after: .beginning, at: moment)
    #expect(authorities.devon.refusal(strange, at: moment) == .unknownKey(.signing))
  }

  @Test("An alert is for its receiver alone")
  func wrongAuthority() throws {
    let envelope = try authorities.seal(.notHere)
    #expect(authorities.kent.refusal(envelope, at: moment) == .notForUs)
    #expect(authorities.torbay.refusal(envelope, at: moment) == .notForUs)
    // Sent on to Kent under Torbay's own signature, it does not open there.
    let sealing = try #require(authorities.kent.keys.sealing.first)
    let onward = try signedAnew(envelope) {
      $0.replaceSubrange(5..<8, with: Data("886".utf8))
      $0.replaceSubrange(64..<72, with: sealing.id)
    }
    #expect(authorities.kent.refusal(onward, at: moment) == .undecipherable)
  }

  @Test("Repeated, missing, exchanged and branched alerts are told apart")
  func order() throws {
    let first = try authorities.seal(.received)
    let one = ChannelEnd(after: first, sequence: 1)
    let second = try authorities.seal(.reminded, after: one)
    let two = ChannelEnd(after: second, sequence: 2)
    let third = try authorities.seal(.closed, after: two)
    func reception(_ envelope: Data, by end: ChannelEnd) throws -> ChannelEnd.Reception {
      end.reception(after: try AlertHeader(of: envelope).after)
    }
    #expect(try reception(first, by: .beginning) == .next)
    #expect(try reception(first, by: one) == .known)
    #expect(try reception(first, by: two) == .known)
    #expect(try reception(third, by: one) == .gap)
    #expect(try reception(second, by: .beginning) == .gap)
    #expect(try reception(second, by: one) == .next)
    // A sender that was restored from a copy sends another second alert, and then another third.
    let other = try authorities.seal(.closed, after: one)
    let branch = try authorities.seal(.notHere, after: ChannelEnd(after: other, sequence: 2))
    #expect(try reception(other, by: two) == .known)
    #expect(try reception(branch, by: two) == .branched)
  }

  @Test("An alert of the future, or of too long ago, is not read")
  func time() throws {
    let envelope = try authorities.seal(.notHere)
    func at(_ millis: Int64) -> AlertError? {
      authorities.devon.refusal(envelope, at: Timestamp(millis: moment.millis + millis))
    }
    let day: Int64 = 86_400_000
    #expect(at(-300_001) == .early && at(-300_000) == nil && at(30 * day) == nil && at(31 * day) == .late)
  }

  @Test("Nothing of the child, the family or a key is in an alert, an error or a file of public keys")
  func canaries() throws {
    let record = TwoAuthorities.short
    let envelope = try authorities.seal(.raised(record))
    let errors: [AlertError] = [
      .undecipherable, .noKey(.sealing), .forged, .beyondLimits, .unproven,
    ]
    let texts =
      errors.map { "\($0)" } + [String(decoding: envelope, as: UTF8.self), authorities.torbay.keys.publicLines]
    let secrets = authorities.torbay.keys.signing.map { $0.key.rawRepresentation.hex }
    for canary in ["Canaryna", "Wrenfield", "Finch", "01803", record.dateOfBirth.iso, "raised"] + secrets {
      for text in texts { #expect(!text.contains(canary)) }
    }
    for length in 4...8 {
      #expect(envelope.firstRange(of: Data(record.name.given.utf8.prefix(length))) == nil)
    }
  }

  @Test("A protected address leaves who the child is and whom to call, and nothing to find it by")
  func protected() throws {
    let record = try TwoAuthorities.full().withAddressProtected
    #expect(record.lastAddress.isEmpty && record.believedAddress.isEmpty && record.lastSchool == nil)
    #expect(record.parents.isEmpty && record.siblings.isEmpty && record.socialWorker == nil && record.upn == nil)
    #expect(record.urgentNumber != nil && record.name.given.count == 60 && record.isWithinLimits)
  }

  @Test("Random bytes are refused and never crash")
  func fuzz() {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    for _ in 0..<2_000 {
      let alertClass = generator.pick(AlertHeader.Class.allCases)
      var bytes = Data((0..<alertClass.envelopeBytes).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
      bytes.replaceSubrange(0..<2, with: [1, alertClass.rawValue])
      if generator.below(2) == 0 {
        bytes.replaceSubrange(2..<8, with: Data((alertClass == .blind ? "880000" : "880878").utf8))
      }
      #expect(authorities.devon.refusal(bytes, at: moment) != nil)
    }
  }
}
