import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import EnforcementDomain

/// Every figure of a pack opens to exactly its sessions. The oracle goes by the table of codes of the domain, not by the
/// code book, and counts the lines of the file that a reader of the pack opens.
@Suite("Figures of a court pack")
struct PackFigureTests {
  private struct Codes: Decodable {
    struct Code: Decodable {
      let code, statisticalClass: String
      let lastDay: Day?

      enum CodingKeys: String, CodingKey {
        case code
        case statisticalClass = "statistical_class"
        case lastDay = "valid_to"
      }
    }
    let codes: [Code]
  }

  private static let classes: [PackFigure.Name: Set<String>] = [
    .possible: [
      "attending", "approved_educational_activity", "authorised_absence", "unauthorised_absence",
    ],
    .attended: ["attending", "approved_educational_activity"], .authorised: ["authorised_absence"],
    .unauthorised: ["unauthorised_absence"],
  ]

  @Test("The oracle counts the same, over random registers")
  func oracle() throws {
    let table = try JSONDecoder().decode(Codes.self, from: Data(contentsOf: DecisionTable.url("attendance_codes.json")))
    let today = table.codes.filter { $0.lastDay == nil && AttendanceCode($0.code) != nil }
    #expect(today.count > 20 && Self.classes.values.allSatisfy { $0.isSubset(of: Set(today.map(\.statisticalClass))) })
    var figures = 0
    for number in 0..<200 {
      var generator = SeededGenerator(seed: 20_261_129 + UInt64(number))
      var register: [PackMark] = []
      var expected: [PackFigure.Name: [String]] = [:]
      var charged: [RegisterSession] = []
      for index in 0..<generator.within(0...120) {
        let row = generator.pick(today)
        let mark = PackMark(
          date: MadeUpPack.date("2025-09-01").adding(days: index / 2), session: Session(index: index % 2),
          code: MadeUpPack.code(row.code))
        register.append(mark)
        let line = "\(mark.date.iso),\(mark.session.rawValue),\(row.code)"
        for (name, classes) in Self.classes where classes.contains(row.statisticalClass) {
          expected[name, default: []].append(line)
        }
        if generator.below(4) == 0 {
          charged.append(mark.place)
          expected[.charged, default: []].append(line)
        }
      }
      let contents = PackContents(
        route: .summons, matter: "m", person: "p", caseOfficer: "u", register: register.shuffled(using: &generator),
        charged: charged.shuffled(using: &generator), parts: [])
      let counted = PackFigure.all(of: contents, codes: .england)
      let lines = String(decoding: PackTables.figures(counted), as: UTF8.self).split(separator: "\r\n").dropFirst()
      for name in PackFigure.Name.allCases {
        let sessions = expected[name] ?? []
        let opened = lines.filter { $0.hasPrefix("\(name.rawValue),") }.map {
          $0.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        }
        #expect(opened.allSatisfy { $0[1] == "\(sessions.count)" }, "seed \(number) \(name)")
        #expect(opened.map { String($0[2]) } == (sessions.isEmpty ? [",,"] : sessions), "seed \(number) \(name)")
        figures += 1
      }
      #expect(
        String(decoding: PackTables.register(contents), as: UTF8.self).split(separator: "\r\n").count
          == register.count + 1)
    }
    print("court pack figures: \(figures) counted")
  }

  @Test("A figure that a document states and the register does not give is named, and so is one that is left out")
  func stated() {
    func problems(_ stated: [PackFigure.Name: Int]) -> [PackGap.Problem] {
      MadeUpPack.contents(.summons, stated: stated).gaps(on: MadeUpPack.day, codes: .england).map(\.problem)
    }
    #expect(problems([.possible: 20, .attended: 12]) == [])
    #expect(
      problems([.possible: 21, .attended: 12, .charged: 5]) == [
        .figure(.possible, stated: 21, counted: 20), .figure(.charged, stated: 5, counted: 6),
      ])
    #expect(problems([.possible: 20]) == [.unstated(.attended)])
  }
}
