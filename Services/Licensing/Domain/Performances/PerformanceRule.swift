/// The rules of performances and of those in charge of children in them, by the ids that answers and letters name them
/// with (`licensing.md` 4 and 5).
public enum PerformanceRule: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
  case early = "PF-EARLY"
  case late = "PF-LATE"
  case present = "PF-PRESENT"
  case total = "PF-TOTAL"
  case continuous = "PF-CONTINUOUS"
  case breaks = "PF-BREAKS"
  case gap = "PF-GAP"
  case overnight = "PF-OVERNIGHT"
  case consecutive = "PF-CONSECUTIVE"
  case nightRest = "PF-NIGHT-REST"
  case nightRun = "PF-NIGHT-RUN"
  case eightWeeks = "PF-EIGHT-WEEKS"
  case lessonsOfWeek = "PF-EDU-WEEK"
  case lessonsInAll = "PF-EDU-TOTAL"
  case taughtTogether = "PF-EDU-GROUP"
  case noChaperone = "CH-NONE"
  case fewChaperones = "CH-RATIO"
  case notApproved = "CH-NOT-APPROVED"

  public static func < (a: PerformanceRule, b: PerformanceRule) -> Bool { a.rawValue < b.rawValue }

  /// The breach in words.
  public var words: String {
    switch self {
    case .early: "The child is at the place too early."
    case .late: "The child is at the place too late."
    case .present: "The child is at the place for too long."
    case .total: "The child performs and rehearses for too long in the day."
    case .continuous: "The child performs or rehearses too long without a pause."
    case .breaks: "The meal and rest breaks are too few or too short."
    case .gap: "Two performances follow too soon on each other."
    case .overnight: "The rest overnight is too short."
    case .consecutive: "The child performs on too many days running."
    case .nightRest: "The rest after night work is too short."
    case .nightRun: "Night work follows too soon on two nights running."
    case .eightWeeks: "There is no break after eight full weeks."
    case .lessonsOfWeek: "A week has too few lessons."
    case .lessonsInAll: "There are too few lessons in all."
    case .taughtTogether: "The private teacher teaches too many children together."
    case .noChaperone: "Nobody is in charge of the children."
    case .fewChaperones: "There are too many children for the chaperones."
    case .notApproved: "A chaperone is not approved on the day."
    }
  }

  /// How to put it right.
  public var fix: String {
    switch self {
    case .early: "Ask the child to arrive later, or apply for night work."
    case .late: "Let the child leave earlier, or apply for night work."
    case .present: "Shorten the time at the place."
    case .total: "Shorten the parts or rehearsals."
    case .continuous: "Add a pause of 15 minutes."
    case .breaks: "Add a meal of 45 minutes and rests of 15 minutes."
    case .gap: "Leave an hour and a half between performances."
    case .overnight: "Begin 12 hours after the child left."
    case .consecutive: "Leave the seventh day free."
    case .nightRest: "Begin 16 hours after the night's part."
    case .nightRun: "Leave seven days without night work."
    case .eightWeeks: "Leave 14 days free after the last performance."
    case .lessonsOfWeek: "Give six hours of lessons in the week, or three on each school day."
    case .lessonsInAll: "Give three hours of lessons for each school day, at most five counting on any day."
    case .taughtTogether: "Teach at most six together, or twelve of like standard."
    case .noChaperone, .fewChaperones: "Add an approved chaperone for the time."
    case .notApproved: "Replace the chaperone, or have the approval renewed first."
    }
  }
}
