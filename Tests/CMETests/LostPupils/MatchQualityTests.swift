import CMEDomain
import Foundation
import Rulebook
import Seeded
import TestKit
import Testing

@testable import SealedAlerts

/// How well a child of whom somebody tells is found on a made-up roll, by kind of error: the shared search here, and a
/// blind question at another authority.
@Suite("Match quality", .timeLimit(.minutes(5))) struct MatchQualityTests {
  /// What goes wrong when somebody tells of a child.
  enum Slip: String, CaseIterable {
    case none, letter, doubled, accent, short, exchangedNames, dayForMonth, digit, married, noSex, number
    /// The child is on no roll; a twin or a child of the same birthday may be.
    case notThere, twin
  }

  static let given = [
    "Amelia", "Olivia", "Isla", "Ava", "Mohammed", "Noah", "Oliver", "George", "Arthur", "Muhammad", "Leo", "Harry",
    "Freya", "Zainab", "Aisha", "Yusuf", "Catherine", "Elizabeth", "William", "Thomas", "Alexander", "Zoë", "Siobhán",
    "Chloe", "Theodore", "Josephine", "Rebecca", "Nicholas", "Charlotte", "Isabella", "Matilda", "Frederick", "Samuel",
    "Priya", "Arjun", "Kofi", "Adaeze", "Ewan", "Niamh", "Rhys", "Tomasz", "Zofia", "Andrei", "Ioana", "Wei", "Linh",
  ]
  static let stems = [
    "Ash", "Birch", "Cold", "Dun", "Elm", "Fen", "Gold", "Hazel", "Iver", "Keld", "Lark", "Marsh", "North", "Oak",
    "Penny", "Quill", "Raven", "Stone", "Thorn", "Under", "Wren", "Yarrow",
  ]
  static let ends = ["bourne", "combe", "dale", "field", "ford", "ham", "hurst", "ley", "mere", "shaw", "ton", "wick"]
  static let common = ["Khan", "Smith", "Patel", "Ahmed", "Jones", "Hussain", "Taylor", "Brown", "Begum", "Ali"]

  struct Roll {
    let children: [LostPupil]
    let byBirth: [Day: [Int]]
    /// Children who have a twin: where each is.
    let twins: [Int]
  }

  private static func roll(_ count: Int, _ random: inout SeededGenerator) throws -> Roll {
    let first = try #require(Day(iso: "2010-09-01"))
    var children: [LostPupil] = []
    var twins: [Int] = []
    while children.count < count {
      let family =
        Int.random(in: 0..<4, using: &random) == 0
        ? common.randomElement(using: &random) ?? ""
        : (stems.randomElement(using: &random) ?? "")
          + (ends.randomElement(using: &random) ?? "")
      let born = first.adding(days: Int.random(in: 0..<4_000, using: &random))
      func add(_ name: String) throws {
        children.append(
          LostPupil(
            givenName: name, familyName: family, dateOfBirth: born, sex: Sex.allCases.randomElement(using: &random),
            upn: try UPN("A880\(100_000_000 + children.count)".withCheckLetter)))
      }
      let name = given.randomElement(using: &random) ?? ""
      try add(name)
      if Int.random(in: 0..<60, using: &random) == 0, let other = given.randomElement(using: &random), other != name {
        twins.append(children.count - 1)
        try add(other)
      }
    }
    let byBirth = Dictionary(grouping: children.indices, by: { children[$0].dateOfBirth })
    return Roll(children: children, byBirth: byBirth, twins: twins)
  }

  /// The child as somebody tells of it, with one thing wrong.
  private static func told(_ child: LostPupil, _ slip: Slip, _ random: inout SeededGenerator) -> LostPupil? {
    var (given, family, born, sex) = (child.givenName, child.familyName, child.dateOfBirth, child.sex)
    var upn: UPN?
    switch slip {
    case .none: break
    case .letter:
      guard family.count >= 5 else { return nil }
      var letters = Array(family)
      letters.remove(at: Int.random(in: 1..<letters.count, using: &random))
      family = String(letters)
    case .doubled:
      guard family.count >= 5 else { return nil }
      var letters = Array(family)
      let place = Int.random(in: 1..<letters.count, using: &random)
      letters.insert(letters[place], at: place)
      family = String(letters)
    case .accent:
      given = given.folding(options: .diacriticInsensitive, locale: nil)
      family = family.uppercased()
    case .short:
      let forms = [
        "Catherine": "Kate", "Elizabeth": "Beth", "William": "Bill", "Thomas": "Tom", "Alexander": "Alex",
        "Theodore": "Ted", "Josephine": "Jo", "Rebecca": "Becky", "Nicholas": "Nick", "Charlotte": "Lottie",
        "Isabella": "Bella", "Matilda": "Tilly", "Frederick": "Fred", "Samuel": "Sam", "Mohammed": "Muhammad",
      ]
      guard let form = forms[given] else { return nil }
      given = form
    case .exchangedNames: (given, family) = (family, given)
    case .dayForMonth:
      let parts = born.iso.split(separator: "-")
      guard parts[1] != parts[2], let other = Day(iso: "\(parts[0])-\(parts[2])-\(parts[1])") else { return nil }
      born = other
    case .digit:
      guard let other = Day(year: born.year + 1, month: born.month, day: min(born.day, 28)), born.day <= 28,
        born.year % 10 != 9
      else { return nil }
      born = other
    case .married: family = (stems.randomElement(using: &random) ?? "") + "worth"
    case .noSex: sex = nil
    case .number: upn = child.upn
    case .notThere, .twin: return nil
    }
    return LostPupil(givenName: given, familyName: family, dateOfBirth: born, sex: sex, upn: upn)
  }

  private struct Score {
    var tried = 0, found = 0, taken = 0, right = 0, asked = 0
  }

  /// The children of a roll who can be alike: those of the same birth date, or of one a slip away.
  private static func near(_ told: LostPupil, _ roll: Roll) -> [Int] {
    let (born, parts) = (told.dateOfBirth, told.dateOfBirth.iso.split(separator: "-"))
    let days =
      [born, Day(iso: "\(parts[0])-\(parts[2])-\(parts[1])")].compactMap { $0 }
      + (-2...2).compactMap { Day(year: born.year + $0, month: born.month, day: born.day) }
    return Set(days).flatMap { roll.byBirth[$0] ?? [] }
  }

  @Test("What is taken unreviewed is right in at least 99.9 %, at least 95 % of true pairs are found")
  func sharedSearch() throws {
    var random = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let roll = try Self.roll(20_000, &random)
    var scores: [Slip: Score] = [:]
    func judge(_ told: LostPupil, _ slip: Slip, truth: Int?) {
      var score = scores[slip, default: Score()]
      let near = Self.near(told, roll).filter { truth != nil || $0 != -1 }
      let found = ChildMatch.among(near.map { (id: $0, child: roll.children[$0]) }, told)
      score.tried += 1
      if let truth, found.contains(where: { $0.id == truth }) { score.found += 1 }
      if let same = found.first(where: { $0.match == .same }) {
        score.taken += 1
        if same.id == truth { score.right += 1 }
      } else if !found.isEmpty {
        score.asked += 1
      }
      scores[slip] = score
    }
    for slip in Slip.allCases where slip != .notThere && slip != .twin {
      for _ in 0..<500 {
        let place = Int.random(in: roll.children.indices, using: &random)
        if let told = Self.told(roll.children[place], slip, &random) { judge(told, slip, truth: place) }
      }
    }
    // Children of another roll, and twins of whom this roll has the other one alone.
    for child in try Self.roll(1_500, &random).children {
      judge(
        LostPupil(
          givenName: child.givenName, familyName: child.familyName, dateOfBirth: child.dateOfBirth, sex: child.sex,
          upn: nil), .notThere, truth: nil)
    }
    for place in roll.twins {
      let child = roll.children[place]
      guard let name = Self.given.first(where: { $0 != child.givenName && $0 != roll.children[place + 1].givenName })
      else { continue }
      judge(
        LostPupil(
          givenName: name, familyName: child.familyName, dateOfBirth: child.dateOfBirth, sex: child.sex, upn: nil),
        .twin, truth: nil)
    }
    print("| error | told | found | taken unreviewed | of them right | to a person |\n|---|---|---|---|---|---|")
    for slip in Slip.allCases {
      guard let score = scores[slip] else { continue }
      print(
        "| \(slip.rawValue) | \(score.tried) | \(score.found) | \(score.taken) | \(score.right) | \(score.asked) |")
    }
    let truePairs = scores.filter { $0.key != .notThere && $0.key != .twin }.values
    let (tried, found) = (truePairs.reduce(0) { $0 + $1.tried }, truePairs.reduce(0) { $0 + $1.found })
    let (taken, right) = (scores.values.reduce(0) { $0 + $1.taken }, scores.values.reduce(0) { $0 + $1.right })
    print("found \(found) of \(tried) true pairs; taken unreviewed \(taken), right \(right)")
    #expect(found * 100 >= tried * 95 && taken > 400)
    #expect(right * 1_000 >= taken * 999)
    for (slip, score) in scores where slip != .notThere && slip != .twin {
      #expect(score.found * 100 >= score.tried * 90, "\(slip)")
    }
    #expect(scores[.twin]?.taken == 0 && scores[.twin]?.tried ?? 0 > 100)
  }

  @Test("A blind question finds the child that it is about for all but another family name and other years")
  func blindQuestion() throws {
    var random = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let roll = try Self.roll(20_000, &random)
    func identity(_ child: LostPupil, _ upn: UPN?) -> ChildIdentity {
      ChildIdentity(
        givenName: child.givenName, familyName: child.familyName, dateOfBirth: child.dateOfBirth, upn: upn)
    }
    var kept: [Data: Set<Int>] = [:]
    for (place, child) in roll.children.enumerated() {
      for token in identity(child, child.upn).kept { kept[token, default: []].insert(place) }
    }
    var rates: [Slip: (found: Int, tried: Int, others: Int)] = [:]
    for slip in Slip.allCases where slip != .notThere && slip != .twin {
      for _ in 0..<1_000 {
        let place = Int.random(in: roll.children.indices, using: &random)
        guard let told = Self.told(roll.children[place], slip, &random) else { continue }
        let found = identity(told, told.upn).asked.compactMap { $0 }.reduce(into: Set<Int>()) {
          $0.formUnion(kept[$1] ?? [])
        }
        var rate = rates[slip, default: (0, 0, 0)]
        rate.tried += 1
        if found.contains(place) { rate.found += 1 }
        rate.others += found.subtracting([place]).count
        rates[slip] = rate
      }
    }
    print("| error | asked | found | other children |\n|---|---|---|---|")
    for slip in Slip.allCases {
      if let rate = rates[slip] { print("| \(slip.rawValue) | \(rate.tried) | \(rate.found) | \(rate.others) |") }
    }
    for slip in [Slip.none, .accent, .exchangedNames, .dayForMonth, .noSex, .number] {
      let rate = try #require(rates[slip])
      #expect(rate.found == rate.tried, "\(slip)")
    }
  }
}
