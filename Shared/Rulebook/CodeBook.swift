/// Every table of attendance codes by the days on which it is in force. A session is judged by the table of its own date,
/// whenever it was entered; where something spans a change of tables, each day is judged by its own.
///
/// The book is a value that is passed to whatever judges marks. ``england`` is the law in force; a test, or a study of a
/// proposed change, passes another:
///
/// ```swift
/// let proposed = CodeBook.england.adding(table, from: firstOfSeptember2027, source: "a proposal")
/// let findings = FindingJudge(plan: plan, today: today, codes: proposed).findings(row, time: time, compulsory: age)
/// ```
public struct CodeBook: Sendable, Hashable {
  /// The law in force in England.
  public static let england = CodeBook(CodeTables.all, subcodes: CodeTables.subcodes)

  /// The tables, oldest first. The first has no known beginning and the last has no end; there are no gaps.
  public let tables: Dated<CodeScheme>
  /// Tokens that counted as a code for some days only.
  let subcodes: [Subcode]

  /// A token that counts as a code on the days on which it applies.
  public struct Subcode: Sendable {
    public let token: String
    public let code: InForce<AttendanceCode>
    /// What to use since it ended.
    public let later: String
  }

  private init(_ tables: [InForce<CodeScheme>], subcodes: [Subcode]) {
    self.tables = Dated(tables)
    self.subcodes = subcodes
  }

  /// The book with one more table, in force from a day until the day on which the next table begins.
  ///
  /// - Parameter day: none of the days on which a table begins.
  public func adding(_ scheme: CodeScheme, from day: Day, source: String) -> CodeBook {
    var tables = Array(self.tables)
    let place = tables.lastIndex { $0.from.map { $0 < day } ?? true } ?? tables.startIndex
    let before = tables[place]
    tables[place] = InForce(before.value, from: before.from, to: day.adding(days: -1), source: before.source)
    tables.insert(InForce(scheme, from: day, to: before.to, source: source), at: place + 1)
    return CodeBook(tables, subcodes: subcodes)
  }

  /// The table of a day with the days on which it is in force and its source.
  public func table(on day: Day) -> InForce<CodeScheme> { tables.versions[place(on: day)] }

  /// The codes that a session of this date is judged by.
  @inlinable public func scheme(on day: Day) -> CodeScheme { tables.versions[place(on: day)].value }

  @inlinable func place(on day: Day) -> Int {
    var place = tables.versions.endIndex - 1
    while place > 0, let from = tables.versions[place].from, day < from { place -= 1 }
    return place
  }

  /// The first and the last day on which a code's rule is what it is on a day: those of its table, and of the tables beside
  /// it that have the same rule. `nil` where there is no known beginning or no end.
  public func validity(of rule: CodeRule, on day: Day) -> (from: Day?, to: Day?) {
    var (first, last) = (place(on: day), place(on: day))
    while first > 0, tables[first - 1].value.rule(for: rule.code) == rule { first -= 1 }
    while last + 1 < tables.count, tables[last + 1].value.rule(for: rule.code) == rule { last += 1 }
    return (tables[first].from, tables[last].to)
  }

  /// Calls the body for the days of a range under each table that they are under, in order.
  @inlinable public func forEachTable(of days: DayRange, _ body: (DayRange, CodeScheme) -> Void) {
    for table in tables.versions {
      let first = table.from.map { max($0, days.first) } ?? days.first
      let last = table.to.map { min($0, days.last) } ?? days.last
      if first <= last { body(DayRange(first: first, last: last), table.value) }
    }
  }

  /// Whether all days of a range are under one table.
  public func isOneTable(_ days: DayRange) -> Bool { place(on: days.first) == place(on: days.last) }

  /// The codes that have any of some traits on any day of a range.
  public func codes(_ traits: CodeTraits, in days: DayRange) -> Set<AttendanceCode> {
    var codes: Set<AttendanceCode> = []
    forEachTable(of: days) { codes.formUnion($1.codes(traits)) }
    return codes
  }

  public static func == (a: CodeBook, b: CodeBook) -> Bool {
    a.tables.count == b.tables.count
      && zip(a.tables, b.tables).allSatisfy { $0.value == $1.value && $0.from == $1.from }
  }

  public func hash(into hasher: inout Hasher) { for table in tables.versions { hasher.combine(table.value) } }
}

/// Importing tokens.
extension CodeBook {
  /// Decides about a token for a session.
  public func decide(token: some StringProtocol, on day: Day, session: Session) -> ImportDecision {
    decide(tokenBytes: token.utf8, on: day, session: session)
  }

  /// Decides about a token given as bytes. Accepting allocates nothing.
  public func decide(tokenBytes: some Collection<UInt8>, on day: Day, session: Session) -> ImportDecision {
    if tokenBytes.isEmpty || tokenBytes.elementsEqual(CollectionOfOne(UInt8(ascii: "-"))) { return .missing }
    let scheme = scheme(on: day)
    let code = AttendanceCode(tokenBytes: tokenBytes)
    if let code, let rule = scheme.rule(for: code) {
      guard let only = rule.session, only != session else { return .accept(code) }
      let other = scheme.rules.first { $0.session == session && $0.statisticalClass == rule.statisticalClass }
      return .quarantine(reason: "wrong-session", suggestion: other?.code.text)
    }
    let token = String(decoding: tokenBytes.prefix(8), as: UTF8.self).uppercased()
    if let decision = scheme.tokens[token] { return decision }
    if let subcode = subcodes.first(where: { $0.token == token }) { return Self.decide(subcode, on: day) }
    guard let code else { return .quarantine(reason: "unknown-code", suggestion: nil) }
    if firstDay(of: code, after: day) != nil { return .quarantine(reason: "code-not-yet-in-force", suggestion: nil) }
    return .quarantine(
      reason: lastDay(of: code, before: day) == nil ? "unknown-code" : "code-no-longer-in-force", suggestion: nil)
  }

  /// A subcode counts as its code on the days on which there was such.
  private static func decide(_ subcode: Subcode, on day: Day) -> ImportDecision {
    if subcode.code.applies(on: day) {
      let (from, to) = (subcode.code.from?.year ?? day.year, subcode.code.to?.year ?? day.year)
      return .acceptFlagged(
        subcode.code.value, note: "\(subcode.token) counts as \(subcode.code.value): a subcode of \(from) to \(to)")
    }
    if let from = subcode.code.from, day < from {
      return .quarantine(reason: "code-not-yet-in-force", suggestion: nil)
    }
    return .quarantine(reason: "code-no-longer-in-force", suggestion: subcode.later)
  }

  /// The last day of a token that has ended by a day; `nil` when it has not, or never was a code.
  public func lastDay(ofToken token: String, before day: Day) -> Day? {
    if let subcode = subcodes.first(where: { $0.token == token.uppercased() }) { return subcode.code.to }
    return AttendanceCode(token).flatMap { lastDay(of: $0, before: day) }
  }

  /// The first day of a token that begins after a day; `nil` when it does not, or is no code.
  public func firstDay(ofToken token: String, after day: Day) -> Day? {
    if let subcode = subcodes.first(where: { $0.token == token.uppercased() }) { return subcode.code.from }
    return AttendanceCode(token).flatMap { firstDay(of: $0, after: day) }
  }

  private func lastDay(of code: AttendanceCode, before day: Day) -> Day? {
    tables.last { ($0.to.map { $0 < day } ?? false) && $0.value.rule(for: code) != nil }?.to
  }

  private func firstDay(of code: AttendanceCode, after day: Day) -> Day? {
    tables.first { ($0.from.map { day < $0 } ?? false) && $0.value.rule(for: code) != nil }?.from
  }
}
