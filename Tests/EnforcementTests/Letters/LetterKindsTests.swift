import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import Testing

@testable import EnforcementService

@Suite("Documents of each case") struct LetterKindsTests {
  private static let counts = #"{"possible":20,"missed":14,"unauthorised":12}"#
  private static let meeting = #"{"day":"2027-03-01","time":"10am","place":["County Hall"]}"#
  private static let wishes = #"{"child":"To be with friends","parents":"To be helped"}"#

  /// The documents that acts of a notice make, and those before there is a case, which the walk through the routes asks
  /// for.
  private static let elsewhere: Set = [
    PenaltyNotice.id, EnforcementLetters.NoticeToImprove.id, EnforcementLetters.Withdrawal.id,
    EnforcementLetters.AbsenceWarning.id, EnforcementLetters.EarlierNoticesEnquiry.id,
    EnforcementLetters.PaymentReceipt.id, EnforcementLetters.MoneyHeld.id, EnforcementLetters.MoneyReturned.id,
    EnforcementLetters.PaymentCertificate.id, EnforcementLetters.AttendanceCertificate.id,
    EnforcementLetters.ProceedingsResult.id, EnforcementLetters.NoticeToSatisfy.id,
    EnforcementLetters.PaymentReminder.id,
  ]

  @Test("Every other document can be issued in its case")
  func everyKind() async throws {
    let service = try await Enforced.withProposal()
    let first = service.calendar.terms[0].first
    try await service.apply(
      CalendarRecorded(
        school: service.school, schoolYear: SchoolYear(startYear: 2026),
        calendar: SchoolCalendar(terms: [DayRange(first: first, last: first.adding(days: 300))])))
    try await Self.notice(of: service)
    try await Self.prosecution(of: service)
    try await Self.attendanceOrder(of: service)
    try await Self.supervisionOrder(of: service)
    try await Self.parentingOrder(of: service)
    let issued = try await service.store.read { try String.fetchSet($0, sql: "SELECT DISTINCT kind FROM documents") }
    let missing = Set(EnforcementLetters.kinds.map { $0.id }).subtracting(issued).subtracting(Self.elsewhere)
    #expect(missing == [])
  }

  private static func notice(of service: Enforced) async throws {
    let id = try await service.consider()
    let today = service.clock.today()
    try await service.act(id, by: Caller(subject: "u-officer", role: .attendanceOfficer)) { desk, stored, unit in
      _ = try desk.improve(
        &stored,
        .init(
          recipient: .init(name: "Ida Made-Up", address: ["2 Made-up Street"]),
          child: .init(name: "Ada Made-Up", address: ["2 Made-up Street"], school: "A school", provision: nil),
          writer: .init(name: "Pat Officer", role: "Attendance officer", contact: "01632 960001"),
          figures: .init(
            first: try #require(Day(iso: "2026-09-07")), last: try #require(Day(iso: "2026-10-30")), possible: 80,
            missed: 12, unauthorised: 10),
          support: ["A mentor"], offer: ["Breakfast club"], howToAccept: "Call us", weeks: 3, mostUnauthorised: 2,
          service: .init(method: .firstClass, on: today), reason: "Support was not taken up"), by: Enforced.officer,
        in: unit)
    }
    try await service.passTime(to: try #require(Day(iso: "2027-02-15")))
    try await service.write(
      NoticeLetters.self, id, Enforced.to("mother"),
      """
      "outcome":{"child":"Ada","school":"A school","figures":\(counts),"mostUnauthorised":2,"next":["A notice"]}
      """)
    let other = try await service.consider(Enforced.father)
    try await service.issue(other)
    try await service.write(
      NoticeLetters.self, other, Enforced.to("father"),
      """
      "representations":{"child":"Ada","received":"2027-02-15","ground":"We were ill","withdrawn":false,
      "reasons":["The school was not told"]}
      """)
  }

  private static func prosecution(of service: Enforced) async throws {
    let id = try await service.refer(route: "direct")
    try await service.write(
      ProsecutionLetters.self, id, Enforced.to("mother"),
      """
      "interview":{"child":"Ada","school":"A school","appointment":\(meeting),"answerBy":"2027-02-20"}
      """)
    try await service.write(
      ProsecutionLetters.self, id, Enforced.to("mother"),
      """
      "warning":{"child":"Ada","school":"A school","figures":\(counts),"meeting":\(meeting),"decision":"2027-03-10",
      "changes":["Ada attends"]}
      """)
  }

  private static func attendanceOrder(of service: Enforced) async throws {
    let desk = service.desk.orders.attendance
    let id = try await service.begin(desk, .enquire, [.resident: .flag(true)], by: .cmeOfficer)
    func write(_ to: String, _ words: String) async throws {
      try await service.write(AttendanceOrderLetters.self, id, to, words)
    }
    try await service.does(
      desk, id, .notify,
      [.addressVerified: .flag(true), .planNamesSchool: .flag(false), .noticeServedOn: .text("2027-02-15")],
      by: .legalOfficer)
    try await service.passTime(to: try #require(Day(iso: "2027-03-02")))
    let posted = #""service":{"method":"hand","on":"2027-03-02"}"#
    try await write(
      Enforced.to("mother"), #""intention":{"child":"Ada","school":"A school","alternatives":[],\#(posted)}"#)
    try await write(
      Enforced.to("school"), #""consultation":{"child":"Ada","yearGroup":"7","school":"A school",\#(posted)}"#)
    try await service.does(
      desk, id, .nominate,
      [.expedient: .flag(true), .nominationServedOn: .text("2027-03-02"), .consultedOn: .text("2027-03-02")],
      by: .legalOfficer)
    try await service.passTime(to: try #require(Day(iso: "2027-03-18")))
    try await service.does(desk, id, .nameByDefault, [.school: .text("100009")], by: .legalOfficer)
    let order = #"{"parent":"Ida","child":"Ada","school":"A school","schoolAddress":["1"],"registerBy":"2027-04-05"}"#
    try await write(Enforced.to("mother", "father", "school"), "\"order\":\(order)")
    try await service.does(
      desk, id, .serveOrder,
      [.orderServedOn: .text("2027-03-18"), .registerBy: .text("2027-04-05"), .schoolCanBeNamed: .flag(true)],
      by: .legalOfficer)
    try await service.transactions.write(by: Caller(subject: "u-manager", role: .manager)) { unit in
      var stored = try #require(try Cases<AttendanceOrderCase>.find(id, in: unit.db))
      try desk.cases.move(
        &stored, .second(agrees: true, reason: "Agreed"), by: .person("u-manager", .manager), in: unit)
    }
    try await write(
      Enforced.to("mother"), #""reminder":{"child":"Ada","school":"A school","lastDay":"2027-04-20"}"#)
    try await write(
      Enforced.to("mother"),
      """
      "decision":{"parent":"Ida","child":"Ada","decision":"not-revoked","grounds":["No plan was sent"],
      "from":"2027-04-01","secretaryOfState":"The Department for Education"}
      """)
  }

  private static func supervisionOrder(of service: Enforced) async throws {
    let desk = service.desk.orders.supervision
    let id = try await service.begin(
      desk, .propose, [.alternatives: .flag(true), .inCare: .flag(false)], by: .attendanceOfficer)
    func write(_ to: String, _ words: String) async throws {
      try await service.write(SupervisionLetters.self, id, to, words)
    }
    try await write(
      Enforced.to("childrens-services"),
      """
      "consultation":{"child":"Ada","school":"A school","ground":"She does not attend","tried":["A mentor"],
      "answerBy":"2027-04-15"}
      """)
    try await service.does(desk, id, .consult, [.reply: .text("supports")], by: .attendanceOfficer)
    let event = #"{"day":"2027-03-01","text":"They support it"}"#
    try await write(
      Enforced.to("court"),
      """
      "application":{"child":"Ada","school":"A school","ground":"She does not attend","parents":["Ida"],
      "tried":["A mentor"],"directions":["Be in school"],"consultation":\(event),"chronology":[\(event)],
      "wishes":\(wishes)}
      """)
    try await service.does(
      desk, id, .apply,
      [.designated: .flag(true), .report: .flag(true), .plan: .flag(true), .inCare: .flag(false)], by: .legalOfficer)
    try await service.does(
      desk, id, .make, [.madeOn: .text("2027-03-18"), .lastDay: .text("2028-03-17"), .inCare: .flag(false)],
      by: .legalOfficer)
    try await write(
      Enforced.to("mother", "child"),
      """
      "directions":{"child":"Ada","directions":[{"day":"2027-03-19","text":"Be in school"}],"wishes":\(wishes)}
      """)
    try await write(
      Enforced.to("father"),
      """
      "review":{"child":"Ada","school":"A school","first":"2027-02-01","last":"2027-03-01","figures":\(counts),
      "wishes":\(wishes),"findings":["It goes well"],"next":["Go on"],"nextReview":"2027-05-01"}
      """)
    try await service.does(desk, id, .end, [.ending: .text("discharged")], by: .legalOfficer)
    try await write(Enforced.to("mother"), #""end":{"child":"Ada","after":["A mentor"]}"#)
  }

  private static func parentingOrder(of service: Enforced) async throws {
    let desk = service.desk.orders.parenting
    let id = try await service.begin(
      desk, .request, [.desirable: .flag(true), .programmeAvailable: .flag(true), .family: .text("obtained")],
      by: .legalOfficer, against: Enforced.mother)
    let record = """
      "record":{"parent":"Ida","child":"Ada","court":"Exampleton","requirements":["Meet the school"],
      "programme":"Together"}
      """
    let reader = Enforced.to("responsible-officer")
    #expect(
      await service.faults { try await service.write(ParentingLetters.self, id, reader, record) }?
        .contains("not on record") == true, "the court has not made it")
    let made = Facts<ParentingOrderCase.Fact>([
      .madeOn: .text("2027-03-18"), .until: .text("2028-03-17"), .programmeFrom: .text("2027-04-01"),
      .programmeTo: .text("2027-06-30"), .residential: .flag(false), .residentialJustified: .flag(false),
    ])
    try await service.state(made, in: id, of: desk)
    try await service.write(ParentingLetters.self, id, reader, record)
  }
}
