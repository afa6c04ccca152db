import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import ServiceKit
import Testing

/// Children who join a new roll by an officer's word only.
extension SecondSchoolTests {
  @Test func nothingIsReadAndNothingIsLost() async throws {
    try await Self.run { world in
      let id = try await Self.child(world, #","addressProtected":true,"contacts":[\#(Self.contact)]"#)
      let row = World.pupil(0, #","sex":"F""#)
      let early = try await world.upload(["\(MadeUp.upn(0)),2026-09-03,AM,/"], school: Self.second)
      #expect(early.text.contains("unknown-pupil"))
      _ = try await Self.send(world, Self.second, row)
      let marks = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"], school: Self.second)
      #expect(marks.counts == [0, 0, 0, 0, 1, 0] && marks.text.contains("waiting-for-confirmation"))
      let waiting = try await Self.get(world, "/schools/\(Self.second)/quarantine", at: Self.second).list("marks")
      #expect(waiting.map { $0["reason"] as? String } == Array(repeating: "waiting-for-confirmation", count: 2))
      let paths = [
        "", "/flags", "/attendance?from=2026-09-01&to=2026-09-30", "/sessions?from=2026-09-01&to=2026-09-30",
        "/patterns?from=2026-09-01&to=2026-09-30", "/marks/2026-09-07/AM/why",
      ]
      for path in paths {
        #expect(try await Self.get(world, "/pupils/\(id)\(path)", at: Self.second).status == 404, "\(path)")
      }
      let search = try await world.send(
        .post, "/pupils/search", as: .school, schools: [Self.second], #"{"upn":"\#(MadeUp.upn(0))"}"#)
      #expect(search.list("pupils").isEmpty)
      for path in ["/pupils", "/pupils.csv", "/pupils.ctf.xml?protected=true"] {
        #expect(try await !Self.get(world, "/schools/\(Self.second)\(path)", at: Self.second).text.contains("Zed0"))
      }
      let own = try await Self.get(world, "/schools/\(Self.second)/waiting-entries", at: Self.second)
      #expect(own.list("entries").map { $0["state"] as? String } == ["open"] && !own.text.contains(id))
      #expect(try await world.send(.get, "/pupil-changes", as: .school, schools: [Self.second]).status == 403)

      let decided = try await Self.decide(world, "accept")
      #expect(decided.list("decisions").first?["released"] as? Int == 2, "\(decided.text)")
      #expect(try await Self.get(world, "/pupils/\(id)", at: Self.second).status == 200)
      let counted = try await world.send(.get, "/pupils/\(id)/attendance?from=2026-09-01&to=2026-09-30")
      #expect(counted.list("registrations").count == 2)
      #expect(try world.sql("SELECT count(*) AS n FROM quarantine WHERE state = 'waiting'").first?["n"] == 0)
      #expect(try world.sql("SELECT address_protected AS p FROM pupils").first?["p"] == 1)
    }
  }

  /// An officer says no: the school is told, and its marks wait for another number.
  @Test func aRejectedEntryIsTold() async throws {
    try await Self.run { world in
      _ = try await Self.child(world, #","addressProtected":true"#)
      let row = World.pupil(0, #","sex":"F""#)
      _ = try await Self.send(world, Self.second, row)
      _ = try await world.upload(["\(MadeUp.upn(0)),2026-09-07,AM,/"], school: Self.second)
      #expect(try await Self.decide(world, "reject").status == 200)
      #expect(
        try await Self.send(world, Self.second, row).list("problems").first?["reason"] as? String == "not-confirmed")
      let waiting = try await world.send(.get, "/schools/\(Self.second)/quarantine").list("marks")
      #expect(waiting.map { $0["reason"] as? String } == ["unknown-pupil"])
    }
  }
}
