import Contracts
import GRDB
import Messaging
import RegistersDomain
import Rulebook
import Store

/// Publishes what a disposal took, gave back and made final, within the transaction that did it: whoever counts by the
/// same marks counts as the register does.
struct DisposalNews {
  let unit: UnitOfWork
  let disposal: Int64

  private var db: Database { unit.db }

  /// Some registrations' marks of a year went.
  func disposed(_ registrations: [Int64], _ year: SchoolYear, of school: URN) throws {
    guard !registrations.isEmpty else { return }
    try append(
      MarksDisposed(disposal: disposal, school: school, schoolYear: year, registrations: try named(registrations)),
      school)
  }

  /// Rows came back.
  func restored(_ years: [KeptYear]) throws {
    for (year, kept) in Dictionary(grouping: years, by: \.year).sorted(by: { $0.key < $1.key }) {
      let schools = try Dictionary(grouping: kept.map(\.registration)) { registration in
        try URN(
          db.value("SELECT school FROM registrations WHERE number = ?", [registration], as: String.self)
            ?? "")
      }
      for (school, registrations) in schools.sorted(by: { $0.key < $1.key }) {
        try append(
          MarksRestored(
            disposal: disposal, school: school, schoolYear: year, registrations: try named(registrations)), school)
      }
    }
  }

  /// Nothing of it comes back any more.
  func erased() throws {
    let schools = try db.values(
      "SELECT DISTINCT school FROM disposal_items WHERE disposal = ? AND outcome = 'removed' ORDER BY school",
      [disposal], as: String.self)
    for school in try schools.map({ try URN($0) }) {
      try append(MarksErased(disposal: disposal, school: school), school)
    }
  }

  private func named(_ registrations: [Int64]) throws -> [DisposedRegistration] {
    try registrations.sorted().map {
      DisposedRegistration(registration: $0, pupil: try Pupils.id(ofRegistration: $0, in: db))
    }
  }

  private func append(_ event: some EventData, _ school: URN) throws {
    try unit.publish(event, subject: school.text)
  }
}
