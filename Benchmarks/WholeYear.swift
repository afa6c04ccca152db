import Contracts
import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import SuiteDomain
import SuiteService

/// A whole school year of every school, sent to registers as the schools' information systems would, a file a half term.
struct WholeYear {
  let made: MadeUpAuthority
  let suite: RunningSuite
  let authority: String

  private static let year = MadeUpAuthority.schoolYear
  /// How many connections send at once: a school's information system waits for its answer.
  private static let senders = 2

  /// The last day on which every school is open: its afternoon is sent apart from the rest.
  var last: Day {
    get throws {
      let days = made.schools.compactMap { $0.calendars[Self.year] }.map { Set($0.schoolDays) }
      guard let last = days.dropFirst().reduce(days.first ?? [], { $0.intersection($1) }).max() else {
        throw BenchError("no day on which all schools are open")
      }
      return last
    }
  }

  /// Sends the year of every school but the last afternoon, and what is behind it.
  ///
  /// - Returns: how many marks, and in how many seconds they were durable.
  func send() async throws -> (marks: Int, seconds: Double) {
    let last = try last
    let bounds = ["2026-08-01", "2026-10-25", "2026-12-20", "2027-02-14", "2027-03-28", "2027-05-30"]
      .compactMap { Day(iso: $0) }
    let client = try suite.client(.registers, of: authority, as: .attendanceOfficer)
    let marks = Locked(0)
    let next = Locked(0)
    let taken = try await timed {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<Self.senders {
          group.addTask {
            while true {
              let number = next.withLock { value in
                defer { value += 1 }
                return value
              }
              guard number < made.schools.count else { return }
              let school = made.schools[number]
              let book = AttendanceBook(of: school, in: Self.year, seed: made.seed)
              for half in bounds.indices {
                let first = bounds[half]
                let end = half + 1 < bounds.count ? bounds[half + 1].adding(days: -1) : last
                var file = book.csv(DayRange(first: first, last: min(end, last.adding(days: -1))))
                if end == last {
                  file += book.csv(DayRange(first: last, last: last), [.am]).drop { $0 != 10 }.dropFirst()
                }
                let receipt = try await Self.send(file, to: school, client)
                marks.withLock { $0 += receipt.recorded }
              }
            }
          }
        }
        try await group.waitForAll()
      }
    }
    return (marks.withLock { $0 }, taken)
  }

  /// Sends a file of marks of which all must count.
  static func send(_ file: [UInt8], to school: MadeUpSchool, _ client: ServiceClient) async throws -> Load.Receipt {
    let answer = try await client.call(
      .post, "/schools/\(school.urn.text)/marks", body: file, contentType: "text/csv")
    guard answer.isSuccess else { throw BenchError("a file was answered \(answer.status)") }
    let receipt = try answer.json(Load.Receipt.self)
    guard receipt.quarantined + receipt.rejected == 0 else { throw BenchError("marks did not count: \(receipt)") }
    return receipt
  }
}

/// How long something takes, seconds.
func timed(_ body: () async throws -> Void) async throws -> Double {
  let start = ContinuousClock.now
  try await body()
  return start.duration(to: .now).seconds
}
