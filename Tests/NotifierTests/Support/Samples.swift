import Contracts
import Foundation
import NotifierDomain
import Rulebook

/// Made-up children, schools and subscriptions for the notifier's tests.
enum Sample {
  static let today = Day(year: 2026, month: 11, day: 20)!
  static let pupil = PupilID("p0123456ab")!
  static let school = try! URN("100001")
  static let otherSchool = try! URN("100002")
  static let time = Timestamp("2026-11-20T09:41:07.123Z")!

  static let grounds = ProposalGrounds(
    metOn: Day(year: 2026, month: 11, day: 19)!, windowFirstWeek: Day(year: 2026, month: 9, day: 7)!,
    windowLastWeek: Day(year: 2026, month: 11, day: 16)!,
    sessions: [
      .init(date: Day(year: 2026, month: 9, day: 8)!, session: .am, code: AttendanceCode("G")!),
      .init(date: Day(year: 2026, month: 11, day: 19)!, session: .pm, code: AttendanceCode("O")!),
    ], unresolved: 0,
    rule: .init(
      id: "national-threshold", source: "SI 2024/210", inForceFrom: Day(year: 2024, month: 8, day: 19)!))

  static let proposed = Report(
    PenaltyNoticeProposed(proposal: "prop1", pupil: pupil, school: school, grounds: grounds))
  static let revised = Report(
    PenaltyNoticeProposalRevised(proposal: "prop1", pupil: pupil, school: school, grounds: grounds))
  static let lapsed = Report(
    PenaltyNoticeProposalLapsed(proposal: "prop1", pupil: pupil, school: school, mostSessions: 9))
  static let reports = [proposed, revised, lapsed]
  static let proposalTypes = [
    PenaltyNoticeProposed.type, PenaltyNoticeProposalRevised.type, PenaltyNoticeProposalLapsed.type,
  ].map(\.name)

  /// - Parameter told: what the receiver was told of the matter before; by default all of it.
  static func context(addressProtected: Bool = false, told: DisclosureLevel? = .restricted) -> ReportContext {
    ReportContext(
      identity: Identity(
        pupil: pupil, givenName: "Zephyrine", familyName: "Quillfeather",
        dateOfBirth: Day(year: 2013, month: 5, day: 4)!, addressProtected: addressProtected),
      schoolName: "Larkspur Academy", time: time, authority: "880", told: told)
  }

  static func request() -> SubscriptionRequest {
    SubscriptionRequest(
      name: "Larkspur Academy", recipientKind: "school", eventTypes: proposalTypes,
      schools: [school.description], level: "L2", lawfulBasis: "LB1", agreementReference: "ISA-7",
      agreementExpiresOn: "2027-07-31", address: "https://hooks.larkspur.example/attendance", algorithm: "hmac")
  }

  static func subscription(_ change: (inout SubscriptionRequest) -> Void = { _ in }) -> Subscription {
    var request = request()
    change(&request)
    return try! request.checked(id: "sub_test", on: today, policy: .standard, allowsLoopback: true)
  }
}
