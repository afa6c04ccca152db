import Contracts
import Rulebook

/// What of another program's work about a child is open or was: shown at triage and in the chronology, never a reason or a
/// name.
struct Matter: Codable, Sendable, Hashable {
  /// What it is.
  enum Kind: String, Codable, Sendable, CaseIterable {
    case proposal = "penalty-notice-proposal"
    case improvement = "notice-to-improve"
    case notice = "penalty-notice"
    case prosecution
    case search = "missing-education-search"
    case permit = "work-permit"
    case licence = "performance-licence"
    case finding = "register-finding"
    case `return` = "school-return"
  }

  let kind: Kind
  /// The other program's record, opaque.
  let reference: String
  /// What was published last, in words without anything of a person.
  let state: String
  let isOpen: Bool
  let on: Day
}

/// An event of another program that casework shows.
protocol MatterNews: EventData {
  var pupil: PupilID { get }
  /// The school that the event names; `nil` where it names none.
  var placed: URN? { get }
  /// What of it is open or over, where casework heard of it on a day.
  ///
  /// - Parameter day: stands where the event names none.
  func matter(heardOn day: Day) -> Matter
}

extension MatterNews {
  var placed: URN? { nil }
}

extension ProposalEvent: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    Matter(
      kind: .proposal, reference: proposal, state: "penalty notice to be considered", isOpen: true, on: grounds.metOn)
  }
}

extension PenaltyNoticeProposalLapsed: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    Matter(
      kind: .proposal, reference: proposal, state: "penalty notice no longer to be considered", isOpen: false,
      on: day)
  }
}

extension NoticeToImproveIssued: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    Matter(kind: .improvement, reference: notice, state: "notice to improve issued", isOpen: true, on: on)
  }
}

extension PenaltyNoticeIssued: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    Matter(kind: .notice, reference: notice, state: "penalty notice issued", isOpen: true, on: on)
  }
}

extension PenaltyNoticeEvent: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    let words = Self.type.fact.replacing("-", with: " ")
    let isOver = [PenaltyNoticePaid.type, PenaltyNoticeWithdrawn.type].contains(Self.type)
    return Matter(kind: .notice, reference: notice, state: words, isOpen: !isOver, on: on)
  }
}

extension ProsecutionEvent: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    let isLaid = Self.type == ProsecutionLaid.type
    return Matter(
      kind: .prosecution, reference: prosecution, state: isLaid ? "prosecution begun" : "prosecution has a result",
      isOpen: isLaid, on: on)
  }
}

extension SearchOpened: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    Matter(kind: .search, reference: self.case, state: "search opened", isOpen: true, on: openedOn)
  }
}

extension WhereaboutsUnknown: MatterNews {
  func matter(heardOn day: Day) -> Matter {
    Matter(kind: .search, reference: self.case, state: "whereabouts unknown", isOpen: true, on: on)
  }
}

extension SearchClosed: MatterNews {
  func matter(heardOn day: Day) -> Matter {
    Matter(kind: .search, reference: self.case, state: "search closed", isOpen: false, on: closedOn)
  }
}

extension WorkPermitRevoked: MatterNews {
  func matter(heardOn day: Day) -> Matter {
    Matter(kind: .permit, reference: permit, state: "work permit revoked", isOpen: false, on: on)
  }
}

extension ReturnFiled: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    Matter(
      kind: .return, reference: finding ?? "\(kind.rawValue) \(filedOn.iso)",
      state: "\(kind.rawValue.replacing("-", with: " ")) return filed", isOpen: false, on: filedOn)
  }
}

extension Found: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    Matter(
      kind: .finding, reference: finding, state: "\(Topic.kind.rawValue.replacing("-", with: " ")) found", isOpen: true,
      on: on)
  }
}

extension Lapsed: MatterNews {
  var placed: URN? { school }
  func matter(heardOn day: Day) -> Matter {
    Matter(
      kind: .finding, reference: finding, state: "\(Topic.kind.rawValue.replacing("-", with: " ")) lapsed",
      isOpen: false, on: on)
  }
}

extension WorkPermitGranted: MatterNews {
  func matter(heardOn day: Day) -> Matter {
    Matter(kind: .permit, reference: permit, state: "work permit granted", isOpen: true, on: from)
  }
}

extension PerformanceLicenceGranted: MatterNews {
  /// The day is the first of the production.
  func matter(heardOn day: Day) -> Matter {
    Matter(
      kind: .licence, reference: licence, state: "performance licence granted", isOpen: true,
      on: dates.first ?? day)
  }
}
