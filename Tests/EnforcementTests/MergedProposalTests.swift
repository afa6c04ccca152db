import Contracts
import EnforcementDomain
import GRDB
import Rulebook
import Store
import Testing

@testable import EnforcementService

/// Two records turn out to be one child's, and each has an open proposal at the same school.
@Suite("Proposals of two records that are one child's") struct MergedProposalTests {
  @Test("The proposal of the record that stays goes on, whichever was made first", arguments: [true, false])
  func merge(isKeptFirst: Bool) async throws {
    let service = try Enforced()
    let (kept, gone) = (service.pupil, try #require(PupilID("p000000002")))
    let days = service.calendar.schoolDays
    try await service.applySchool()
    try await service.applyCalendar()
    for (pupil, number, first, last) in [(kept, 1, days[0], days[12]), (gone, 2, days[13], nil as Day?)] {
      try await service.apply(
        PupilEnrolled(
          pupil: pupil, school: service.school, upn: nil, givenName: "Ada", familyName: "Made-Up",
          dateOfBirth: try #require(Day(iso: "2014-05-10")), yearGroup: nil, enrolledOn: first, leftOn: last,
          addressProtected: false, registration: Int64(number)))
    }
    func miss(_ pupil: PupilID, from index: Int) async throws {
      for place in index..<(index + 10) {
        let (day, session) = service.session(place)
        try await service.apply(
          MarksRecorded(school: service.school, date: day, session: session, marks: ["O": [pupil]]),
          number: Int64(100 + place))
      }
    }
    if !isKeptFirst { try await miss(gone, from: 40) }
    try await miss(kept, from: 0)
    if isKeptFirst { try await miss(gone, from: 40) }
    try await service.apply(PupilsMerged(pupil: kept, merged: gone), number: 900)
    let open = try await service.store.read { try Proposals.open(pupil: kept, in: $0) }
    #expect(open.map(\.proposal.grounds.sessions.count) == [10])
    #expect(open.first?.proposal.grounds.metOn == service.session(9).0)
    // A later session changes nothing, and one less takes the proposal back: it is the one that is judged.
    try await service.apply(
      MarksRecorded(school: service.school, date: days[26], session: .am, marks: ["O": [kept]]), number: 950)
    try await service.amend(3, to: "I")
    let then = try await service.store.read { try Proposals.open(pupil: kept, in: $0) }
    #expect(then.count == 1 && then.first?.proposal.grounds.metOn != service.session(9).0)
  }
}
