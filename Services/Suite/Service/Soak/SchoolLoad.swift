import Foundation
import Rulebook
import Seeded
import ServiceKit
import SuiteDomain

/// One school's information system under load: sends register after register, corrects earlier ones, and repeats
/// whatever was not answered, with the same `Idempotency-Key`.
struct SchoolLoad: Sendable {
  /// What was accepted, and so must be in the registers.
  struct Accepted: Sendable {
    /// The marks as they stand now.
    var book: AttendanceBook
    /// How many sessions of the book were sent, from the first.
    var slotsSent = 0
    /// How many marks were sent for the first time, and how many were changed.
    var recorded = 0
    var amended = 0
    /// How many requests were answered, and how many had to be repeated.
    var requests = 0
    var repeated = 0
  }

  private let client: RegistersClient
  private let identifiers: [String]
  private let name: String
  private var random: SeededGenerator
  private(set) var accepted: Accepted
  /// What the files said last of the marks where a person's amendment stands against them: see "said again" in
  /// docs/interpretations.md.
  private var said: [Place: AttendanceCode] = [:]

  /// A child's session.
  private struct Place: Hashable {
    let pupil: Int
    let day: Day
    let session: Session
  }

  /// How long a request is repeated until the soak gives up, seconds.
  private static let patienceSeconds = 120.0
  private static let longestPauseMillis = 400
  /// The longest rest between two requests of a school, milliseconds: so that readers which are killed once a second come
  /// forward at all, and most of the work is not one long catching up in the end.
  private static let longestRestMillis = 80
  /// The most rows of one correction.
  private static let mostCorrected = 8
  private static let corrections = ["/", "I", "O", "U", "M", "L"].compactMap { AttendanceCode($0) }

  /// - Parameters:
  ///   - identifiers: the opaque identifiers of the school's pupils, in the order of its roll.
  ///   - last: the last day that may have marks.
  init(_ book: AttendanceBook, _ client: RegistersClient, identifiers: [String], seed: UInt64) {
    self.client = client
    self.identifiers = identifiers
    name = "soak-\(seed)-\(book.school.urn)"
    random = SeededGenerator(seed: seed, part: UInt64(book.school.number) &+ 1_000)
    accepted = Accepted(book: book)
  }

  /// Sends until told to stop.
  ///
  /// - Throws: ``SuiteError`` when a request is refused, or not answered for too long.
  mutating func run(while goesOn: @Sendable () -> Bool) async throws {
    while goesOn() {
      if accepted.slotsSent == 0 || (accepted.slotsSent < accepted.book.slots.count && random.unit() < 0.5) {
        try await sendNext()
      } else if random.unit() < 0.7 {
        try await correctByFile()
      } else {
        try await amend()
      }
      try await Task.sleep(for: .milliseconds(random.below(Self.longestRestMillis + 1)))
    }
  }

  private mutating func sendNext() async throws {
    let slot = accepted.book.slots[accepted.slotsSent]
    let file = accepted.book.csv(DayRange(first: slot.day, last: slot.day), [slot.session])
    let rows = file.count { $0 == UInt8(ascii: "\n") } - 1
    let answer = try await send(file)
    guard answer.recorded == rows, answer.problems.isEmpty else {
      throw SuiteError.unexpected("\(name): of \(rows) marks \(answer.recorded) were recorded")
    }
    accepted.slotsSent += 1
    accepted.recorded += rows
  }

  /// A later file with other codes for some children of one session.
  private mutating func correctByFile() async throws {
    let slot = accepted.book.slots[random.below(accepted.slotsSent)]
    var changes: [Int: AttendanceCode] = [:]
    for _ in 0..<random.within(1...Self.mostCorrected) {
      changes[random.below(identifiers.count)] = correction(for: slot.session)
    }
    let changed = changes.filter { pupil, code in
      let place = Place(pupil: pupil, day: slot.day, session: slot.session)
      let standing = accepted.book.code(pupil, slot.day, slot.session)
      if code == standing { said[place] = nil } else if said[place] != nil { said[place] = code }
      return code != standing && said[place] == nil
    }
    let rows = changes.sorted { $0.key < $1.key }.map { pupil, code in
      "\(accepted.book.school.pupils[pupil].upn),\(slot.day),\(slot.session.rawValue),\(code)\n"
    }
    let answer = try await send(Array(("upn,date,session,code\n" + rows.joined()).utf8))
    guard answer.amended == changed.count, answer.problems.isEmpty else {
      throw SuiteError.unexpected("\(name): of \(changed.count) corrections \(answer.amended) were made")
    }
    for (pupil, code) in changed { accepted.book.set(code, pupil, slot.day, slot.session) }
    accepted.amended += changed.count
  }

  /// One amendment with a reason. Sent again it changes nothing.
  private mutating func amend() async throws {
    let slot = accepted.book.slots[random.below(accepted.slotsSent)]
    let pupil = random.below(identifiers.count)
    let code = correction(for: slot.session)
    try await repeating { [client, identifiers, accepted] in
      try await client.amend(
        identifiers[pupil], slot.day, slot.session, to: code.text, reason: "Soak", at: accepted.book.school.urn)
    }
    guard let standing = accepted.book.code(pupil, slot.day, slot.session), standing != code else { return }
    let place = Place(pupil: pupil, day: slot.day, session: slot.session)
    let last = said[place] ?? standing
    said[place] = last == code ? nil : last
    accepted.amended += 1
    accepted.book.set(code, pupil, slot.day, slot.session)
  }

  private mutating func correction(for session: Session) -> AttendanceCode {
    let code = random.pick(Self.corrections)
    return code.text == "/" && session == .pm ? AttendanceCode("\\") ?? code : code
  }

  private mutating func send(_ file: [UInt8]) async throws -> RegistersClient.MarksAnswer {
    let key = "\(name)-\(accepted.requests)"
    return try await repeating { [client, accepted] in
      try await client.send(file, to: accepted.book.school.urn, key: key)
    }
  }

  /// Repeats a request until it is answered; an answer that refuses it ends the soak.
  private mutating func repeating<Value: Sendable>(_ request: () async throws -> Value) async throws -> Value {
    let end = ContinuousClock.now + .seconds(Self.patienceSeconds)
    var pauseMillis = 10
    while true {
      do {
        let value = try await request()
        accepted.requests += 1
        return value
      } catch let error as SuiteError {
        // A program that stops or is overloaded says so, and is to be asked again.
        guard case .unexpected(let text) = error, text.contains("was answered 503") else { throw error }
      } catch {
        try Task.checkCancellation()
        guard ContinuousClock.now < end else {
          throw SuiteError.unexpected("\(name): not answered for \(Self.patienceSeconds) s: \(error)")
        }
      }
      accepted.repeated += 1
      try await Task.sleep(for: .milliseconds(pauseMillis / 2 + random.below(pauseMillis)))
      pauseMillis = min(Self.longestPauseMillis, pauseMillis * 2)
    }
  }
}
