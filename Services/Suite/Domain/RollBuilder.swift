import Contracts
import Rulebook
import Seeded

/// Fills the schools' rolls with families: brothers and sisters share a family name, and are at the same school or at
/// the secondary school that it feeds.
struct RollBuilder {
  private let authority: AuthorityCode
  private let schools: [MadeUpSchool]
  private var random: SeededGenerator
  /// Free places by school and year group.
  private var free: [[Int]]
  private var rolls: [[MadeUpPupil]]
  private var serials: [[Int]]
  private var family = 0

  init(authority: AuthorityCode, schools: [MadeUpSchool], sizes: [Int], random: SeededGenerator) {
    self.authority = authority
    self.schools = schools
    self.random = random
    free = zip(schools, sizes).map { school, size in
      let groups = school.yearGroups
      return (0...11).map { group in
        guard groups.contains(group) else { return 0 }
        let place = group - groups.lowerBound
        return (place + 1) * size / groups.count - place * size / groups.count
      }
    }
    rolls = schools.map { _ in [] }
    serials = schools.map { _ in [Int](repeating: 0, count: 12) }
  }

  /// The roll of each school.
  mutating func build() -> [[MadeUpPupil]] {
    for school in schools.indices {
      for group in 0...11 {
        while free[school][group] > 0 { addFamily(school, group) }
      }
    }
    return rolls
  }

  private mutating func addFamily(_ school: Int, _ group: Int) {
    family += 1
    let name = MadeUpNames.family(&random)
    // How many families have one, two, three or four children of school age.
    let children = random.pick(weights: [0.5, 0.35, 0.12, 0.03]) + 1
    add(school, group, name)
    var sibling = group
    for _ in 1..<max(2, children) where children > 1 {
      sibling += random.within(1...3)
      let at = schools[school].yearGroups.contains(sibling) ? school : secondary(fedBy: school)
      if sibling <= 11, let at, free[at][sibling] > 0 { add(at, sibling, name) }
    }
  }

  private func secondary(fedBy school: Int) -> Int? {
    let candidates = schools.indices.filter { schools[$0].phase == .secondary }
    return candidates.isEmpty ? nil : candidates[school % candidates.count]
  }

  private mutating func add(_ school: Int, _ group: Int, _ familyName: String) {
    free[school][group] -= 1
    serials[school][group] += 1
    let year = MadeUpAuthority.schoolYear.startYear
    let entered = schools[school].yearGroups.lowerBound
    let firstSeptember = Day(year: year - 5 - group, month: 9, day: 1)
    guard let firstSeptember, let enrolled = Day(year: year - (group - entered), month: 9, day: 1) else {
      preconditionFailure("every year has a first of September")
    }
    rolls[school].append(
      MadeUpPupil(
        upn: upn(school, group, serials[school][group]), givenName: MadeUpNames.given(&random),
        familyName: familyName, dateOfBirth: firstSeptember.adding(days: random.below(365)),
        yearGroup: group == 0 ? "R" : "\(group)", enrolledOn: enrolled, family: family,
        habit: AbsenceHabit(&random)))
  }

  /// Authority, school, year of issue and serial, with the letter that fits them.
  private func upn(_ school: Int, _ group: Int, _ serial: Int) -> UPN {
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let issued = (MadeUpAuthority.schoolYear.startYear - group) % 100
    // A year group of more than 999 goes on in numbers that no school has.
    let schoolNumber = 2_000 + school + (serial / 1_000) * 1_000
    let body = authority.text + padded(schoolNumber, 4) + padded(issued, 2) + padded(serial % 1_000, 3)
    guard let letter = UPN.checkLetter(of: body.utf8),
      let upn = try? UPN(String(UnicodeScalar(letter)) + body)
    else { preconditionFailure("a made-up pupil number is well formed") }
    return upn
  }
}
