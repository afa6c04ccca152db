import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

@testable import RegistersDomain

/// What other suites use as well.
extension FieldCase07ResendTests {
  static let school = "971007"

  static let files = FieldCase("07-head-corrects-then-nightly-export")

  /// The school with its pupil and the file of the case; the pupil's identifier.
  static func begin(_ world: World) async throws -> String {
    #expect(try await world.send("1-pupil.csv", of: files, to: "/schools/\(school)/pupils").status == 200)
    #expect(
      try await world.send("2-marks.csv", of: files, to: "/schools/\(school)/marks").counts == [10, 0, 0, 0, 0, 0])
    let id = try world.sql("SELECT id FROM pupils")[0]["id"] as String
    return id
  }

  static func amend(_ pupil: String, to code: String, _ world: World) async throws {
    let body = """
      {"pupil": "\(pupil)", "date": "2026-09-11", "session": "PM", "code": "\(code)",
       "reason": "Parent rang, doctor's letter seen"}
      """
    let answer = try await world.send(.post, "/schools/\(school)/amendments", as: .school, schools: [school], body)
    #expect(answer.status == 200 && answer["amended"] == true, "\(answer.text)")
  }

  /// The ways in by which the same mark is said again; each body says the same code.
  static func again(
    _ way: String, _ code: String, _ pupil: String, _ world: World
  ) async throws -> World.Answer {
    let upn = try world.sql("SELECT upn FROM pupils")[0]["upn"] as String
    let marks = "/schools/\(school)/marks"
    switch way {
    case "csv":
      return try await world.send(
        .post, marks, type: "text/csv", "upn,date,session,code\n\(upn),2026-09-11,PM,\(code)")
    case "sims":
      return try await world.send(
        .post, "\(marks)?dialect=sims", type: "text/csv", "upn,date,session,mark\n\(upn),11/09/2026,PM,\(code)")
    case "json":
      return try await world.send(
        .post, marks,
        "{\"marks\": [{\"upn\": \"\(upn)\", \"date\": \"2026-09-11\", \"session\": \"PM\", \"code\": \"\(code)\"}]}")
    case "wonde":
      return try await world.send(
        .post, marks, type: MarksWonde.mediaType,
        "{\"data\": [{\"student_upn\": \"\(upn)\", \"date\": \"2026-09-11\", \"session\": \"PM\", \"attendance_code\": \"\(code)\"}]}"
      )
    case "register":
      return try await world.send(
        .put, "/schools/\(school)/registers/2026-09-11/PM", "{\"marks\": {\"\(code)\": [\"\(pupil)\"]}}")
    default:
      return try await world.send(.put, "/pupils/\(pupil)/marks/2026-09-11/PM", "{\"code\": \"\(code)\"}")
    }
  }

  static let ways = ["csv", "sims", "json", "wonde", "register", "mark"]
}
