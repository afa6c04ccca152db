import Foundation
import HTTPTypes
import Testing

/// Transfer files of suppliers.
@Suite(.timeLimit(.minutes(10))) struct FieldCase85TransferEncodingTests {
  private let fieldCase = FieldCase("85-transfer-files-in-other-encodings")

  @Test func namesArriveAsTheyAre() async throws {
    try await fieldCase.run(schools: "971085") { world in
      let files = ["1-latin-1.xml", "2-windows.xml", "3-utf-16.xml", "4-says-utf-16.xml", "5-prefixed.xml"]
      for file in files {
        let answer = try await world.send(
          file, of: fieldCase, to: "/schools/971085/pupils?enrolledOn=2026-09-02", type: "application/xml")
        #expect(answer.tally == [1, 0, 0, 0] && answer.list("notes").isEmpty, "\(file)")
      }
      let roll = try await world.roll("971085")
      #expect(Set(roll.names) == ["Zoë Ågren"] && roll.names.count == files.count)
      #expect(Set(roll.list("pupils").map { $0["yearGroup"] as? String }) == ["8"])
    }
  }
}
