import Contracts
import Foundation
import NotifierDomain
import Rulebook

/// Made-up events of the registers that receivers can be told of.
extension Sample {
  static let foundOn = Day(year: 2026, month: 11, day: 20)!
  static let rule = RuleReference(
    id: "attendance-return", source: "2024 Regulations reg 13", inForceFrom: Day(year: 2024, month: 8, day: 19)!)

  /// One of a hundred made-up children.
  static func child(_ number: Int) -> PupilID { PupilID("p0000000" + (number < 10 ? "0" : "") + "\(number)")! }

  static func found<Topic: FindingTopic>(
    _: Topic.Type, _ finding: String = "f1", pupil: PupilID = Sample.pupil, concerns: [Concern] = Concern.allCases
  ) -> Found<Topic> {
    Found(
      finding: finding, pupil: pupil, school: school, since: Day(year: 2026, month: 11, day: 9)!, on: foundOn,
      session: .am, count: 10, outOf: 100, concerns: concerns, rule: rule)
  }

  static func lapsed<Topic: FindingTopic>(
    _: Topic.Type, _ finding: String = "f1", pupil: PupilID = Sample.pupil, concerns: [Concern] = Concern.allCases
  ) -> Lapsed<Topic> {
    Lapsed(finding: finding, pupil: pupil, school: school, on: foundOn, concerns: concerns)
  }

  static func left(concerns: [Concern]? = Concern.allCases) -> PupilLeft {
    PupilLeft(
      pupil: pupil, school: school, leftOn: foundOn, ground: DeletionGround.allCases[0], destinationKnown: true,
      concerns: concerns)
  }

  static let filed = ReturnFiled(
    pupil: pupil, school: school, kind: .sickness, filedOn: foundOn, dueOn: foundOn.adding(days: 5), finding: "f1")
  static let missing = RegisterMissing(school: school, date: foundOn, session: .pm)
  static let received = RegisterReceived(school: school, date: foundOn, session: .pm)
  static let missingLapsed = RegisterMissingLapsed(school: school, date: foundOn, session: .pm)
  static let reached = CompulsorySchoolAgeReached(pupil: pupil, school: school, on: foundOn)
  static let ended = CompulsorySchoolAgeEnded(pupil: pupil, school: school, on: foundOn)

  /// One report of every type that the registers publish.
  static func registersReports(concerns: [Concern]) -> [Report] {
    func both<Topic: FindingTopic>(_ topic: Topic.Type) -> [Report] {
      [Report(found(topic, concerns: concerns)), Report(lapsed(topic, concerns: concerns))]
    }
    return both(UnexplainedAbsence.self) + both(TenDayAbsence.self) + both(TwentyDayAbsence.self)
      + both(FifteenDaySickness.self) + both(PersistentAbsence.self) + both(SevereAbsence.self)
      + both(PartTimeSixWeeks.self) + both(PartTimeTwelveWeeks.self)
      + [
        Report(filed), Report(left(concerns: concerns)), Report(missing), Report(received), Report(missingLapsed),
        Report(reached), Report(ended),
      ]
  }

  /// A subscription as it stands in the store: past the check of its request.
  static func standing(
    _ kind: RecipientKind, _ level: DisclosureLevel, to type: EventType, basis: LawfulBasis = .educationDuty
  ) -> Subscription {
    Subscription(
      id: "sub_test", name: "Test", recipientKind: kind, eventTypes: [type],
      scope: kind == .school ? .schools([school]) : .all, level: level, lawfulBasis: basis,
      agreement: Agreement(reference: "ISA-7", expiresOn: Day(year: 2027, month: 7, day: 31)!),
      address: try! ReceiverAddress("https://hooks.larkspur.example/x", allowsLoopback: false), algorithm: .hmac)
  }

  /// What is known around a report: nothing of a child where there is none in it.
  static func context(
    for report: Report, addressProtected: Bool = false, told: DisclosureLevel? = .restricted
  ) -> ReportContext {
    let known = context(addressProtected: addressProtected, told: told)
    return ReportContext(
      identity: report.pupil == nil ? nil : known.identity, schoolName: known.schoolName, time: known.time,
      authority: known.authority, told: told)
  }
}
