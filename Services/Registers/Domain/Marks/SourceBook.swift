public import Rulebook

/// Who says a mark to the register. A school has one of each.
public enum MarkSource: String, Hashable, Codable, Sendable, CaseIterable {
  /// The school's files, in whatever form they come: CSV in any dialect, JSON, Wonde.
  case files
  /// One session's register or one mark, sent as such.
  case entries
  /// A person who amends an entry, or corrects a mark that waited.
  case person
}

/// What the sources of a school said last of one session of a child, where it is not what stands in the register.
public struct SaidCodes: Hashable, Sendable {
  /// Register bytes; ``AttendanceCode/noMark`` for nothing.
  public internal(set) var files: UInt8
  public internal(set) var entries: UInt8
  /// Whether a person entered the code on record.
  public internal(set) var isPersons: Bool

  public init(files: UInt8, entries: UInt8, isPersons: Bool) {
    self.files = files
    self.entries = entries
    self.isPersons = isPersons
  }

  subscript(source: MarkSource) -> UInt8 {
    get { source == .files ? files : entries }
    set { if source == .files { files = newValue } else { entries = newValue } }
  }
}

/// What sources said last, and what becomes of what one of them says now: a source that says again what it said before
/// says nothing new, whatever became of the entry since; and a person's amendment stands against every source until that
/// source has said the same (see "said again" in docs/interpretations.md).
///
/// Kept only where the sources and the register differ; elsewhere every source is taken to have said what stands.
public struct SourceBook: Sendable {
  /// A session of a child's registration.
  public struct Key: Hashable, Sendable {
    public let registration: Int64
    public let day: Day
    public let session: Session

    public init(registration: Int64, day: Day, session: Session) {
      self.registration = registration
      self.day = day
      self.session = session
    }
  }

  /// What becomes of a code that a source says.
  enum Outcome { case unchanged, noted, amended }

  public let source: MarkSource
  /// Whether the school has used the other source beside this one: only then can that say something again.
  private let isOtherUsed: Bool
  private var said: [Key: SaidCodes]
  /// What is to be written; `nil` for what is kept no more.
  public private(set) var changes: [Key: SaidCodes?] = [:]

  public init(_ source: MarkSource, said: [Key: SaidCodes] = [:], isOtherUsed: Bool = false) {
    self.source = source
    self.said = said
    self.isOtherUsed = isOtherUsed
  }

  /// Whether nothing is kept: then what is said again needs no look.
  var isEmpty: Bool { said.isEmpty }

  /// What becomes of a code that the source says where another, or the same, stands.
  mutating func say(_ byte: UInt8, standing: UInt8, at key: Key) -> Outcome {
    guard var codes = said[key] else { return sayFirst(byte, standing: standing, at: key) }
    if source == .person { return sayAsPerson(byte, standing: standing, &codes, at: key) }
    let last = codes[source]
    if byte == standing {
      codes[source] = byte
      keep(codes, standing: standing, at: key)
      return .unchanged
    }
    if byte == last { return .unchanged }
    codes[source] = byte
    if codes.isPersons, last != standing {
      keep(codes, standing: standing, at: key)
      return .noted
    }
    codes.isPersons = false
    keep(codes, standing: byte, at: key)
    return .amended
  }

  /// A person enters a code where none stood.
  mutating func enter(_ byte: UInt8, at key: Key) {
    guard source == .person else { return }
    let none = AttendanceCode.noMark
    keep(SaidCodes(files: none, entries: none, isPersons: true), standing: byte, at: key)
  }

  /// A person amends an entry, or enters one where there was none.
  public mutating func amend(_ code: AttendanceCode, standing: AttendanceCode?, at key: Key) {
    if let standing {
      _ = say(code.registerByte, standing: standing.registerByte, at: key)
    } else {
      enter(code.registerByte, at: key)
    }
  }

  private mutating func sayFirst(_ byte: UInt8, standing: UInt8, at key: Key) -> Outcome {
    if byte == standing { return .unchanged }
    var codes = SaidCodes(files: standing, entries: standing, isPersons: source == .person)
    if source != .person {
      codes[source] = byte
      if !isOtherUsed { return .amended }
    }
    keep(codes, standing: byte, at: key)
    return .amended
  }

  private mutating func sayAsPerson(
    _ byte: UInt8, standing: UInt8, _ codes: inout SaidCodes, at key: Key
  ) -> Outcome {
    if byte == standing { return .unchanged }
    codes.isPersons = true
    keep(codes, standing: byte, at: key)
    return .amended
  }

  private mutating func keep(_ codes: SaidCodes, standing: UInt8, at key: Key) {
    let isApart = codes.files != standing || codes.entries != standing
    if said[key] == codes, isApart { return }
    said[key] = isApart ? codes : nil
    changes[key] = .some(isApart ? codes : nil)
  }
}
