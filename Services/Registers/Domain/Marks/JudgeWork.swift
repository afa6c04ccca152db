import Rulebook
import SchoolFiles

/// One pass over the rows of a file. Sessions are looked up once for a run of rows, codes once for each session.
struct JudgeWork {
  private let judge: MarkJudge
  private let file: MarkFile
  private var result: JudgedMarks
  private var sessions: [SessionState] = []
  private var byKey: [Int64: Int] = [:]
  /// Indices of the rows that need a look beside the code.
  private var wordy: [(row: Int32, session: Int, entry: Int)] = []

  /// A session that was named in the file.
  private struct SessionState {
    let day: Day
    let session: Session
    let scheme: CodeScheme
    let obstacle: MarkReason?
    /// The day's closures to some year groups; nearly always none.
    let closures: [YearGroupClosure]
    /// By a one-byte token: the register byte that it stands for without further questions, or 0. On a day that is
    /// closed to some it stays empty: every row is looked at.
    var plain: [UInt8]
    var slot: Int
  }

  /// In place of a code: the file contradicts itself.
  private static let conflict: UInt8 = 0xFF

  /// Whether any row says how late a child was, or has a detail that cannot be read.
  private let hasMinutes: Bool

  init(judge: MarkJudge, file: MarkFile) {
    hasMinutes = !file.minutes.isEmpty || !file.unreadableDetails.isEmpty
    self.judge = judge
    self.file = file
    result = JudgedMarks(file: file)
  }

  mutating func run() -> JudgedMarks {
    file.bytes.withUnsafeBufferPointer { bytes in
      file.rows.withUnsafeBufferPointer { rows in
        var last = LastSession()
        for index in rows.indices { judgeRow(index, rows[index], bytes, &last) }
      }
    }
    for fault in file.faults {
      result.rejected += 1
      result.findings.append(RowFinding(number: fault.number, reason: .fault(fault), place: fault.place))
    }
    annotate()
    finish()
    gatherTokens()
    return result
  }

  /// The session of the row before: exports are sorted, so the next is nearly always the same day.
  private struct LastSession {
    var date = CSVField.empty
    var byte: UInt8 = 0
    var state = -1
  }

  private mutating func judgeRow(
    _ index: Int, _ row: MarkRow, _ bytes: UnsafeBufferPointer<UInt8>, _ last: inout LastSession
  ) {
    func slice(_ field: CSVField) -> UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(rebasing: bytes[Int(field.offset)..<Int(field.offset) + Int(field.length)])
    }
    let token = slice(row.code)
    if MarkJudge.isNothing(token) {
      result.missing += 1
      return
    }
    let state: Int
    switch find(slice(row.date), slice(row.session), row, bytes, &last) {
    case .success(let found): state = found
    case .failure(let refusal): return refuse(index, refusal.reason)
    }
    if let obstacle = sessions[state].obstacle {
      if sessions[state].scheme.isClosure(token) { result.missing += 1 } else { refuse(index, obstacle) }
      return
    }
    let day = sessions[state].day
    guard let key = UPNKey(bytes: slice(row.upn)), let entry = judge.roll.position(of: key, on: day) else {
      return refuse(index, unknown(row.upn))
    }
    if token.count == 1, token[0] < 128, row.detail.isEmpty, !hasMinutes, judge.roll.entries[entry].covers(day) {
      let byte = sessions[state].plain[Int(token[0])]
      if byte != 0 { return enter(index, state, entry, byte) }
    }
    judgeOther(index, row, token, state, entry)
  }

  /// A row that needs more than a look into the tables.
  private mutating func judgeOther(
    _ index: Int, _ row: MarkRow, _ token: UnsafeBufferPointer<UInt8>, _ state: Int, _ entry: Int
  ) {
    let (day, session) = (sessions[state].day, sessions[state].session)
    if MarkJudge.isClosed(sessions[state].closures, to: judge.roll.entries[entry], on: day) {
      if sessions[state].scheme.isClosure(token) {
        result.missing += 1
      } else {
        refuse(index, .closedForYearGroup(day))
      }
      return
    }
    switch judge.decide(token, day, session) {
    case .missing: result.missing += 1
    case .refused(let reason): refuse(index, reason)
    case .code(let code, let note):
      if let reason = judge.obstacle(judge.roll.entries[entry], day, code) { return refuse(index, reason) }
      let traits = sessions[state].scheme.traits(code)
      let isPlain = traits.isDisjoint(with: [.compulsoryOnly, .nonCompulsoryOnly])
      let needsDetail = traits.contains(.needsDetail)
      if note == nil, token.count == 1, isPlain, !needsDetail, sessions[state].closures.isEmpty {
        sessions[state].plain[Int(token[0])] = code.registerByte
      }
      let isLate =
        hasMinutes && (file.minutes[Int32(index)] != nil || file.unreadableDetails.contains(Int32(index)))
      if note != nil || needsDetail || isLate || !row.detail.isEmpty { wordy.append((Int32(index), state, entry)) }
      enter(index, state, entry, code.registerByte)
    }
  }

  private mutating func enter(_ index: Int, _ state: Int, _ entry: Int, _ byte: UInt8) {
    let slot = slot(of: state)
    let there = result.slots[slot].codes[entry]
    if there == 0 {
      result.slots[slot].codes[entry] = byte
      result.slots[slot].rows[entry] = Int32(index)
    } else if there == byte {
      result.repeated += 1
    } else {
      // Nobody knows which is right: neither counts.
      if there != Self.conflict {
        refuse(Int(result.slots[slot].rows[entry]), .conflictingMarks)
        result.slots[slot].codes[entry] = Self.conflict
      }
      refuse(index, .conflictingMarks)
    }
  }

  private mutating func slot(of state: Int) -> Int {
    if sessions[state].slot >= 0 { return sessions[state].slot }
    let (day, session) = (sessions[state].day, sessions[state].session)
    let year = SchoolYear(containing: day)
    let count = judge.roll.entries.count
    result.slots.append(
      MarkSlot(
        day: day, session: session, year: year, position: year.position(of: day, session),
        codes: [UInt8](repeating: 0, count: count), rows: [Int32](repeating: -1, count: count)))
    sessions[state].slot = result.slots.count - 1
    return result.slots.count - 1
  }

  private mutating func find(
    _ date: UnsafeBufferPointer<UInt8>, _ token: UnsafeBufferPointer<UInt8>, _ row: MarkRow,
    _ bytes: UnsafeBufferPointer<UInt8>, _ last: inout LastSession
  ) -> Result<Int, MarkRefusal> {
    guard token.count == 2, token[1] | 0x20 == UInt8(ascii: "m") else {
      return .failure(MarkRefusal(reason: .malformedSession))
    }
    let letter = token[0] | 0x20
    guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") else {
      return .failure(MarkRefusal(reason: .malformedSession))
    }
    if last.state >= 0, last.byte == letter, date.count == Int(last.date.length) {
      let start = Int(last.date.offset)
      if date.elementsEqual(bytes[start..<start + date.count]) { return .success(last.state) }
    }
    guard let day = Day(isoBytes: date) else {
      return .failure(MarkRefusal(reason: .malformedDate(file.text(row.date))))
    }
    let session: Session = letter == UInt8(ascii: "a") ? .am : .pm
    let key = Int64(day.ordinal) * 2 + Int64(session.index)
    let state = byKey[key] ?? sessions.count
    if state == sessions.count {
      byKey[key] = state
      let obstacle = judge.calendars.obstacle(day, session, today: judge.today)
      sessions.append(
        SessionState(
          day: day, session: session, scheme: judge.codes.scheme(on: day), obstacle: obstacle,
          closures: judge.calendars.closures(on: day),
          plain: obstacle == nil ? [UInt8](repeating: 0, count: 128) : [], slot: -1))
    }
    last = LastSession(date: row.date, byte: letter, state: state)
    return .success(state)
  }

  private func unknown(_ upn: CSVField) -> MarkReason {
    let text = file.text(upn)
    do {
      return judge.roll.awaits(try UPN(text)) ? .unconfirmed : .unknownPupil
    } catch {
      return error == .malformed ? .malformedUPN(text) : .wrongCheckLetter
    }
  }

  private mutating func refuse(_ index: Int, _ reason: MarkReason) {
    find(Int32(index), reason)
    if reason.disposition == .rejected { result.rejected += 1 }
  }

  /// Keeps what accepted rows say beside their codes.
  private mutating func annotate() {
    for (index, state, entry) in wordy {
      let slot = sessions[state].slot
      guard result.slots[slot].rows[entry] == index, result.slots[slot].codes[entry] != Self.conflict else { continue }
      let row = file.rows[Int(index)]
      let values = file.values(at: Int(index))
      let session = sessions[state]
      if case .code(let code, let note) = judge.decide(Array(values.code.utf8), session.day, session.session) {
        if let note { find(index, note) }
        if file.unreadableDetails.contains(index) {
          find(index, .detailUnreadable)
        } else if values.detail.isEmpty, session.scheme.traits(code).contains(.needsDetail) {
          find(index, .detailMissing)
        }
        if file.minutes[index] == MarkTranslator.unreadableMinutes { find(index, .minutesUnreadable) }
        if note != nil || !row.detail.isEmpty || values.minutesLate != nil {
          result.annotations.append(
            MarkAnnotation(
              day: session.day, session: session.session, entry: entry, token: file.token(at: Int(index)),
              detail: values.detail, minutesLate: values.minutesLate))
        }
      }
    }
  }

  private mutating func find(_ index: Int32, _ reason: MarkReason) {
    result.findings.append(file.finding(Int(index), reason))
  }

  private mutating func finish() {
    for slot in result.slots.indices {
      for entry in result.slots[slot].codes.indices where result.slots[slot].codes[entry] == Self.conflict {
        result.slots[slot].codes[entry] = 0
      }
    }
    result.slots.sort { ($0.day, $0.session) < ($1.day, $1.session) }
    result.findings.sort { ($0.number, $0.row ?? .max) < ($1.number, $1.row ?? .max) }
  }

  /// Keeps how mapped codes were written: for each session and code the usual token once, the others one by one.
  private mutating func gatherTokens() {
    guard !file.tokens.isEmpty else { return }
    struct Written: Hashable {
      let code: UInt8
      let token: String
    }
    let annotatedPlaces = Set(result.annotations.map { [Int($0.day.ordinal), $0.session.index, $0.entry] })
    for slot in result.slots.indices {
      let marks = result.slots[slot]
      var tallies: [Written: Int] = [:]
      var tokens: [(entry: Int, written: Written)] = []
      for entry in marks.codes.indices where marks.codes[entry] != 0 {
        let written = Written(code: marks.codes[entry], token: file.token(at: Int(marks.rows[entry])))
        tokens.append((entry, written))
        tallies[written, default: 0] += 1
      }
      var usual: [UInt8: (token: String, count: Int)] = [:]
      for (written, count) in tallies.sorted(by: { $0.key.token < $1.key.token })
      where count > usual[written.code]?.count ?? 0 { usual[written.code] = (written.token, count) }
      result.slots[slot].usualTokens = usual.mapValues(\.token)
      for (entry, written) in tokens where usual[written.code]?.token != written.token {
        guard !annotatedPlaces.contains([Int(marks.day.ordinal), marks.session.index, entry]) else { continue }
        result.annotations.append(
          MarkAnnotation(
            day: marks.day, session: marks.session, entry: entry, token: written.token, detail: "", minutesLate: nil))
      }
    }
  }
}
