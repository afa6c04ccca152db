public import Rulebook

/// Where the pupil-year rows are kept.
public protocol PupilYearShelf {
  /// The row of a registration and year; an empty one when there is none.
  func read(_ registration: Int64, _ year: SchoolYear) throws -> PupilYear
  /// Replaces the row.
  func write(_ registration: Int64, _ row: PupilYear) throws
}

/// What accepted marks change: each is new, another than there was, or there already.
public struct Settlement: Sendable {
  /// A code that replaces another.
  public struct Amendment: Hashable, Sendable {
    public let entry: RollEntry
    public let day: Day
    public let session: Session
    public let from: AttendanceCode
    public let to: AttendanceCode
    /// What was said beside the code; empty for nothing.
    public let detail: String
    /// How the code was written, where it was another way.
    public let token: String?
    public let minutesLate: Int?
  }

  /// A code that a source said where a person's amendment stands.
  public struct Difference: Hashable, Sendable {
    public let entry: RollEntry
    public let day: Day
    public let session: Session
    public let said: AttendanceCode
    public let stands: AttendanceCode
    /// The place of the row in the file.
    let row: Int32
  }

  /// The marks of one session that were not there before.
  public struct Batch: Sendable {
    public let day: Day
    public let session: Session
    /// Positions in the roll with their register bytes, in the order of the roll.
    public internal(set) var marks: [(entry: Int32, code: UInt8)] = []
    /// Positions in the roll whose mark came with words or another token.
    public internal(set) var annotations: [MarkAnnotation] = []
    /// By code the token that it was written as unless an annotation says otherwise, where a dialect mapped it.
    public internal(set) var tokens: [String: String] = [:]
  }

  /// One for each session with new marks, in order.
  public private(set) var batches: [Batch] = []
  /// In the order of sessions within each child.
  public private(set) var amendments: [Amendment] = []
  public private(set) var recorded = 0
  public private(set) var unchanged = 0
  /// What a source said against a person's amendment, which stands: part of ``unchanged``.
  public private(set) var noted: [Difference] = []
  /// What the sources said last, with what is to be written of it.
  public private(set) var book: SourceBook
  /// The rows that are another than before, with the places of their children in the roll.
  public private(set) var changedRows: [(entry: Int, row: PupilYear)] = []
  public var amended: Int { amendments.count }

  /// Settles accepted marks: reads and writes each child's row of a year once at most.
  ///
  /// - Parameter book: whose marks they are, and what the school's sources said last.
  /// - Throws: what the shelf throws.
  public init(
    _ judged: JudgedMarks, roll: Roll, shelf: some PupilYearShelf, book: SourceBook = SourceBook(.files)
  ) throws {
    self.book = book
    let slots = judged.slots
    var words: [Int64: MarkAnnotation] = [:]
    for note in judged.annotations { words[Self.key(note.day, note.session, note.entry)] = note }
    batches = slots.map { Batch(day: $0.day, session: $0.session) }
    for entry in roll.entries.indices {
      var row: PupilYear?
      var isChanged = false
      for slot in slots.indices {
        let byte = slots[slot].codes[entry]
        if byte == 0 { continue }
        if row?.year != slots[slot].year {
          if isChanged, let row { try keep(row, of: entry, roll, shelf) }
          row = try shelf.read(roll.entries[entry].registration, slots[slot].year)
          isChanged = false
        }
        guard let old = row?.exchange(slots[slot].position, byte) else { continue }
        if old == byte, self.book.isEmpty {
          unchanged += 1
        } else if old == AttendanceCode.noMark {
          isChanged = true
          recorded += 1
          batches[slot].marks.append((Int32(entry), byte))
          if !words.isEmpty, let note = words[Self.key(slots[slot].day, slots[slot].session, entry)] {
            batches[slot].annotations.append(note)
          }
          if book.source == .person { self.book.enter(byte, at: Self.key(slots[slot], roll.entries[entry])) }
        } else if amend(byte, from: old, slots[slot], entry, roll.entries[entry], words) {
          isChanged = true
        } else {
          _ = row?.exchange(slots[slot].position, old)
          unchanged += 1
        }
      }
      if isChanged, let row { try keep(row, of: entry, roll, shelf) }
    }
    unchanged += judged.repeated
    for slot in slots.indices where !slots[slot].usualTokens.isEmpty {
      let entered = Set(batches[slot].marks.map(\.code))
      for (byte, token) in slots[slot].usualTokens where entered.contains(byte) {
        if let code = AttendanceCode(registerByte: byte), code.text != token { batches[slot].tokens[code.text] = token }
      }
    }
    batches.removeAll(where: \.marks.isEmpty)
  }

  /// Puts a code in the place of another, unless its source has said it before or a person's amendment stands.
  ///
  /// - Returns: whether it is entered; else what was there stands.
  private mutating func amend(
    _ byte: UInt8, from old: UInt8, _ marks: MarkSlot, _ entry: Int, _ child: RollEntry,
    _ words: [Int64: MarkAnnotation]
  ) -> Bool {
    guard let from = AttendanceCode(registerByte: old), let to = AttendanceCode(registerByte: byte) else {
      return false
    }
    switch book.say(byte, standing: old, at: Self.key(marks, child)) {
    case .unchanged: return false
    case .noted:
      noted.append(
        Difference(
          entry: child, day: marks.day, session: marks.session, said: to, stands: from, row: marks.rows[entry]))
      return false
    case .amended:
      let note = words.isEmpty ? nil : words[Self.key(marks.day, marks.session, entry)]
      let token = note?.token ?? marks.usualTokens[byte]
      amendments.append(
        Amendment(
          entry: child, day: marks.day, session: marks.session, from: from, to: to, detail: note?.detail ?? "",
          token: token == to.text ? nil : token, minutesLate: note?.minutesLate))
      return true
    }
  }

  private mutating func keep(_ row: PupilYear, of entry: Int, _ roll: Roll, _ shelf: some PupilYearShelf) throws {
    try shelf.write(roll.entries[entry].registration, row)
    changedRows.append((entry, row))
  }

  private static func key(_ marks: MarkSlot, _ child: RollEntry) -> SourceBook.Key {
    SourceBook.Key(registration: child.registration, day: marks.day, session: marks.session)
  }

  private static func key(_ day: Day, _ session: Session, _ entry: Int) -> Int64 {
    (Int64(day.ordinal) * 2 + Int64(session.index)) << 32 | Int64(entry)
  }
}
