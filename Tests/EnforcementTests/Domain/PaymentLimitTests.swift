import Rulebook
import Testing

@testable import EnforcementDomain

/// However large a file is, reading it ends, and says why.
@Suite("Limits of a file of payments")
struct PaymentLimitTests {
  private static let header = "Date,Amount,Reference\n"
  private static let today = Day(ordinal: 20_558)

  private static func refusal(_ text: String) -> PaymentFileError? {
    do throws(PaymentFileError) {
      _ = try PaymentsCSV.read(Array(text.utf8), from: .bank, today: today)
      return nil
    } catch { return error }
  }

  @Test func aFileHasALimitOfRowsBytesAndColumns() {
    // Remarks count as well, and are read fast.
    let row = "x,,\n"
    #expect(Self.refusal(Self.header + String(repeating: row, count: PaymentLimits.rows)) == nil)
    #expect(Self.refusal(Self.header + String(repeating: row, count: PaymentLimits.rows + 1)) == .tooManyRows)
    #expect(Self.refusal(String(repeating: "x", count: PaymentLimits.fileBytes + 1)) == .tooLarge)
    let columns = String(repeating: ",x", count: PaymentLimits.columns)
    #expect(Self.refusal("Date,Amount,Reference\(columns)\n") == .tooManyColumns)
    #expect(Self.refusal("") == .empty)
  }

  @Test func blankRowsAreNotCounted() throws {
    let text = Self.header + String(repeating: ",,\n", count: 3 * PaymentLimits.rows) + "2026-03-24,80,x\n"
    let file = try PaymentsCSV.read(Array(text.utf8), from: .bank, today: Self.today)
    #expect(file.received == 1 && file.rows[0].number == 3 * PaymentLimits.rows + 2)
  }
}
