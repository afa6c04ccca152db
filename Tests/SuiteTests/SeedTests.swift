import Rulebook
import SuiteDomain
import Testing

@Suite("A made-up authority")
struct SeedTests {
  static let year = SchoolYear(startYear: 2026)

  private static func authority(schools: Int = 12, pupils: Int = 2_500, seed: UInt64) throws -> MadeUpAuthority {
    MadeUpAuthority(try AuthorityCode("880"), schools: schools, pupils: pupils, seed: seed)
  }

  /// Over a year: share of possible sessions missed, share of pupils who miss a tenth or more.
  private static func rates(_ authority: MadeUpAuthority) -> (absent: Double, persistent: Double) {
    var (possible, absent, pupils, persistent) = (0, 0, 0, 0)
    for school in authority.schools {
      let book = AttendanceBook(of: school, in: year, seed: authority.seed)
      for pupil in school.pupils.indices {
        var statistics = Statistics()
        for mark in book.marks(of: pupil, in: DayRange(first: year.first, last: year.last)) {
          statistics.add(mark.code, scheme: CodeBook.england.scheme(on: mark.day))
        }
        possible += statistics.possible
        absent += statistics.absent
        pupils += 1
        if statistics.absent * 10 >= statistics.possible { persistent += 1 }
      }
    }
    return (Double(absent) / Double(possible), Double(persistent) / Double(pupils))
  }

  @Test(
    "about 7 per cent of sessions are missed, and 20 per cent of pupils are persistently absent",
    arguments: [1, 2] as [UInt64])
  func rates(seed: UInt64) throws {
    let rates = Self.rates(try Self.authority(seed: seed))
    print("seed \(seed): absent \(rates.absent), persistently absent \(rates.persistent)")
    #expect((0.065...0.075).contains(rates.absent), "seed \(seed)")
    #expect((0.18...0.22).contains(rates.persistent), "seed \(seed)")
  }

  @Test("the same seed gives the same files, another seed others")
  func repeatable() throws {
    func files(_ seed: UInt64) throws -> [[UInt8]] {
      let authority = try Self.authority(schools: 3, pupils: 300, seed: seed)
      return authority.schools.map {
        AttendanceBook(of: $0, in: Self.year, seed: seed).csv(DayRange(first: Self.year.first, last: Self.year.last))
      }
    }
    #expect(try files(5) == files(5))
    #expect(try files(5) != files(6))
  }

  @Test("sizes are exactly as asked for", arguments: [(1, 1), (1, 40), (7, 1_001), (60, 20_000)])
  func sizes(_ schools: Int, _ pupils: Int) throws {
    let authority = try Self.authority(schools: schools, pupils: pupils, seed: 9)
    #expect(authority.schools.count == schools)
    #expect(authority.pupilCount == pupils)
    #expect(Set(authority.schools.map(\.urn)).count == schools)
    #expect(Set(authority.schools.map(\.name)).count == schools)
    #expect(Set(authority.schools.flatMap(\.pupils).map(\.upn)).count == pupils)
  }

  @Test("pupil numbers are of the authority, ages fit year groups, siblings share a family name")
  func pupils() throws {
    let authority = try Self.authority(seed: 4)
    var families: [Int: Set<String>] = [:]
    var children: [Int: Int] = [:]
    for school in authority.schools {
      for pupil in school.pupils {
        #expect(pupil.upn.text.dropFirst().hasPrefix("880"))
        let turned = try #require(Int(pupil.yearGroup == "R" ? "0" : pupil.yearGroup)) + 4
        let ageOnFirstDay = try #require(Day(iso: "2026-08-31"))
        #expect(pupil.dateOfBirth.anniversary(turned) <= ageOnFirstDay)
        #expect(pupil.dateOfBirth.anniversary(turned + 1) > ageOnFirstDay)
        families[pupil.family, default: []].insert(pupil.familyName)
        children[pupil.family, default: 0] += 1
      }
    }
    #expect(families.values.allSatisfy { $0.count == 1 })
    let withSiblings = children.values.filter { $0 > 1 }.reduce(0, +)
    #expect((0.3...0.75).contains(Double(withSiblings) / Double(authority.pupilCount)))
  }

  @Test("calendars have about 190 days, no bank holiday and five days of staff training")
  func calendars() throws {
    for school in try Self.authority(schools: 20, pupils: 20, seed: 8).schools {
      for (year, calendar) in school.calendars {
        #expect((185...195).contains(calendar.schoolDays.count), "\(year)")
        #expect(!calendar.schoolDays.contains(where: WorkingDays.isBankHoliday))
        #expect(calendar.closed.filter { !WorkingDays.isBankHoliday($0) }.count == 5)
        #expect(calendar.schoolDays.allSatisfy { year.first <= $0 && $0 <= year.last })
      }
    }
  }

  @Test("every code of a made-up register may stand where it stands")
  func codes() throws {
    let authority = try Self.authority(schools: 4, pupils: 400, seed: 3)
    var seen: Set<AttendanceCode> = []
    for school in authority.schools {
      let book = AttendanceBook(of: school, in: Self.year, seed: authority.seed)
      for pupil in school.pupils.indices {
        for mark in book.marks(of: pupil, in: DayRange(first: Self.year.first, last: Self.year.last)) {
          seen.insert(mark.code)
          let decision = CodeBook.england.decide(token: mark.code.text, on: mark.day, session: mark.session)
          #expect(decision == .accept(mark.code))
        }
      }
    }
    #expect(seen.count >= 12)
  }

  @Test("a file has a header, one row a mark, and nothing outside the days asked for")
  func csv() throws {
    let authority = try Self.authority(schools: 1, pupils: 30, seed: 2)
    let book = AttendanceBook(of: authority.schools[0], in: Self.year, seed: 2)
    let day = book.days[3]
    let lines = String(decoding: book.csv(DayRange(first: day, last: day), [.am]), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.first == "upn,date,session,code")
    #expect(lines.count == 31)
    #expect(lines.dropFirst().allSatisfy { $0.contains(",\(day.iso),AM,") })
  }
}
