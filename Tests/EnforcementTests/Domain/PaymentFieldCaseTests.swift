import Contracts
import Foundation
import Rulebook
import Testing

@testable import EnforcementDomain

/// Files of payments as banks, pay services and people really send them: the folders `p01` and on of `Tests/FieldCases`.
@Suite("Files of payments as they come")
struct PaymentFieldCaseTests {
  private static let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "FieldCases")

  private static let folders =
    (try? FileManager.default.contentsOfDirectory(atPath: cases.path))?
    .filter { $0.wholeMatch(of: /p[0-9]{2}-.*/) != nil }.sorted() ?? []

  private static let today = Day(year: 2026, month: 4, day: 15) ?? Day(ordinal: 0)

  @Test func thereAreCases() { #expect(14 <= Self.folders.count) }

  @Test(arguments: folders) func everyRowIsReadAsItShould(folder: String) throws {
    let folder = Self.cases.appending(path: folder)
    let text = try String(contentsOf: folder.appending(path: "expected.txt"), encoding: .utf8)
    var expected = text.split(separator: "\n").map(String.init)
    let source = try #require(PaymentSource(rawValue: expected.removeFirst().replacing("source ", with: "")))
    let sent = Array(try Data(contentsOf: folder.appending(path: "payments.csv")))
    let lines = try Self.lines(sent, source)
    #expect(lines == expected, "\(lines.joined(separator: "\n"))")
  }

  /// What becomes of each row, in the order of the file.
  private static func lines(_ sent: [UInt8], _ source: PaymentSource) throws -> [String] {
    let file: PaymentFile
    do throws(PaymentFileError) {
      file = try PaymentsCSV.read(sent, from: source, today: today)
    } catch {
      return ["file \(error.slug)"]
    }
    let authority = try AuthorityCode("880")
    let issued = Set(
      (1...60).flatMap { running in
        [2025, 2026].map {
          DocumentNumber(
            authority: authority, service: .enforcement, year: SchoolYear(startYear: $0), running: running)
        }
      })
    var lines = file.rows.map { row in
      let meant = row.reference.suggestions(of: authority).filter(issued.contains).map(\.text)
      let notices = [row.reference.number?.text ?? "?"] + meant
      return (row.number, "\(row.kind.rawValue) \(row.on) \(row.sum.pence) \(notices.joined(separator: " "))")
    }
    lines += file.passedOver.map { ($0.number, "passed over \($0.reason.rawValue)") }
    lines += file.refused.map { row in
      let column = row.fault.column.isEmpty ? "-" : row.fault.column.replacing(" ", with: "_")
      return (row.number, "refused \(column) \(row.fault.reason)")
    }
    return lines.sorted { $0.0 < $1.0 }.map { "\($0.0) \($0.1)" }
  }
}
