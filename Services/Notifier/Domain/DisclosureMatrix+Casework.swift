public import Contracts
import Rulebook
import Schemas

// What casework publishes: who may know of it, and what they are told.

extension DisclosureMatrix {
  // What support a family was given (`support-recorded`) has no row: it is for enforcement alone, which considers it before a
  // notice. Partners are told of the case by N04 and of contracts by N05.
  static let casework: [Row] = [
    // A child's social worker is told at referral and at every escalation, and the virtual school of its own children
    // (Working together to improve school attendance). Early help is voluntary: its basis is the family's consent.
    Row(
      source: "disclosure table, N04",
      events: [CaseOpened.self, CaseEscalated.self, CaseSteppedDown.self, CaseReviewed.self, CaseClosed.self],
      bases: [.educationDuty, .consent],
      cells: [
        school(.attendance), socialCare(.attendance, .openCase), virtualSchool(.attendance), earlyHelp(.attendance),
      ]),
    Row(
      source: "disclosure table, N05", events: [ContractOffered.self, ContractReviewed.self],
      bases: [.consent, .educationDuty],
      cells: [
        school(.reasons), socialCare(.attendance, .openCase), virtualSchool(.attendance), earlyHelp(.attendance),
      ]),
  ]
}

/// What happens in a case is told each time and takes nothing back; only a case that was opened by error is withdrawn.
extension CaseOpened: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, matter: "casework/case/\(self.case)", concerns: concerns,
      facts: [.on: .string(openedOn.iso)])
  }
}

extension CaseStep: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: [.on: .string(on.iso)])
  }
}

extension CaseClosed: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(
      type: Self.type, pupil: pupil, school: school, course: reason == .error ? .withdraws : .begins,
      matter: reason == .error ? "casework/case/\(self.case)" : nil, concerns: concerns,
      facts: [.on: .string(closedOn.iso)])
  }
}

extension ContractOffered: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: [.on: .string(offeredOn.iso)])
  }
}

extension ContractReviewed: Reportable {
  public static var tellsConcerns: Bool { true }

  public var report: Report {
    Report(type: Self.type, pupil: pupil, school: school, concerns: concerns, facts: [.on: .string(reviewedOn.iso)])
  }
}
