public import Contracts
public import Rulebook

/// The books that the service keeps beside its cases. Each is a list of entries with the same life: an entry is written
/// once and never changed; what comes of it is an entry of another book that names it; an entry is open until there is one.
public enum Book: String, Sendable, Hashable, Codable, CaseIterable {
  // Of a school.
  case schoolAllocation = "school-allocations"
  case targetingMeeting = "targeting-meetings"
  case schoolAction = "school-actions"
  case actionOutcome = "school-action-outcomes"
  case transition = "transitions"
  case transitionOutcome = "transition-outcomes"
  case blitz = "blitzes"
  case blitzOutcome = "blitz-outcomes"
  case tradedAgreement = "traded-agreements"
  case tradedDelivery = "traded-deliveries"
  case agreementEnd = "traded-agreement-ends"
  case healthSurvey = "health-absence-surveys"
  case inspection = "register-inspections"
  case inspectionReport = "register-inspection-reports"
  case inspectionAction = "register-inspection-actions"
  case inspectionActionDone = "register-inspection-action-outcomes"
  case statutoryTime = "statutory-time"
  // Of officers.
  case officerBar = "officer-bars"
  case officerBarEnd = "officer-bar-ends"
  case officerInvolvement = "officer-involvements"
  case officerDeparture = "officer-departures"
  case officerReturn = "officer-returns"
  // Of the service.
  case advice = "advice-given"
  case organisation = "support-organisations"
  case organisationCheck = "support-organisation-checks"
  case coordinatedList = "coordinated-lists"
  case intakeRule = "intake-rules"
  case unmetDemand = "unmet-demands"
  case demandOutcome = "unmet-demand-outcomes"
  // Of a child.
  case characteristic = "characteristics"
  case characteristicEnd = "characteristic-ends"
  case placement = "placements"
  case placementMarks = "placement-marks"
  case placementEnd = "placement-ends"
  // With partners.
  case sharingAgreement = "sharing-agreements"
  case sharingEnd = "sharing-agreement-ends"
  case partnerNote = "partner-notes"

  /// The book of the entry that an entry of this one is about; `nil` where it is about none.
  public var about: Book? {
    switch self {
    case .schoolAction: .targetingMeeting
    case .actionOutcome: .schoolAction
    case .transitionOutcome: .transition
    case .blitzOutcome: .blitz
    case .tradedDelivery, .agreementEnd: .tradedAgreement
    case .organisationCheck: .organisation
    case .demandOutcome: .unmetDemand
    case .characteristicEnd: .characteristic
    case .placementMarks, .placementEnd: .placement
    case .sharingEnd: .sharingAgreement
    case .inspectionReport: .inspection
    case .inspectionAction: .inspectionReport
    case .inspectionActionDone: .inspectionAction
    case .officerBarEnd: .officerBar
    case .officerReturn: .officerDeparture
    default: nil
    }
  }

  /// The book whose entries close an entry of this one; `nil` where none is closed.
  public var closedBy: Book? {
    switch self {
    case .schoolAction: .actionOutcome
    case .transition: .transitionOutcome
    case .blitz: .blitzOutcome
    case .tradedAgreement: .agreementEnd
    case .unmetDemand: .demandOutcome
    case .characteristic: .characteristicEnd
    case .placement: .placementEnd
    case .sharingAgreement: .sharingEnd
    case .inspection: .inspectionReport
    case .inspectionAction: .inspectionActionDone
    case .officerBar: .officerBarEnd
    case .officerDeparture: .officerReturn
    default: nil
    }
  }
}

/// An entry of a book.
public protocol BookEntry: Codable, Hashable, Sendable {
  static var book: Book { get }
  /// What is wrong with it, each by its JSON pointer.
  var faults: Faults { get }
  /// The day that it is about.
  var on: Day { get }
  /// Whose it is; `nil` where the entry that it is about says so, or where it is the service's.
  var school: URN? { get }
  var pupil: PupilID? { get }
  /// The entry that it is about, by number.
  var about: Int64? { get }
}

extension BookEntry {
  public var school: URN? { nil }
  public var pupil: PupilID? { nil }
  public var about: Int64? { nil }
}

extension Faults {
  /// Notes the faults of texts and lists, and of days in the wrong order.
  static func of(
    words: [(String, String)] = [], lists: [([String], String)] = [], days: (first: Day, last: Day?)? = nil
  ) -> Faults {
    var faults = Faults()
    for (text, pointer) in words { faults.words(text, pointer) }
    for (texts, pointer) in lists { faults.list(texts, pointer, atLeast: 1) }
    if let days, let last = days.last { faults.require(days.first <= last, "/to", "must not be before the first day") }
    return faults
  }

  /// Notes a number that is not in a range.
  mutating func count(_ number: Int, _ pointer: String, _ range: ClosedRange<Int>) {
    require(range.contains(number), pointer, "must be \(range.lowerBound) to \(range.upperBound)")
  }
}
