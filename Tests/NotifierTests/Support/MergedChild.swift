import Contracts
import Foundation
import GRDB
import Messaging
import NotifierDomain
import RollCopy
import Rulebook
import Store
import Testing

@testable import NotifierService

/// What other suites use as well.
extension MergedChildTests {
  static func enrolment(
    _ pupil: PupilID, givenName: String, school: URN = Sample.school, addressProtected: Bool = false
  ) -> PupilEnrolled {
    PupilEnrolled(
      pupil: pupil, school: school, upn: nil, givenName: givenName, familyName: "Quillfeather",
      dateOfBirth: Day(year: 2013, month: 5, day: 4)!, yearGroup: "8", enrolledOn: Day(year: 2024, month: 9, day: 2)!,
      addressProtected: addressProtected)
  }

  static func identity(_ pupil: PupilID, _ harness: Harness) async throws -> Identity? {
    try await harness.store.read { try Roll.pupil(pupil, in: $0).flatMap(Identity.init) }
  }
}
