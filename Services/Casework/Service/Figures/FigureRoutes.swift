import CaseFlow
import CaseKit
import CaseworkDomain
import Contracts
import Messaging
import Rulebook
import ServiceKit

extension AuditAction {
  static let figuresRead = AuditAction("case.figures.read")
  static let gainRead = AuditAction("gain.read")
}

/// The figures of a case with all that was shown, and the gain of the cases that were closed.
struct FigureRoutes: Sendable {
  let transactions: Transactions

  private static let officers = Policy.roles(.attendanceOfficer, .manager, reach: .ownRecords)
  private static let whole = Policy.roles(.attendanceOfficer, .manager, reach: .wholeAuthority)
  private static let from = QueryParameter<Day>("from", "The first day of closing.")
  private static let to = QueryParameter<Day>("to", "The last day of closing.")
  /// The longest span of one question, days: a school year.
  private static let mostDays = 366

  func add(to router: ServiceRouter) {
    router.read(
      "/cases/{id}/figures", Self.officers,
      "The windows of a case: what was shown and when, the last being what it is now", path: [RecordRoutes.id], one)
    router.read(
      "/gain", Self.whole, "The gain of the cases that were closed in a span of days, in percentage points",
      query: [Self.from.about, Self.to.about], gain)
  }

  struct OneGain: Codable, Sendable {
    let measurable: Bool
    /// Points to one decimal; absent where it is not measurable.
    let points: String?

    init?(_ gain: Gain?) {
      guard let gain else { return nil }
      (measurable, points) = (gain.isMeasurable, gain.points?.oneDecimal)
    }
  }

  struct Figures: Codable, Sendable {
    let id: String
    let pupil: PupilID
    let windows: [CaseFigures.History]
    /// Absent while a window has no figure.
    let gain: OneGain?
    /// From referral to twelve school weeks after closing; absent while there is no figure.
    let sustained: OneGain?
  }

  private func one(_ call: Call) async throws -> Figures {
    let id = try call.text("id")
    return try await transactions.write(by: call.caller) { unit in
      let stored = try Cases<AttendanceCase>.find(id, for: unit.caller, in: unit.db)
      try unit.audit(.figuresRead, of: stored.pupil, ["case": stored.id])
      return Figures(
        id: stored.id, pupil: try stored.pupil, windows: try CaseFigures.history(of: stored.number, in: unit.db),
        gain: OneGain(try CaseFigures.gain(of: stored.number, in: unit.db)),
        sustained: OneGain(try CaseFigures.gain(of: stored.number, to: .sustained, in: unit.db)))
    }
  }

  /// A summary of gains, with what it says nothing of.
  struct Summary: Codable, Sendable {
    let measured, notMeasurable, leftOut: Int
    /// Points to one decimal; absent below ten measured cases.
    let mean, median, lowerQuartile, upperQuartile: String?

    init(_ cases: [GainSummary.Closed], on day: Day) {
      let summary = GainSummary(cases, rule: Gain.Rule.standard.value(on: day))
      measured = summary.measured
      notMeasurable = summary.notMeasurable
      leftOut = summary.leftOut
      mean = summary.mean?.oneDecimal
      median = summary.median?.oneDecimal
      lowerQuartile = summary.quartiles?.lower.oneDecimal
      upperQuartile = summary.quartiles?.upper.oneDecimal
    }
  }

  struct GainAnswer: Codable, Sendable {
    let from, to: Day
    let closing: Summary
    /// Of those whose twelve school weeks after closing are over.
    let sustained: Summary
    /// What must be said beside the figures.
    let caution: String
  }

  private func gain(_ call: Call) async throws -> GainAnswer {
    let days = DayRange(first: try call[Self.from], last: try call[Self.to])
    guard days.first <= days.last, days.last - days.first < Self.mostDays else {
      throw Problem.badRequest("span", "The days must be in order and at most \(Self.mostDays)")
    }
    return try await transactions.write(by: call.caller) { unit in
      try unit.audit(.gainRead, of: .all)
      var closing: [GainSummary.Closed] = []
      var sustained: [GainSummary.Closed] = []
      for closed in try CaseHistory.closed(in: days, unit.db) {
        guard let stored = try Cases<AttendanceCase>.find("c\(closed.number)", in: unit.db),
          let reason = stored.file.stated.text(.closing).flatMap(Closing.init)
        else { continue }
        let nothing = Attended([], codes: .england)
        let before = try CaseFigures.latest(.referral, of: closed.number, in: unit.db)?.attended ?? nothing
        let after = try CaseFigures.latest(.closing, of: closed.number, in: unit.db)?.attended ?? nothing
        closing.append(.init(referral: before, closure: after, closing: reason))
        if let later = try CaseFigures.latest(.sustained, of: closed.number, in: unit.db) {
          sustained.append(.init(referral: before, closure: later.attended, closing: reason))
        }
      }
      return GainAnswer(
        from: days.first, to: days.last, closing: Summary(closing, on: days.last),
        sustained: Summary(sustained, on: days.last),
        caution: "Points are not what casework caused: children are referred when attendance is at its lowest.")
    }
  }
}
