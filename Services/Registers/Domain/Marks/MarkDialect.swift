public import Rulebook
public import SchoolFiles

/// How one system's exports write marks, and lists of pupils, as comma-separated values: declared by the sender, never
/// guessed. What a dialect does not map is read as the register's own codes.
public struct MarkDialect: Hashable, Codable, Sendable {
  /// What a row holds.
  public enum Layout: String, Codable, Sendable, CaseIterable {
    /// One mark: columns for the pupil number, the date, the session and the code.
    case marks
    /// A pupil's day: columns for the pupil number, the date, and the codes of the morning and of the afternoon.
    case days
    /// A pupil: a column for the pupil number, and others headed by a date and a session (`07/09/2026 AM`), or by a
    /// date alone above both marks of the day (`/\`, or `C2 I` with a space).
    case grid
  }

  /// What stands between two columns.
  public enum Separator: String, Codable, Sendable, CaseIterable {
    case comma, semicolon, tab

    var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: 9
      }
    }
  }

  /// The names a column may have in the header, in any case; empty where the dialect has no such column.
  public struct Columns: Hashable, Codable, Sendable {
    public var upn: [String]
    public var date: [String]
    public var session: [String]
    public var code: [String]
    public var am: [String]
    public var pm: [String]
    public var detail: [String]
    public var minutesLate: [String]

    public init(
      upn: [String], date: [String] = [], session: [String] = [], code: [String] = [], am: [String] = [],
      pm: [String] = [], detail: [String] = [], minutesLate: [String] = []
    ) {
      self.upn = upn
      self.date = date
      self.session = session
      self.code = code
      self.am = am
      self.pm = pm
      self.detail = detail
      self.minutesLate = minutesLate
    }

    /// The columns by the names that a school is told.
    var named: [(name: String, headers: [String])] {
      [
        ("upn", upn), ("date", date), ("session", session), ("code", code), ("am", am), ("pm", pm), ("detail", detail),
        ("minutesLate", minutesLate),
      ]
    }
  }

  public let title: String
  public let separator: Separator
  public let layout: Layout
  public let dates: DateFormat
  public let columns: Columns
  /// Words for a session beside AM and PM.
  public let sessions: [String: Session]
  /// Tokens in any case with the code each stands for: a code of the register, ``present``, or nothing for no mark.
  public let codes: [String: String]
  /// How its lists of pupils are laid out; `nil` where they are under the register's names or the usual ones.
  public let pupils: PupilLayout?

  public init(
    title: String, separator: Separator = .comma, layout: Layout = .marks, dates: DateFormat = .iso,
    columns: Columns, sessions: [String: Session] = [:], codes: [String: String] = [:], pupils: PupilLayout? = nil
  ) {
    self.title = title
    self.separator = separator
    self.layout = layout
    self.dates = dates
    self.columns = columns
    self.sessions = sessions
    self.codes = codes
    self.pupils = pupils
  }

  /// What a token is mapped to that means present: the code of the morning or of the afternoon.
  public static let present = "present"

  /// The columns that a file of this dialect must have.
  var required: [String] {
    switch layout {
    case .marks: ["upn", "date", "session", "code"]
    case .days: ["upn", "date", "am", "pm"]
    case .grid: ["upn"]
    }
  }
}

extension MarkDialect {
  private static let mostNames = 10
  private static let mostTokens = 200
  private static let nameBytes = 60
  private static let tokenBytes = 20

  /// Everything that is wrong with it; empty when it can be used.
  public var faults: [Fault] {
    var faults: [Fault] = []
    if !Self.isWord(title, Self.nameBytes) { faults.append(Fault("/title", Self.wordRule)) }
    for (name, headers) in columns.named {
      if headers.count > Self.mostNames || !headers.allSatisfy({ Self.isWord($0, Self.nameBytes) }) {
        faults.append(
          Fault("/columns/\(name)", "must have at most \(Self.mostNames) names; each \(Self.wordRule)"))
      }
      if headers.isEmpty, required.contains(name) {
        faults.append(Fault("/columns/\(name)", "is required in this layout"))
      }
    }
    let all = columns.named.flatMap { Set($0.headers.map(HeaderName.key)) }
    if Set(all).count < all.count {
      faults.append(Fault("/columns", "must not use one name for two columns"))
    }
    faults += Self.tokenFaults("/sessions", Array(sessions.keys)) + Self.tokenFaults("/codes", Array(codes.keys))
    if codes.values.contains(where: { !$0.isEmpty && $0 != Self.present && AttendanceCode($0) == nil }) {
      faults.append(
        Fault("/codes", "must stand for a code, for \(Self.present) or for nothing"))
    }
    faults += pupils?.faults ?? []
    return faults
  }

  /// What whoever declares it should know: codes that its files cannot say any more.
  public var notes: [String] {
    let said = Set(codes.values.compactMap { AttendanceCode($0) })
    return codes.filter { token, meaning in
      guard let hidden = AttendanceCode(token) else { return false }
      return AttendanceCode(meaning) != hidden && !said.contains(hidden)
    }.keys.sorted().map { "\($0.uppercased()) is a code of its own, which no file of this dialect can say." }
  }

  private static func tokenFaults(_ pointer: String, _ tokens: [String]) -> [Fault] {
    let isTwice = Set(tokens.map { $0.uppercased() }).count < tokens.count
    guard tokens.count > mostTokens || isTwice || !tokens.allSatisfy({ isWord($0, tokenBytes) }) else { return [] }
    return [
      Fault(pointer, "must have at most \(mostTokens) tokens, each once in any case, of 1 to \(tokenBytes) bytes")
    ]
  }

  private static let wordRule = "of 1 to \(nameBytes) bytes, without spaces at the ends or control characters"

  private static func isWord(_ text: String, _ most: Int) -> Bool {
    1...most ~= text.utf8.count && !text.hasControls && text.trimmed == text
  }
}
