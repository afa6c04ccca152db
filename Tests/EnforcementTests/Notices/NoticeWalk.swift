import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import Rulebook
import ServiceKit
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// What the walk through the routes of enforcement needs of penalty notices: four that are considered about a child of
/// the first school, the cases `first` to `first + 3`, and one that was issued before them (``PaymentWalk``).
struct NoticeWalk {
  private static let pupil = "p000000004"
  private static let considerations = """
    {"support":"offered","likely-to-change":"yes","best-tool":"yes","equality-and-health":"no-bar",
    "other-proceedings":"none","leave":"not-sought","parent-allowed-absence":"yes","code-of-conduct-met":"yes",
    "below-threshold-reason":"short holidays"}
    """
  private static let person = #"{"name":"Ida Made-Up","address":["2 Made-up Street"]}"#
  private static let child = #"{"name":"Ada Made-Up","address":["2 Made-up Street"],"school":"A school"}"#
  private static let writer = #"{"name":"Officer Made-Up","role":"Attendance officer","contact":"01632 960000"}"#

  /// A text that stands in what the routes tell of the first school's notices, and nowhere else.
  static let ofTheSchool = "The threshold is met"

  /// The number of the first case that is considered; that of the issued notice is one less.
  let first: Int

  static func fill(_ path: String, school: String) async throws {
    let service = try Enforced(path: path, school: school, pupil: pupil)
    try await service.applyPupil()
    try await service.applyParents()
    try await service.applyMarks(0..<12)
    let proposal = try await service.store.read {
      try String.fetchOne($0, sql: "SELECT id FROM proposal WHERE pupil = ?", arguments: [pupil]) ?? ""
    }
    for person in [Enforced.mother, Enforced.father] { _ = try await service.consider(person, proposal: proposal) }
    for person in [Enforced.mother, Enforced.father] { _ = try await service.request(0..<4, person) }
    try await service.transactions.write(by: Caller(subject: "u-officer", role: .attendanceOfficer)) { unit in
      _ = try Enquiries.ask(
        try AuthorityCode("383"), about: service.pupil, Enforced.mother, purpose: "Before a notice", on: unit.today,
        in: unit.db)
    }
    try service.store.close()
  }

  func rows(school: String) -> [String: RouteWalk.Row] {
    func path(_ offset: Int) -> [String: String] { ["id": "c\(first + offset)"] }
    let issued = path(-1)
    return [
      "GET /notices": .init("", "state=all&after=0"),
      "GET /notices/{id}": .init(path: path(0), "", "asAt=2027-01-01T00:00:00Z"),
      "GET /notices/{id}/history": .init(path: path(0), "", "after=1"),
      "GET /notices/{id}/why": .init(path: issued),
      "GET /notices/{id}/conflicts": .init(path: path(0), holdsRecords: false),
      "GET /notices/{id}/sessions": .init(path: path(0), holdsRecords: false),
      "POST /notices/{id}/circumstances": .init(path: path(3), body: #"{"circumstances":["no-control"]}"#),
      "GET /notices/{id}/documents/{document}": .init(
        path: issued.merging(["document": PaymentWalk.notice]) { $1 }, "", "format=html", holdsRecords: false),
      "POST /notices": .init(body: opening(school)),
      "POST /notices/{id}/acts": .init(
        path: path(1),
        body: #"{"act":"decline","reason":"Not in the interest of the child","facts":{},"overriding":[],"evidence":[],"#
          + #""owner":{"role":"manager"}}"#),
      "POST /notices/{id}/allocation": .init(
        path: path(0), body: #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#),
      "POST /notices/{id}/second": .init(path: path(0), body: #"{"agrees":false,"reason":"Not yet"}"#),
      "POST /notices/{id}/decisions/{number}/uphold": .init(
        path: issued.merging(["number": "2"]) { $1 }, body: #"{"reason":"As it was","overriding":[],"evidence":[]}"#),
      "POST /notices/{id}/issue": .init(
        path: path(0),
        body: """
          {"recipient":\(Self.person),"child":\(Self.child),"officer":{"name":"Officer Made-Up",
          "particulars":"Attendance officer"},"service":{"method":"first_class","on":"2027-01-01"},
          "identityVerified":"yes","addressVerified":"yes","enquiries":"not-needed","reason":"Everything holds"}
          """),
      "POST /notices/{id}/notice-to-improve": .init(path: path(2), body: improvement),
      "POST /notices/{id}/withdrawal": .init(
        path: issued,
        body: """
          {"recipient":\(Self.person),"child":"Ada Made-Up","writer":\(Self.writer),"ground":"material_error",
          "repayment":"By cheque","reason":"The dates are wrong"}
          """),
      "POST /notices/{id}/service": .init(
        path: issued,
        body: """
          {"method":"first_class","on":"2027-01-01","by":"The post room","address":"2 Made-up Street",
          "addressReason":"The register says so","proof":"A certificate of posting"}
          """),
      "POST /notices/{id}/receipts": .init(
        path: issued, body: #"{"kind":"received","on":"2027-01-01","evidence":"A signature"}"#),
      "GET /pupils/{id}/ledger": .init(
        path: ["id": "p000000001"], "person=\(Enforced.mother.text)",
        "person=\(Enforced.mother.text)&asAt=2027-01-01T00:00:00Z"),
      "GET /enquiries": .init("", "after=0"),
      "POST /enquiries": .init(
        body: """
          {"pupil":"\(Self.pupil)","person":"\(Enforced.mother.text)","authority":"383","purpose":"Before a notice"}
          """),
      "POST /enquiries/{number}/answer": .init(
        path: ["number": "1"], body: #"{"notices":[{"issued":"2026-01-12","standing":"paid"}]}"#),
    ]
  }

  private func opening(_ school: String) -> String {
    let day = Day(year: 2026, month: 9, day: 7)?.iso ?? ""
    return """
      {"person":"\(Enforced.father.text)","pupil":"\(Self.pupil)","school":"\(school)",
      "sessions":[{"date":"\(day)","session":"AM"}],"considerations":\(Self.considerations),
      "circumstances":["no-control"],"reason":"Short holidays"}
      """
  }

  private var improvement: String {
    """
    {"recipient":\(Self.person),"child":\(Self.child),"writer":\(Self.writer),"figures":{"first":"2026-09-07",
    "last":"2026-12-18","possible":100,"missed":20,"unauthorised":12},"support":["A meeting"],"offer":["Breakfast club"],
    "howToAccept":"Telephone us","weeks":3,"mostUnauthorised":2,"service":{"method":"first_class","on":"2027-01-01"},
    "reason":"Support was not taken up"}
    """
  }

  /// The writes that the first of those who may ask is refused.
  static let refused: Set = [
    // Nothing waits for a second person, nothing is questioned, the notice is not printed, and the calendar ends.
    "POST /notices/{id}/second", "POST /notices/{id}/decisions/{number}/uphold", "POST /notices/{id}/service",
    "POST /notices/{id}/notice-to-improve", "POST /notices/{id}/allocation",
  ]
}

extension Enforced {
  /// Considers a notice for some sessions below the threshold.
  func request(_ range: Range<Int>, _ person: PersonID = mother) async throws -> String {
    let sessions = range.map { session($0) }.map {
      ProposalGrounds.CountedSession(date: $0.0, session: $0.1, code: AttendanceCode("O")!)
    }
    let caller = Caller(subject: "u-officer", role: .attendanceOfficer)
    let (pupil, school) = (pupil, school)
    return try await transactions.write(by: caller) { [desk] unit in
      try desk.consider(
        NoticeBasis(pupil: pupil, school: school, proposal: nil, sessions: sessions), to: person,
        .init(
          .act(.consider),
          stating: .init(Self.considerations.merging([.belowThreshold: .text("short holidays")]) { $1 }),
          reason: "Short holidays"), by: Self.officer, in: unit
      ).id
    }
  }
}
