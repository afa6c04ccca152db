import CaseFlow
import Contracts
import EnforcementDomain
import Foundation
import Rulebook
import ServiceTestKit
import Store
import TestKit
import Testing

@testable import EnforcementService

/// What the walk through the routes of enforcement needs of orders: one of each kind at the first school, the cases
/// `first` to `first + 2`, and a child about whom none is open.
struct OrderWalk {
  static let reason = "Made-up first step"
  private static let other = "p000000003"

  /// The number of the first case.
  let first: Int

  static func fill(_ path: String, school: String) async throws {
    let service = try Enforced(path: path, school: school)
    let orders = service.desk.orders
    let attendance = try await service.begin(orders.attendance, .enquire, [.resident: .flag(true)], by: .cmeOfficer)
    try await service.does(
      orders.attendance, attendance, .notify,
      [.addressVerified: .flag(true), .planNamesSchool: .flag(false), .noticeServedOn: .text("2027-01-01")],
      by: .attendanceOfficer, because: reason)
    let supervision = try await service.begin(
      orders.supervision, .propose, [.alternatives: .flag(true), .inCare: .flag(false)], by: .attendanceOfficer)
    try await service.does(
      orders.supervision, supervision, .consult, [.reply: .text("supports")], by: .attendanceOfficer, because: reason)
    try await service.does(
      orders.supervision, supervision, .apply,
      [.designated: .flag(true), .report: .flag(true), .plan: .flag(true), .inCare: .flag(false)], by: .legalOfficer,
      because: reason)
    let parenting = try await service.begin(
      orders.parenting, .request,
      [.desirable: .flag(true), .programmeAvailable: .flag(true), .family: .text("obtained")], by: .legalOfficer,
      against: Enforced.mother)
    try await service.does(
      orders.parenting, parenting, .list, [.hearingOn: .text("2027-02-01")], by: .legalOfficer, because: reason)
    try service.store.close()
    let child = try Enforced(path: path, school: school, pupil: other)
    try await child.applyPupil()
    try child.store.close()
  }

  func rows(school: String) -> [String: RouteWalk.Row] {
    rows("/attendance-orders", first, act: "satisfy", #"{"suitable":true}"#).merging([
      "POST /attendance-orders": .init(body: Self.beginning(school, "enquire", #"{"resident":true}"#))
    ]) { $1 }
    .merging(rows("/supervision-orders", first + 1, act: "make", "{}")) { $1 }.merging([
      "POST /supervision-orders": .init(
        body: Self.beginning(school, "propose", #"{"alternatives":true,"in-care":false}"#))
    ]) { $1 }
    .merging(rows("/parenting-orders", first + 2, act: "begin", "{}")) { $1 }.merging([
      "POST /parenting-orders": .init(
        body: Self.beginning(school, "request", #"{"desirable":true}"#, person: Enforced.mother.text)),
      // Nothing is decided yet.
      "GET /parenting-orders/{id}/why": .init(path: ["id": "c\(first + 2)"], holdsRecords: false),
    ]) { $1 }
  }

  private func rows(_ base: String, _ number: Int, act: String, _ facts: String) -> [String: RouteWalk.Row] {
    let id = ["id": "c\(number)"]
    return [
      "GET \(base)": .init("", "state=all&after=0"),
      "GET \(base)/{id}": .init(path: id, "", "asAt=2027-01-01T00:00:00Z"),
      "GET \(base)/{id}/history": .init(path: id, "", "after=1"), "GET \(base)/{id}/why": .init(path: id),
      "GET \(base)/{id}/conflicts": .init(path: id, holdsRecords: false),
      "POST \(base)/{id}/circumstances": .init(path: id, body: #"{"circumstances":["plan-unassessed"]}"#),
      "POST \(base)/{id}/acts": .init(
        path: id,
        body: """
          {"act":"\(act)","reason":"Evidence seen","facts":\(facts),"overriding":[],"evidence":[],
          "owner":{"role":"manager"}}
          """),
      "POST \(base)/{id}/allocation": .init(
        path: id, body: #"{"owner":{"role":"legal-officer","person":"u-lawyer"},"reason":"Named officer"}"#),
      "POST \(base)/{id}/second": .init(path: id, body: #"{"agrees":false,"reason":"Not yet"}"#),
      "POST \(base)/{id}/decisions/{number}/uphold": .init(
        path: ["id": "c\(number)", "number": "2"], body: #"{"reason":"As it was","overriding":[],"evidence":[]}"#),
    ]
  }

  private static func beginning(_ school: String, _ act: String, _ facts: String, person: String? = nil) -> String {
    """
    {"pupil":"\(other)","school":"\(school)","act":"\(act)","facts":\(facts),"circumstances":["plan-unassessed"],
    "reason":"Unpaid","evidence":[]\(person.map { ",\"person\":\"\($0)\"" } ?? "")}
    """
  }

  /// The writes that an attendance officer, the first of those who may ask, is refused.
  static let refused: Set<String> = Set(
    ["/attendance-orders", "/supervision-orders", "/parenting-orders"].flatMap { base in
      ["allocation", "second", "decisions/{number}/uphold"].map { "POST \(base)/{id}/\($0)" }
    } + ["POST /supervision-orders/{id}/acts", "POST /parenting-orders/{id}/acts", "POST /parenting-orders"])
}
