import EnforcementDomain
import HTTPTypes
import Testing

/// A leaving date is put back after marks were sent: what is off the roll counts nowhere, in the registers and in
/// enforcement alike; a date that is put right brings it back.
@Suite struct FieldCase03LeavingBackdatedTests {
  private static let fieldCase = FieldCase("03-leaving-backdated")
  private static let school = "971003"

  @Test func marksAfterTheLastDayAreInNoThreshold() async throws {
    try await Self.fieldCase.run(schools: Self.school) { world in
      let enforcing = try Enforcing(beside: world)
      let enrolled = try await world.send("1-pupil.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/pupils")
      let pupil = try #require(enrolled.list("pupils").first?["id"] as? String)
      let marks = try await world.send("2-marks.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/marks")
      #expect(marks["recorded"] == 20)
      try await enforcing.catchUp(world)
      #expect(try await enforcing.sessions(of: pupil, at: Self.school).count == 20)
      #expect(try await enforcing.openProposals().count == 1)

      let left = try await world.send("3-left-on-9-sep.csv", of: Self.fieldCase, to: "/schools/\(Self.school)/pupils")
      #expect(left["changed"] == 1)
      try await enforcing.catchUp(world)
      #expect(try await enforcing.sessions(of: pupil, at: Self.school).count == 6)
      #expect(try await enforcing.judgement(of: pupil, at: Self.school)?.qualifying == 6)
      #expect(try await enforcing.openProposals().isEmpty)
      #expect(try await enforcing.history("pn-1") == ["proposed", "lapsed"])
      #expect(try await enforcing.facts().suffix(2) == ["penalty-notice-proposal-lapsed", "record-hold-released"])
      let figures = try await world.send(.get, "/pupils/\(pupil)/attendance?from=2026-09-01&to=2026-11-28")
      #expect((figures["figures"] as [String: Any]?)?["unauthorised"] as? Int == 6)

      // The last day is put right, then the child comes back.
      for (last, count) in [("2026-09-15", 14), ("2026-09-09", 6), ("", 20)] {
        let row = "P880999020301,Jo,Leaver,2014-03-17,F,8,2025-09-01,\(last),,"
        let answer = try await world.send(
          .post, "/schools/\(Self.school)/pupils", type: "text/csv",
          "upn,givenName,familyName,dateOfBirth,sex,yearGroup,enrolledOn,leftOn,deletedOn,ground\n\(row)\n")
        #expect(answer["changed"] == 1, "\(last)")
        try await enforcing.catchUp(world)
        #expect(try await enforcing.sessions(of: pupil, at: Self.school).count == count, "\(last)")
        #expect(try await enforcing.openProposals().count == (count >= 10 ? 1 : 0), "\(last)")
      }
    }
  }
}
