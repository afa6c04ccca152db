import Contracts
import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import SuiteDomain
import SuiteService

/// Sends a made-up school's files as its information system would.
struct Load {
  let suite: RunningSuite
  let authority: String

  private struct SchoolForm: Encodable { let name, phase, type: String }
  private struct PupilForm: Encodable {
    let upn, givenName, familyName: String
    let yearGroup: String?
    let dateOfBirth, enrolledOn: Day
    let contacts: [ContactForm]
  }
  private struct ContactForm: Encodable {
    let givenName, familyName: String
    let relation = "mother"
    let parentalResponsibility = true, livesWith = true
  }
  private struct Calendar: Encodable {
    let terms: [DayRange]
    let closed: [Day]
    let oneSessionDays: [String: Session]
  }
  struct Receipt: Decodable { let received, recorded, amended, unchanged, quarantined, rejected: Int }
  struct Enrolled: Decodable {
    struct Row: Decodable {
      let row: Int
      let id: String
    }
    let pupils: [Row]
  }
  private struct Status: Decodable {
    struct Topic: Decodable {
      let topic: String
      let lastSequence: Int64
    }
    let outboxLast: Int64
    let topics: [Topic]
  }

  /// Records a school, its calendar and its roll.
  ///
  /// - Parameter withParent: whether each child has a mother on record.
  func open(_ school: MadeUpSchool, withParent: Bool = false) async throws {
    let officer = try suite.client(.registers, of: authority, as: .attendanceOfficer)
    let urn = school.urn.text
    _ = try await officer.send(
      Nothing.self, .put, "/schools/\(urn)",
      json: SchoolForm(name: school.name, phase: school.phase.rawValue, type: school.kind.rawValue))
    for (year, calendar) in school.calendars {
      let days = calendar.oneSessionDays.map { ($0.key.iso, $0.value) }
      _ = try await officer.send(
        Nothing.self, .put, "/schools/\(urn)/calendars/\(year.label.replacing("/", with: "-"))",
        json: Calendar(
          terms: calendar.terms, closed: calendar.closed.sorted(),
          oneSessionDays: Dictionary(uniqueKeysWithValues: days)))
    }
    for start in stride(from: 0, to: school.pupils.count, by: 2_000) {
      let part = school.pupils[start..<min(start + 2_000, school.pupils.count)]
      _ = try await enrol(Array(part), at: urn, withParent: withParent)
    }
  }

  /// Puts a school into a cluster, which is made where it is not there yet.
  func assign(_ school: MadeUpSchool, cluster: String) async throws {
    let officer = try suite.client(.registers, of: authority, as: .attendanceOfficer)
    _ = try await officer.send(
      Nothing.self, .put, "/areas/cluster/\(cluster)", json: ["name": "Cluster \(cluster)"])
    _ = try await officer.send(
      Nothing.self, .put, "/schools/\(school.urn.text)/assignments/cluster",
      json: ["value": cluster, "first": "2020-09-01"])
  }

  /// Enters children in a school's roll.
  func enrol(_ pupils: [MadeUpPupil], at urn: String, withParent: Bool = false) async throws -> Enrolled {
    try await suite.client(.registers, of: authority, as: .attendanceOfficer).send(
      Enrolled.self, .post, "/schools/\(urn)/pupils",
      json: [
        "pupils": pupils.map {
          PupilForm(
            upn: $0.upn.text, givenName: $0.givenName, familyName: $0.familyName, yearGroup: $0.yearGroup,
            dateOfBirth: $0.dateOfBirth, enrolledOn: $0.enrolledOn,
            contacts: withParent ? [ContactForm(givenName: "Ida", familyName: $0.familyName)] : [])
        }
      ])
  }

  /// The autumn's files, one a week with ten sessions for each pupil.
  func weeklyFiles(_ school: MadeUpSchool, seed: UInt64) -> [[UInt8]] {
    let year = MadeUpAuthority.schoolYear
    let book = AttendanceBook(of: school, in: year, seed: seed)
    let autumn = MadeUpCalendars.autumn(year)
    return [autumn.first, autumn.second].flatMap { half in
      stride(from: half.first.monday.ordinal, through: half.last.ordinal, by: 7).map { monday in
        book.csv(DayRange(first: Day(ordinal: monday), last: Day(ordinal: monday + 4)))
      }
    }
  }

  /// Sends files one after the other.
  ///
  /// - Returns: how many marks, the seconds until all were durable, and until enforcement had applied them.
  func send(_ files: [[UInt8]], to school: MadeUpSchool) async throws -> (marks: Int, Double, applied: Double) {
    let client = try suite.client(.registers, of: authority, as: .school, schools: [school.urn.text])
    var marks = 0
    let start = ContinuousClock.now
    for file in files {
      let answer = try await client.call(
        .post, "/schools/\(school.urn.text)/marks", body: file, contentType: "text/csv")
      guard answer.isSuccess else { throw BenchError("a file was answered \(answer.status)") }
      let receipt = try answer.json(Receipt.self)
      guard receipt.quarantined + receipt.rejected == 0 else { throw BenchError("marks did not count: \(receipt)") }
      marks += receipt.recorded
    }
    let durable = start.duration(to: .now).seconds
    try await waitUntilApplied()
    return (marks, durable, start.duration(to: .now).seconds)
  }

  /// Returns once other programs have applied everything that registers has written.
  func waitUntilApplied(by services: [ServiceName] = [.enforcement], within seconds: Int = 60) async throws {
    let registers = try suite.client(.registers, of: authority, as: .operator)
    let written = try await registers.get(Status.self, "/status").outboxLast
    let topic = ServiceName.registers.topic(authority: authority)
    let deadline = ContinuousClock.now + .seconds(seconds)
    for service in services {
      let client = try suite.client(service, of: authority, as: .operator)
      while try await client.get(Status.self, "/status").topics.first(where: { $0.topic == topic })?.lastSequence ?? 0
        < written
      {
        guard ContinuousClock.now < deadline else { throw BenchError("\(service) did not catch up in \(seconds) s") }
        try await Task.sleep(for: .milliseconds(2))
      }
    }
  }
}
