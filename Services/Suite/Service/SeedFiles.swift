import Contracts
import Foundation
import Rulebook
import SuiteDomain

/// Writes a made-up authority as files that the services' HTTP interfaces take as they are.
struct SeedFiles {
  private let authority: MadeUpAuthority
  private let folder: String

  init(_ authority: MadeUpAuthority, folder: String) {
    self.authority = authority
    self.folder = folder
  }

  /// Writes `schools.json`, and for every school its calendars, its pupils and a CSV file of marks for every week.
  ///
  /// - Throws: ``SuiteError/invalid(_:)`` when the folder exists; what writing throws.
  func write() throws {
    let files = FileManager.default
    guard !files.fileExists(atPath: folder) else { throw SuiteError.invalid("\(folder) exists already") }
    try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try write(authority.schools.map { Listed(urn: $0.urn.text, school: SchoolBody($0)) }, to: "schools.json")
    for school in authority.schools {
      let path = school.urn.text
      try files.createDirectory(atPath: "\(folder)/\(path)/marks", withIntermediateDirectories: true)
      for (year, calendar) in school.calendars {
        let label = year.label.replacing("/", with: "-")
        try write(CalendarBody(calendar), to: "\(path)/calendar-\(label).json")
      }
      try write(PupilsBody(school.pupils), to: "\(path)/pupils.json")
      for year in MadeUpCalendars.years {
        let book = AttendanceBook(of: school, in: year, seed: authority.seed)
        for monday in Set(book.days.map(\.monday)).sorted() {
          let csv = book.csv(DayRange(first: monday, last: monday.adding(days: 6)))
          try Data(csv).write(to: URL(fileURLWithPath: "\(folder)/\(path)/marks/\(monday).csv"))
        }
      }
    }
  }

  private struct Listed: Encodable {
    let urn: String
    let school: SchoolBody
  }

  private func write(_ value: some Encodable, to name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try encoder.encode(value).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }
}
