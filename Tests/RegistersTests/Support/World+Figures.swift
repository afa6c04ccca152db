import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

@testable import RegistersDomain

extension World {
  /// Uploads a mark for every child and session of the school days of a span, present where the body says nothing.
  func fill(
    _ numbers: [Int], from first: String, to last: String, school: String = World.school,
    _ code: (Int, Day, Session) -> String? = { _, _, _ in nil }
  ) async throws {
    let span = DayRange(first: MadeUp.day(first), last: MadeUp.day(last))
    move(to: span.last)
    let rows = MadeUp.autumn.schoolDays.filter(span.contains).flatMap { day in
      Session.allCases.filter { MadeUp.autumn.hasSession(day, $0) }.flatMap { session in
        numbers.map { number in
          let code = code(number, day, session) ?? (session == .am ? "/" : "\\")
          return "\(MadeUp.upn(number)),\(day),\(session.rawValue),\(code)"
        }
      }
    }
    let answer = try await upload(rows, school: school)
    #expect(answer.counts == [rows.count, 0, 0, 0, 0, 0])
  }

  /// Puts a school in a cluster for some days.
  func assign(_ school: String, _ cluster: String, from first: String, to last: String?) throws {
    try execute(
      """
      INSERT INTO school_assignments (school, kind, value, first, last) VALUES ('\(school)', 'cluster', '\(cluster)',
        \(MadeUp.day(first).ordinal), \(last.map { "\(MadeUp.day($0).ordinal)" } ?? "NULL"))
      """)
  }

  /// Gives a child a flag.
  func flag(_ id: String, _ kind: String, from first: String, to last: String? = nil) throws {
    try execute(
      """
      INSERT INTO flags (pupil, kind, first, last, at_millis, actor, role)
      SELECT number, '\(kind)', \(MadeUp.day(first).ordinal), \(last.map { "\(MadeUp.day($0).ordinal)" } ?? "NULL"), 0,
        'user-1', 'attendance-officer' FROM pupils WHERE id = '\(id)'
      """)
  }
}

extension World.Answer {
  /// A figure of the total, or of a group.
  func figure(_ measure: String, of key: String? = nil) -> [String: Any]? {
    let group = key == nil ? json["total"] as? [String: Any] : list("groups").first { $0["key"] as? String == key }
    return (group?["figures"] as? [[String: Any]])?.first { $0["measure"] as? String == measure }
  }

  func share(_ measure: String, of key: String? = nil) -> [Int?] {
    let figure = figure(measure, of: key)
    return [figure?["numerator"] as? Int, figure?["denominator"] as? Int]
  }

  func object(_ name: String) -> [String: Any] { json[name] as? [String: Any] ?? [:] }
}
