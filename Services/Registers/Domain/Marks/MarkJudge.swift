public import Rulebook

/// Decides about every row of an upload by the school's roll, its calendar and the codes in force; knows nothing of the
/// marks that are already there. What it accepts is settled against those by ``Settlement``.
public struct MarkJudge: Sendable {
  let roll: Roll
  let calendars: CalendarYears
  let today: Day
  let codes: CodeBook

  /// - Parameters:
  ///   - today: the last day that can have marks.
  ///   - codes: what each session is judged by.
  public init(roll: Roll, calendars: CalendarYears, today: Day, codes: CodeBook = .england) {
    self.roll = roll
    self.calendars = calendars
    self.today = today
    self.codes = codes
  }

  /// Judges a file.
  public func judge(_ file: MarkFile) -> JudgedMarks {
    var work = JudgeWork(judge: self, file: file)
    return work.run()
  }

  /// What is to be entered for one child and session; `nil` for no mark.
  ///
  /// - Parameter before: the mark that is amended. One of a session that does not take place any more may become what
  ///   it is, a planned closure.
  /// - Throws: ``MarkRefusal`` with the reason.
  public func check(
    _ entry: RollEntry, _ day: Day, _ session: Session, token: some StringProtocol,
    replacing before: AttendanceCode? = nil
  ) throws(MarkRefusal) -> AttendanceCode? {
    if before != nil, day <= today, entry.covers(day), let code = AttendanceCode(token),
      codes.scheme(on: day).isClosure(code), !calendars.has(day, session, for: entry.taught)
    {
      return code
    }
    if let obstacle = calendars.obstacle(day, session, today: today) { throw MarkRefusal(reason: obstacle) }
    guard !Self.isClosed(calendars.closures(on: day), to: entry, on: day) else {
      throw MarkRefusal(reason: .closedForYearGroup(day))
    }
    switch decide(Array(token.utf8), day, session) {
    case .missing: return nil
    case .refused(let reason): throw MarkRefusal(reason: reason)
    case .code(let code, _):
      if let reason = obstacle(entry, day, code) { throw MarkRefusal(reason: reason) }
      return code
    }
  }

  /// Whether a token is no mark: nothing, or the hyphen of a register that was not taken. Then it does not matter whose or
  /// of which day it would be.
  static func isNothing(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
    token.isEmpty || (token.count == 1 && token[0] == UInt8(ascii: "-"))
  }

  enum Decision {
    case code(AttendanceCode, note: MarkReason?)
    case missing
    case refused(MarkReason)
  }

  func decide(_ token: some Collection<UInt8>, _ day: Day, _ session: Session) -> Decision {
    switch codes.decide(tokenBytes: token, on: day, session: session) {
    case .accept(let code): .code(code, note: nil)
    case .acceptFlagged(let code, let note): .code(code, note: .mapped(note))
    case .missing: .missing
    case .quarantine(let slug, let suggestion):
      .refused(.code(slug, Self.text(token), day, session, codes, suggestion: suggestion, .quarantined))
    case .reject(let slug): .refused(.code(slug, Self.text(token), day, session, codes, suggestion: nil, .rejected))
    }
  }

  private static func text(_ token: some Collection<UInt8>) -> String { String(decoding: token, as: UTF8.self) }

  /// Why a child cannot have a code on a day; `nil` when it can.
  func obstacle(_ entry: RollEntry, _ day: Day, _ code: AttendanceCode) -> MarkReason? {
    let scheme = codes.scheme(on: day)
    let traits = scheme.traits(code)
    if day < entry.enrolledOn, !traits.contains(.prospective) { return .beforeEnrolment(day) }
    if let leftOn = entry.leftOn, leftOn < day { return .afterLeaving(day) }
    let isCompulsory = entry.compulsory.contains(day)
    if isCompulsory, traits.contains(.nonCompulsoryOnly) { return .notForCompulsoryAge(code, scheme) }
    if !isCompulsory, traits.contains(.compulsoryOnly) { return .onlyForCompulsoryAge(code, scheme) }
    return nil
  }

  /// Whether one of a day's closures is for the child's year group.
  static func isClosed(_ closures: [YearGroupClosure], to entry: RollEntry, on day: Day) -> Bool {
    guard !closures.isEmpty, let group = entry.yearGroup(in: SchoolYear(containing: day)) else { return false }
    return closures.contains { $0.yearGroups.contains(group) }
  }
}

extension CodeScheme {
  /// Whether a code marks a planned closure: beside the calendar it is no mark.
  func isClosure(_ code: AttendanceCode) -> Bool { traits(code).contains(.plannedClosure) }

  /// Whether a token does.
  func isClosure(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
    AttendanceCode(tokenBytes: token).map { isClosure($0) } ?? false
  }
}

/// A mark that cannot be entered.
public struct MarkRefusal: Error, Hashable, Sendable {
  public let reason: MarkReason
}

/// A session that a file has marks for.
public struct MarkSlot: Sendable {
  public let day: Day
  public let session: Session
  let year: SchoolYear
  /// Where the session stands in a pupil-year row.
  let position: Int
  /// For each entry of the roll the register byte to enter, or 0.
  var codes: [UInt8]
  /// For each entry of the roll the row that said so.
  var rows: [Int32]
  /// By register byte the token that most of the slot's marks were written as, where a dialect mapped them.
  var usualTokens: [UInt8: String] = [:]
}

/// What was decided about a file. Every row is in exactly one of: a slot, a finding that is not a note, ``missing``,
/// ``repeated``.
public struct JudgedMarks: Sendable {
  let file: MarkFile
  /// The sessions, in order.
  public internal(set) var slots: [MarkSlot] = []
  /// What was found, in row order.
  public internal(set) var findings: [RowFinding] = []
  public internal(set) var rejected = 0
  /// Rows without a mark.
  public internal(set) var missing = 0
  /// Rows that say again what an earlier one of the file says.
  public internal(set) var repeated = 0
  /// Entered codes that were written otherwise, or with words.
  public internal(set) var annotations: [MarkAnnotation] = []
}

extension JudgedMarks {
  /// Why each row that does not count does not.
  public var held: [Int32: MarkReason] {
    Dictionary(
      findings.lazy.filter { $0.reason.disposition != .noted }.map { ($0.number, $0.reason) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The days of the sessions; `nil` when there are none.
  public var days: DayRange? {
    guard let first = slots.first?.day, let last = slots.last?.day else { return nil }
    return DayRange(first: first, last: last)
  }

  /// Whether there is a mark now for the child and session of a waiting one.
  public func accepts(_ waiting: MarkText, roll: Roll) -> Bool {
    guard let day = Day(iso: waiting.date), let session = Session(rawValue: waiting.session.uppercased()),
      let upn = try? UPN(waiting.upn), let entry = roll.position(of: UPNKey(upn), on: day),
      let slot = slots.first(where: { $0.day == day && $0.session == session })
    else { return false }
    return slot.codes[entry] != 0
  }

  /// Notes what became of rows when they were settled.
  public mutating func note(_ differences: [Settlement.Difference]) {
    guard !differences.isEmpty else { return }
    findings += differences.map { file.finding(Int($0.row), .amendedByPerson(said: $0.said, stands: $0.stands)) }
    findings.sort { $0.number < $1.number }
  }

  /// Takes out the quarantined rows that a person has settled before, and notes them.
  ///
  /// - Parameter isSettled: whether a person has settled just this mark.
  /// - Returns: how many there were.
  public mutating func passOver(_ isSettled: (MarkText) throws -> Bool) rethrows -> Int {
    var settled = 0
    for index in findings.indices where findings[index].reason.disposition == .quarantined {
      guard let row = findings[index].row, try isSettled(file.values(at: Int(row))) else { continue }
      findings[index] = file.finding(Int(row), .settledByPerson)
      settled += 1
    }
    return settled
  }

  /// Goes through the rows that are quarantined, in row order. Their values are read from the file one by one: all rows of
  /// a file can be quarantined, and then they take many times its size.
  public func forEachQuarantined(_ body: (MarkText, MarkReason) throws -> Void) rethrows {
    for finding in findings where finding.reason.disposition == .quarantined {
      if let row = finding.row { try body(file.values(at: Int(row)), finding.reason) }
    }
  }

  /// How many rows are quarantined for each reason.
  public var quarantinedBy: [String: Int] { counts(.quarantined) }

  /// How many rows are rejected for each reason; the sum is ``rejected``.
  public var rejectedBy: [String: Int] { counts(.rejected) }

  private func counts(_ disposition: MarkReason.Disposition) -> [String: Int] {
    findings.reduce(into: [:]) { counts, finding in
      if finding.reason.disposition == disposition { counts[finding.reason.slug, default: 0] += 1 }
    }
  }
}

/// What a row said beside its code.
public struct MarkAnnotation: Hashable, Sendable {
  let day: Day
  let session: Session
  /// The position in the roll.
  public let entry: Int
  /// The token as it was sent.
  public let token: String
  public let detail: String
  public let minutesLate: Int?
}
