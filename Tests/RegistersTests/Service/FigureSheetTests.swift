import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Rulebook
import ServiceKit
import Testing

/// Figures as comma-separated values say exactly what the JSON says.
@Suite(.timeLimit(.minutes(10))) struct FigureSheetTests {
  /// The rows of a file by the names of its columns, read with nothing of the writer.
  private static func rows(_ text: String) -> [[String: String]] {
    var rows: [[String]] = []
    var (row, cell, isQuoted): ([String], String, Bool) = ([], "", false)
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        row.append(cell)
        cell = ""
      case "\r\n" where !isQuoted:
        rows.append(row + [cell])
        (row, cell) = ([], "")
      default: cell.append(character)
      }
    }
    guard let header = rows.first else { return [] }
    return rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  private static func get(
    _ world: World, _ path: String, as role: Role = .attendanceOfficer, accept: String? = nil
  ) async throws -> (status: Int, headers: HTTPFields, text: String) {
    let token = try await world.issuer.token(
      subject: "user", role: role, authority: "880", schools: nil, validFrom: world.clock.now(), seconds: 600)
    var headers: HTTPFields = [.authorization: "Bearer \(token)"]
    if let accept { headers[.accept] = accept }
    return try await world.client.execute(uri: path, method: .get, headers: headers) {
      (Int($0.status.code), $0.headers, String(buffer: $0.body))
    }
  }

  private static func cell(_ value: Any?) -> String {
    switch value {
    case let text as String: text
    case let number as NSNumber: String(cString: number.objCType) == "c" ? String(number.boolValue) : number.stringValue
    default: ""
    }
  }

  private static let span = "from=2026-09-01&to=2026-10-31"

  private static func fill(_ world: World) async throws -> [Int: String] {
    try await world.open()
    let ids = try await world.enrol([0, 1, 2, 3, 4, 5])
    try await world.fill([0, 1, 2, 3, 4, 5], from: "2026-09-07", to: "2026-10-02") { number, day, session in
      if number == 0, day.iso < "2026-09-09" { return "I" }
      return number == 1 && session == .am ? "G" : nil
    }
    for (number, id) in ids where number < 2 { try world.flag(id, "looked-after", from: "2026-09-01") }
    return ids
  }

  @Test(arguments: [false, true]) func everyFigureIsThatOfTheJSON(suppress: Bool) async throws {
    try await World.run { world in
      _ = try await Self.fill(world)
      let path = "/figures?scope=school:900101&\(Self.span)&groupBy=flag:looked-after&suppress=\(suppress)"
      let json = try await world.send(.get, path)
      let file = try await Self.get(world, path + "&format=csv")
      #expect(file.headers[.contentType] == "text/csv; charset=utf-8; header=present")
      let rows = Self.rows(file.text)
      let groups = [("total", json.object("total"))] + json.list("groups").map { ("group", $0) }
      var expected: [[String]] = []
      for (kind, group) in groups {
        let key = Self.cell(group["key"])
        for figure in group["figures"] as? [[String: Any]] ?? [] {
          expected.append([kind, key, ""] + Self.figure(figure))
        }
        for reason in group["reasons"] as? [[String: Any]] ?? [] {
          let figure = reason["figure"] as? [String: Any] ?? [:]
          expected.append([kind, key, Self.cell(reason["code"])] + Self.figure(figure))
        }
      }
      let found = rows.map { row in (["row", "group", "code"] + Self.columns).map { row[$0] ?? "?" } }
      #expect(found == expected && expected.count > 10)
      #expect(rows.contains { $0["suppressed"] == "true" && $0["numerator"] == "" } == suppress)
      #expect(Set(rows.map { $0["scope"] ?? "" }) == ["school:900101"])
    }
  }

  private static let columns = ["definition", "measure", "numerator", "denominator", "percent", "suppressed"]
  private static func figure(_ figure: [String: Any]) -> [String] { columns.map { cell(figure[$0]) } }

  @Test func everyRouteOfFiguresComesAsAFile() async throws {
    try await World.run { world in
      let ids = try await Self.fill(world)
      let id = try #require(ids[0])
      let routes: [(path: String, rows: ([[String: String]]) -> Bool)] = [
        ("/figures?scope=authority&\(Self.span)", { $0.first?["measure"] == "attendance" }),
        ("/figures?scope=authority&\(Self.span)&groupBy=school", { $0.contains { $0["group"] == "900101" } }),
        (
          "/figures/definitions",
          { $0.contains { $0["definition"] == "I22" && $0["rule"] == "95 of 100" || $0["rule"] == "19 of 20" } }
        ),
        (
          "/figures/children-in-care?year=2026-27&on=2026-10-02",
          { rows in rows.filter { $0["row"] == "child" }.count == 4 && rows.contains { $0["measure"] == "headline" } }
        ),
        (
          "/figures/missing-out-on-education?on=2026-10-02", { $0.first?["row"] == "total" && $0[0]["children"] == "0" }
        ),
        (
          "/schools/900101/figures?\(Self.span)",
          { rows in rows.count == 6 && rows[0]["pupil"] == id && rows[0]["authorised"] == "4" }
        ),
        (
          "/pupils/\(id)/attendance?\(Self.span)",
          { rows in rows.map { $0["row"] } == ["total", "roll"] && rows[1]["codes"]?.contains("I 4") == true }
        ),
      ]
      for (path, holds) in routes {
        let more = path + (path.contains("?") ? "&" : "?")
        let json = try await Self.get(world, path)
        #expect(json.status == 200 && json.headers[.contentType] == "application/json", "\(path)")
        for file in [
          try await Self.get(world, more + "format=csv"), try await Self.get(world, path, accept: "text/csv"),
          try await Self.get(world, path, accept: "application/json;q=0.2, text/csv; q=0.9"),
        ] {
          #expect(file.status == 200 && file.headers[.contentType]?.hasPrefix("text/csv") == true, "\(path)")
          #expect(holds(Self.rows(file.text)), "\(path)")
          let name = file.headers[.contentDisposition] ?? ""
          #expect(name.hasPrefix("attachment; filename=\"") && name.hasSuffix(".csv\""), "\(path)")
          #expect(!name.contains(id) && !name.contains("Quarrington"), "\(path)")
          #expect(file.headers[.vary] == "Accept" && file.headers[.cacheControl] == "no-store", "\(path)")
        }
        for accept in ["*/*", "text/html, */*;q=0.8", "text/csv;q=0, */*"] {
          let answer = try await Self.get(world, path, accept: accept)
          #expect(answer.headers[.contentType] == "application/json", "\(path) \(accept)")
        }
        #expect(
          try await Self.get(world, more + "format=json", accept: "text/csv").headers[.contentType]
            == "application/json")
        #expect(try await Self.get(world, more + "format=xlsx").status == 400, "\(path)")
        #expect(try await Self.get(world, more + "format=csv", as: .integration).status == 403, "\(path)")
      }
    }
  }

  /// What an agency may not see as JSON it does not see as a file either.
  @Test func smallNumbersStayBack() async throws {
    try await World.run { world in
      _ = try await Self.fill(world)
      world.move(to: MadeUp.day("2026-11-02"))
      let path = "/figures?scope=authority&from=2026-09-01&to=2026-09-30&format=csv"
      let open = Self.rows(try await Self.get(world, path).text)
      let agency = Self.rows(try await Self.get(world, path, as: .agency).text)
      func numerator(_ rows: [[String: String]], _ measure: String) -> String? {
        rows.first { $0["measure"] == measure }?["numerator"]
      }
      #expect(numerator(open, "authorised") == "4" && numerator(agency, "authorised") == "")
      #expect(agency.allSatisfy { $0["suppressed"] == "true" || !["1", "2", "3", "4"].contains($0["numerator"]) })
    }
  }

  @Test func noCellIsRunByASpreadsheet() async throws {
    try await World.run { world in
      _ = try await Self.fill(world)
      try world.assign("900101", "=1+1", from: "2025-09-01", to: nil)
      let file = try await Self.get(world, "/figures?scope=authority&\(Self.span)&groupBy=cluster&format=csv").text
      #expect(file.contains(",group,'=1+1,") && !file.contains(",=1+1"))
    }
  }
}
