public import Rulebook

/// The person who writes a letter, or the team that answers for one.
public struct LetterWriter: Codable, Hashable, Sendable {
  public let name: String
  public let role: String
  /// Telephone number or e-mail address at which they are reached.
  public let contact: String

  public init(name: String, role: String, contact: String) {
    self.name = name
    self.role = role
    self.contact = contact
  }

  /// Who writes, as the particulars of a group.
  public static func particulars(_ source: String) -> [Particular<Self>] {
    [
      .text("writerName", source) { $0.name },
      .text("writerRole", source) { $0.role },
      .text("writerContact", source) { $0.contact },
    ]
  }

  /// The words of a template for ``particulars(_:)``.
  public static let signature = "<p>{{writerName}}<br>{{writerRole}}<br>{{writerContact}}</p>"
}

/// What the register says of a child between two days, in half days.
public struct AttendanceFigures: Hashable, Sendable {
  public let first: Day
  /// The day to which they are counted.
  public let last: Day
  /// Sessions that could have been attended.
  public let possible: Int
  /// Of them missed, whatever the reason.
  public let missed: Int
  /// Of them missed without leave.
  public let unauthorised: Int

  /// - Throws: ``LetterError/contradictory(_:source:)`` when the figures do not add up.
  public init(first: Day, last: Day, possible: Int, missed: Int, unauthorised: Int) throws(LetterError) {
    guard first <= last, possible > 0, 0...possible ~= missed, 0...missed ~= unauthorised else {
      throw .contradictory("The figures do not add up.", source: "Working together to improve school attendance")
    }
    self.first = first
    self.last = last
    self.possible = possible
    self.missed = missed
    self.unauthorised = unauthorised
  }

  /// The figures as the particulars of a group.
  public static func particulars(_ source: String) -> [Particular<Self>] {
    [
      .text("figuresFirstDay", source) { $0.first.inWords },
      .text("figuresLastDay", source) { $0.last.inWords },
      .text("possibleSessions", source) { String($0.possible) },
      .text("missedSessions", source) { String($0.missed) },
      .text("unauthorisedSessions", source) { String($0.unauthorised) },
    ]
  }

  /// The words of a template for ``particulars(_:)``.
  public static let table = """
    <table>
    <caption>From {{figuresFirstDay}} to {{figuresLastDay}}</caption>
    <tbody>
    <tr><th scope="row">Half days that school was open</th><td>{{possibleSessions}}</td></tr>
    <tr><th scope="row">Half days missed</th><td>{{missedSessions}}</td></tr>
    <tr><th scope="row">Of these, missed without permission</th><td>{{unauthorisedSessions}}</td></tr>
    </tbody>
    </table>
    """
}

extension PenaltyNotice.Absence {
  /// A session as the particulars of a list.
  public static func particulars(_ source: String) -> [Particular<Self>] {
    [
      .text("sessionDay", source) { $0.day.inWordsWithWeekday },
      .text("sessionHalf", source) { $0.session == .am ? "Morning" : "Afternoon" },
      .text("sessionMeaning", source) { $0.meaning },
    ]
  }

  /// The words of a template for the list `sessions` of ``particulars(_:)``.
  public static let table = """
    <table>
    <caption>From the school’s register</caption>
    <thead><tr><th scope="col">Day</th><th scope="col">Half day</th><th scope="col">Recorded as</th></tr></thead>
    <tbody>
    {{#sessions}}<tr><td>{{sessionDay}}</td><td>{{sessionHalf}}</td><td>{{sessionMeaning}}</td></tr>
    {{/sessions}}</tbody>
    </table>
    """

  /// Sessions by day and half day.
  ///
  /// - Throws: ``LetterError/contradictory(_:source:)`` when a session is there twice.
  public static func inOrder(_ absences: [Self], source: String) throws(LetterError) -> [Self] {
    guard Set(absences.map { [Int($0.day.ordinal), $0.session.index] }).count == absences.count else {
      throw .contradictory("A session is there twice.", source: source)
    }
    return absences.sorted { ($0.day, $0.session) < ($1.day, $1.session) }
  }
}
