import Contracts
import GRDB
import NotifierDomain
import Rulebook
import Store
import Testing

@testable import NotifierService

/// A child was on a roll by mistake: the notifier's roll follows.
@Suite(.timeLimit(.minutes(10))) struct WithdrawnRollTests {
  private static let child = Sample.child(1)
  private static let other = try! URN("900102")

  private static func rolls(_ harness: Harness) async throws -> [String] {
    try await harness.store.read {
      try String.fetchAll(
        $0,
        sql: """
          SELECT school FROM roll_registration WHERE pupil = ? AND (withdrawn = 0 OR address_protected = 1)
          ORDER BY school
          """, arguments: [child.text])
    }
  }

  private static func enrol(_ school: URN, protected: Bool, _ id: String, _ harness: Harness) async throws {
    let entry = MergedChildTests.enrolment(child, givenName: "Zeph", school: school, addressProtected: protected)
    try await harness.take(entry, id: id)
  }

  private static func withdraw(_ school: URN, _ id: String, _ harness: Harness) async throws {
    try await harness.take(RegistrationWithdrawn(pupil: child, school: school, registration: 7), id: id)
  }

  @Test func theRollGoesAndTheNameStays() async throws {
    try await withFolder { folder in
      try await Harness.run(in: folder) { harness in
        try await Self.enrol(Sample.school, protected: false, "a", harness)
        try await Self.enrol(Self.other, protected: false, "b", harness)
        try await Self.withdraw(Sample.school, "w", harness)
        #expect(try await Self.rolls(harness) == [Self.other.text])
        #expect(try await MergedChildTests.identity(Self.child, harness)?.givenName == "Zeph")
        // Entered again, it is on the roll again.
        try await Self.enrol(Sample.school, protected: false, "c", harness)
        #expect(try await Self.rolls(harness).count == 2)
      }
    }
  }

  @Test func aProtectionOutlivesTheMistake() async throws {
    try await withFolder { folder in
      try await Harness.run(in: folder) { harness in
        try await Self.enrol(Sample.school, protected: true, "a", harness)
        try await Self.withdraw(Sample.school, "w", harness)
        #expect(try await MergedChildTests.identity(Self.child, harness)?.addressProtected == true)
        try await Self.enrol(Self.other, protected: true, "b", harness)
        try await Self.withdraw(Sample.school, "x", harness)
        #expect(try await Self.rolls(harness) == [Self.other.text])
        #expect(try await MergedChildTests.identity(Self.child, harness)?.addressProtected == true)
      }
    }
  }
}
