import EnforcementDomain
import Letters
import Rulebook

extension EnforcementLetters {
  /// The most that a court can impose for an offence, as it is on the day of issue.
  struct CourtFine: Hashable, Sendable {
    /// The level on the standard scale.
    let level: Int
    let most: Money

    /// The fine as the particulars of a group.
    static func particulars(_ source: String) -> [Particular<Self>] {
      [
        .text("fineLevel", source) { String($0.level) },
        .text("fineMost", source) { LetterText.pounds(pence: $0.most.pence) },
      ]
    }
  }

  /// Where and when people meet.
  struct Appointment: Hashable, Sendable {
    let day: Day
    /// The time of day, for example `10:30am`.
    let time: String
    let place: [String]

    /// The appointment as the particulars of a group.
    static func particulars(_ source: String) -> [Particular<Self>] {
      [
        .text("meetingDay", source) { $0.day.inWordsWithWeekday },
        .text("meetingTime", source) { $0.time },
        .lines("meetingPlace", of: "meetingPlaceLine", source) { $0.place },
      ]
    }

    /// The words of a template for ``particulars(_:)``.
    static let words = """
      <p><strong>{{meetingDay}}, {{meetingTime}}</strong>{{#meetingPlace}}<br>{{meetingPlaceLine}}{{/meetingPlace}}</p>
      """
  }

  /// What the child and the parents want, as they said it or as it was learned, in words that every reader of the paper
  /// may know.
  struct Wishes: Hashable, Sendable {
    let child, parents: String

    /// The wishes as the particulars of a group.
    static func particulars(_ source: String) -> [Particular<Self>] {
      [.text("childWishes", source) { $0.child }, .text("parentWishes", source) { $0.parents }]
    }

    /// The words of a template for ``particulars(_:)``.
    static let words = """
      <dl><dt>The child</dt><dd>{{childWishes}}</dd><dt>The parents</dt><dd>{{parentWishes}}</dd></dl>
      """
  }
}
