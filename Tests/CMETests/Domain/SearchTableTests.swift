import Foundation
import Rulebook
import TestKit
import Testing

@testable import CMEDomain

/// The tables of children missing education.
@Suite("Tables of children missing education")
struct SearchTableTests {
  private struct Opened: Decodable {
    let opened: Day
    let calendar: TableCalendar
  }

  private struct Deleted: Decodable {
    let deleted: Day
    let calendar: TableCalendar
  }

  private struct Sent: Decodable {
    let sent: Day
    let asOf: Day
    let acknowledged: Day?

    enum CodingKeys: String, CodingKey {
      case sent, acknowledged
      case asOf = "as_of"
    }
  }

  private struct Became: Decodable {
    let became: Day?
    let asOf: Day

    enum CodingKeys: String, CodingKey {
      case became
      case asOf = "as_of"
    }
  }

  private func each<Input: Decodable>(
    _ type: String, _ answer: (Input) throws -> [String: (any Sendable)?]
  ) throws {
    for one in try DecisionTable("cme_cases.json", type: type).cases {
      #expect(try one.expects(try answer(try one.input(Input.self))), "\(one.id)")
    }
  }

  @Test func searchDays() throws {
    try each("cme_clock") { (input: Opened) in
      let days = SearchDays(opened: input.opened, calendar: input.calendar.calendar)
      return [
        "triage_by": days.triageBy.iso, "first_contact_by": days.firstContactBy.iso, "visit_by": days.visitBy.iso,
        "unlocated_review_on": days.unlocatedReviewOn?.iso,
        "earliest_close_unlocated": days.earliestUnlocatedClosing.iso,
      ]
    }
  }

  @Test func alertDays() throws {
    try each("cme_transfer") { (input: Sent) in
      let days = AlertDays(sent: input.sent)
      return [
        "acknowledge_by": days.acknowledgeBy.iso, "result_by": days.resultBy.iso,
        "reminder_1": days.firstReminderOn.iso, "reminder_2": days.secondReminderOn.iso,
        "escalate_on": days.escalateOn.iso,
        "state": days.standing(on: input.asOf, acknowledged: input.acknowledged).rawValue,
        "acknowledged_in_time": days.isInTime(on: input.asOf, acknowledged: input.acknowledged),
      ]
    }
  }

  @Test func transferFile() throws {
    try each("ctf_due") { (input: Deleted) in
      ["due_by": TransferFileDue.day(deleted: input.deleted, calendar: input.calendar.calendar)?.iso]
    }
  }

  @Test func duration() throws {
    try each("cme_duration") { (input: Became) in
      let duration = MissingDuration(became: input.became, asOf: input.asOf)
      return ["days": duration.days, "band": duration.band]
    }
  }
}
