import Contracts
import Foundation
import Rulebook
import Testing

@testable import SealedAlerts

/// Three authorities with keys and one directory: one that looks for a child, one where the child is, one that looks on.
struct TwoAuthorities {
  let torbay, devon, kent: AlertPost
  let day: Day
  let moment: Timestamp
  let directory: KeyDirectory

  static let first = Day(iso: "2026-09-01") ?? Day(ordinal: 0)

  init() throws {
    day = try #require(Day(iso: "2026-11-30"))
    moment = Timestamp(CivilTime.moment(day, minutes: 600))
    let rings = try ["880", "878", "886"].map {
      try AlertKeyRing(AuthorityCode($0), text: AlertKeyRing.newLines(first: Self.first, last: nil))
    }
    directory = try KeyDirectory.signed(rings.map(\.publicLines).joined())
    let directory = directory
    let posts = rings.map { AlertPost(keys: $0, directory: directory) }
    (torbay, devon, kent) = (posts[0], posts[1], posts[2])
  }

  /// The record of a made-up child, as short as one can be.
  static var short: MissingChildRecord {
    MissingChildRecord(
      name: .init(given: "Canaryna", family: "Wrenfield"), dateOfBirth: first.adding(months: -120),
      sender: .init(name: "Robin Finch", role: "CME officer", telephone: "01803 555010"))
  }

  /// The record of a made-up child with everything that an alert has room for.
  static func full(_ character: Character = "é") throws -> MissingChildRecord {
    func text(_ count: Int) -> String { String(repeating: character, count: count) }
    let name = MissingChildRecord.Name(given: text(60), family: text(60))
    var record = MissingChildRecord(
      name: name, dateOfBirth: first, sender: .init(name: text(80), role: text(80), telephone: text(80)))
    record.knownNames = Array(repeating: name, count: 4)
    record.sex = .female
    record.upn = try UPN("A880123456789".withCheckLetter)
    record.lastSchool = text(80)
    record.lastAttended = first
    record.ground = .i
    record.lastAddress = Array(repeating: text(80), count: 6)
    record.believedAddress = record.lastAddress
    record.parents = Array(
      repeating: .init(name: text(60), relationship: text(30), contacts: Array(repeating: text(80), count: 3)), count: 4
    )
    record.siblings = Array(repeating: .init(given: text(60), dateOfBirth: first), count: 10)
    record.planAuthority = try AuthorityCode("880")
    record.socialWorker = text(80)
    record.urgentNumber = text(80)
    record.languages = Array(repeating: text(30), count: 4)
    record.enquiries = Array(repeating: .init(item: 13, on: first, found: false), count: 20)
    return record
  }

  /// Every step of an alert's and a question's life.
  static func steps() throws -> [AlertMessage.Step] {
    let receipt = AlertMessage.Receipt(officer: "R Kite", on: first, reference: "c7", isKnown: true)
    return [
      .raised(short), .raised(try full()), .received, .reminded, .acknowledged(receipt), .sighted(provision: "School"),
      .notHere, .closed, .evaluated(Array(repeating: Data(count: 145), count: BlindQuestion.count)),
      .compared(Array(repeating: Data(count: 48), count: BlindQuestion.count)),
      .matched(true), .matched(false),
    ]
  }

  func seal(
    _ step: AlertMessage.Step, after end: ChannelEnd = .beginning, at moment: Timestamp? = nil
  ) throws -> Data {
    try torbay.seal(AlertMessage(AlertID(), step), to: devon.keys.authority, after: end, at: moment ?? self.moment)
  }
}

extension AlertPost {
  /// Proves and reads an alert.
  func read(_ envelope: Data, at moment: Timestamp) throws(AlertError) -> Content {
    let header = try prove(envelope, at: moment)
    try checkAge(header, at: moment)
    return try content(of: envelope, header)
  }

  /// Why an alert is refused; `nil` when it is not.
  func refusal(_ envelope: Data, at moment: Timestamp) -> AlertError? {
    do {
      _ = try read(envelope, at: moment)
      return nil
    } catch { return error }
  }
}

extension DirectoryRoot {
  /// A root for tests, made once.
  static let made: DirectoryRoot = {
    let path = NSTemporaryDirectory() + "root-\(UUID().uuidString).key"
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      try make(path: path)
      return try DirectoryRoot(path: path)
    } catch { preconditionFailure("\(error)") }
  }()
}

extension KeyDirectory {
  /// The directory of lines, signed by the root of the tests.
  static func signed(_ lines: String, number: Int = 1) throws(AlertKeyFault) -> KeyDirectory {
    let root = DirectoryRoot.made
    return try KeyDirectory(
      text: try root.sign(lines.split(separator: "\n").map(String.init), number: number, on: TwoAuthorities.first),
      roots: [root.publicKey])
  }
}

extension String {
  /// A pupil number with the letter that fits its digits.
  var withCheckLetter: String {
    UPN.checkLetter(of: Array(utf8.dropFirst())).map { String(decoding: [$0], as: UTF8.self) + dropFirst() } ?? self
  }
}
