import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Schemas
import ServiceKit
import Store
import Testing

@testable import Keeping
@testable import RegistersService

/// What a child may know of itself, and who may be told of whom.
@Suite(.timeLimit(.minutes(10))) struct SubjectAccessTests {
  private func document(_ kept: KeptRegisters, _ number: Int) async throws -> SubjectAccess.Document {
    try await SubjectAccess(records: RegisterRecords.all, transactions: kept.registers.transactions)(
      try await kept.pupil(number), by: Caller(subject: "user-legal", role: .legalOfficer))
  }

  private func count(_ document: SubjectAccess.Document, _ section: String) -> Int? {
    document.sections.first { $0.name == section }?.lines
  }

  @Test func everythingAboutTheChildIsThere() async throws {
    let kept = try KeptRegisters()
    try await ExportTests.fillEverything(kept)
    try await kept.hold(0, "proposal-pn-7")
    let found = try await document(kept, 0)
    let expected = [
      "pupils": 1, "former-upns": 2, "registrations": 1, "marks": 7, "admission-log": 2, "contacts": 1, "flags": 1,
      "persons": 1,
      "person-pairs": 1, "person-decisions": 1,
      "families": 1, "match-candidates": 1, "arrangements": 1, "quarantine": 0, "findings": 2, "returns": 2, "holds": 1,
      "pupil-changes": 1, "reads": 2, "differences": 1, "source-codes": 1,
    ]
    for (section, lines) in expected { #expect(count(found, section) == lines, "\(section)") }
    #expect(Set(found.sections.map(\.name)) == Set(expected.keys))
    #expect(found.sections.allSatisfy { found.data[$0.name]?.count == $0.lines })
  }

  @Test func everyMarkHasItsAmendments() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    let marks = try #require(try await document(kept, 1).data["marks"])
    let amended = marks.compactMap { mark -> (JSONValue?, [JSONValue])? in
      guard case .object(let line) = mark, case .array(let amendments)? = line["amendments"], !amendments.isEmpty,
        case .object(let entry)? = line["entry"]
      else { return nil }
      return (entry["code"], amendments)
    }
    #expect(marks.count == 6 && amended.count == 1)
    #expect(amended.first?.0 == "/")
    guard case .object(let amendment)? = amended.first?.1.first else {
      Issue.record("no amendment")
      return
    }
    #expect(amendment["from"] == "/" && amendment["to"] == "I" && amendment["reason"] != nil)
  }

  /// A row that waits under the child's number is the child's, however it was written.
  @Test func quarantinedRowsAreFoundByNumber() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    #expect(count(try await document(kept, 7), "quarantine") == 1)
    try await kept.sql("UPDATE quarantine SET upn = ' ' || lower(upn) || ' ' WHERE upn = '\(MadeUp.upn(7))'")
    #expect(count(try await document(kept, 7), "quarantine") == 1)
  }

  @Test func whatIsAboutOthersIsMarked() async throws {
    let kept = try KeptRegisters()
    try await ExportTests.fillEverything(kept)
    let found = try await document(kept, 0)
    let marked = Dictionary(uniqueKeysWithValues: found.redactions.map { ($0.pointer, $0.reason) })
    #expect(
      marked == [
        "/data/contacts/0": .thirdParty, "/data/families/0": .thirdParty, "/data/match-candidates/0": .thirdParty,
        "/data/persons/0": .thirdParty, "/data/person-pairs/0": .thirdParty, "/data/person-decisions/0": .thirdParty,
        "/data/pupil-changes/0": .thirdParty, "/data/admission-log/0": .thirdParty,
        "/data/admission-log/1": .thirdParty, "/data/flags/0": .seriousHarm,
      ])
    for redaction in found.redactions {
      let parts = redaction.pointer.split(separator: "/").map(String.init)
      guard case .object(let line)? = found.data[parts[1]]?[try #require(Int(parts[2]))] else {
        Issue.record("the pointer leads nowhere")
        continue
      }
      #expect(line["review"] == true && redaction.review)
    }
    let names = found.data["families"].map { try? JSONEncoder().encode($0) }
    #expect(names.flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) }?.contains("Zed") == false)
  }

  /// A child that was entered twice gets both records, under either identifier.
  @Test func mergedRecordsAreOneChild() async throws {
    let kept = try KeptRegisters()
    try await kept.fill()
    try await kept.sql(
      """
      UPDATE pupils SET merged_into = 7 WHERE number = 1;
      INSERT INTO former_upns (upn, pupil) SELECT upn, 7 FROM pupils WHERE number = 1;
      """)
    for number in [0, 6] {
      let found = try await document(kept, number)
      #expect(count(found, "pupils") == 2 && count(found, "registrations") == 2 && count(found, "marks") == 13)
    }
  }

  @Test func itIsOnRecordAndSaysWhoRead() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      let path = "/pupils/\(id)/subject-access"
      _ = try await world.send(.get, "/pupils/\(id)/attendance?from=2026-09-01&to=2026-09-30", as: .manager)
      for role in [Role.school, .manager, .cmeOfficer, .virtualSchool, .agency, .service, .operator] {
        #expect(try await world.send(.get, path, as: role, schools: [World.school]).status == 403, "\(role)")
      }
      let first = try await world.send(.get, path, as: .legalOfficer)
      #expect(first.status == 200 && first["pupil"] == id && first["schema", as: [String: Any].self] != nil)
      let second = try await world.send(.get, path, as: .attendanceOfficer)
      let reads = try #require((second.json["data"] as? [String: Any])?["reads"] as? [[String: Any]])
      #expect(
        reads.map { "\($0["role"] ?? "") \($0["action"] ?? "")" } == [
          "attendance-officer pupil.entry.written", "manager pupil.attendance.read",
          "legal-officer pupil.subject-access",
        ])
      #expect(reads.allSatisfy { $0["actor"] == nil }, "by role, not by person")
      #expect(try await world.send(.get, "/pupils/p000000000/subject-access", as: .legalOfficer).status == 404)
      #expect(try await world.send(.get, "/pupils/x/subject-access", as: .legalOfficer).status == 404)
    }
  }

  @Test func theAuditLogIsReadWithItsState() async throws {
    try await World.run { world in
      try await world.open()
      let id = try #require(try await world.enrol([0])[0])
      _ = try await world.send(.get, "/pupils/\(id)/attendance?from=2026-09-01&to=2026-09-30", as: .legalOfficer)
      _ = try await world.send(.get, "/schools/\(World.school)/pupils")
      let one = try await world.send(.get, "/audit?subject=\(id)", as: .manager)
      #expect(one.list("entries").map { $0["role"] as? String } == ["attendance-officer", "legal-officer"])
      let all = try await world.send(.get, "/audit?after=2&verify=whole", as: .manager)
      #expect(all.list("entries").map { $0["action"] as? String } == ["school.roll.read", "audit.read"])
      let chain = try #require(all["chain", as: [String: Any].self])
      #expect(chain["checked"] as? String == "whole" && chain["sound"] as? Bool == true)
      for path in ["/audit?subject=a%20b", "/audit?after=x", "/audit?verify=maybe"] {
        #expect(try await world.send(.get, path, as: .manager).status == 400, "\(path)")
      }
      #expect(try await world.send(.get, "/audit", as: .attendanceOfficer).status == 403)

      try world.execute("DROP TRIGGER audit_log_no_update; UPDATE audit_log SET role = 'school' WHERE number = 2")
      for query in ["", "?verify=whole"] {
        let broken = try await world.send(.get, "/audit\(query)", as: .manager)
        let chain = try #require(broken["chain", as: [String: Any].self])
        #expect(chain["sound"] as? Bool == false && chain["firstBreak"] as? Int == 2)
      }
    }
  }
}
