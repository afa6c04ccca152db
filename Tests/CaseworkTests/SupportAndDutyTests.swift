import CaseworkDomain
import Contracts
import Foundation
import GRDB
import HTTPTypes
import Rulebook
import Schemas
import ServiceKit
import ServiceTestKit
import Store
import Testing

@testable import CaseworkService

/// What others are told of the work: the support record, the page for the Ombudsman, what partners see at their level, and
/// the marks of children placed elsewhere.
@Suite("Support record, duty of section 19 and work with others", .timeLimit(.minutes(5)))
struct SupportAndDutyTests {
  private func published(_ caller: WebCaller) async throws -> [SupportRecorded] {
    let rows = try await caller.queue().read { db in
      try Data.fetchAll(
        db, sql: "SELECT data FROM outbox WHERE type LIKE '%support-recorded%' ORDER BY sequence")
    }
    return try rows.map { try JSONDecoder().decode(SupportRecorded.self, from: $0) }
  }

  @Test("Support is published whole when it changes, never before a case is accepted, and never what was said")
  func support() async throws {
    try await CaseworkApplication.callers { officer, manager, _, _ in
      #expect(try await published(officer).isEmpty)
      let canary = "zebra-canary-text"
      try await officer.post(
        "/cases/c1/visits",
        #"{"on":"2026-11-30","purpose":"\#(canary)","risk":"low","assessment":"Known","isAlone":true,"isSafeToContact":true}"#,
        200)
      #expect(try await published(officer).last?.steps.contains { $0.what == "visit" } != true)
      try await officer.post(
        "/cases/c1/visit-outcomes",
        #"{"visit":1,"on":"2026-11-30","outcome":"seen","childSeen":true,"next":"\#(canary)"}"#, 200)
      let seen = try #require(try await published(officer).last)
      #expect(seen.steps.contains { $0.what == "visit" && $0.outcome == "seen" && $0.case == "c1" })
      #expect(seen.isSupported == seen.steps.contains { $0.what == "contract" })
      #expect(!seen.hasLegalBasis && seen.socialWorkerConsulted == nil)
      // What is published is what enforcement reads by the route.
      let legal = WebCaller(service: officer.service, subject: "u-legal", role: .legalOfficer)
      let read = try await legal.get("/children/p000000001/support-record")
      #expect(read["steps"].elements.map { $0["what"].word } == seen.steps.map(\.what))
      try await officer.act("decline", on: "/contracts/c3")
      #expect(
        try await published(officer).last?.steps.contains { $0.what == "contract" && $0.outcome == "declined" } == true)
      let all = try await officer.queue().read { db in
        try String.fetchAll(db, sql: "SELECT CAST(data AS TEXT) FROM outbox")
      }
      #expect(!all.isEmpty && all.allSatisfy { !$0.contains(canary) })
      _ = try await manager.get("/children/p000000009/support-record", 404)
    }
  }

  @Test("The page says who considered, heard and decided what and when, what it lacks, and how late it is")
  func page() async throws {
    try await CaseworkApplication.callers { officer, manager, _, _ in
      let before = try await officer.get("/section-19/c5/page")
      #expect(before["dueBy"].word == "2026-11-20" && before["schoolDaysWaited"].number == 21, "\(before)")
      #expect(before["schoolDaysLate"].number == 6)
      #expect(before["lacking"].elements.count == 3 && before["law"].elements.count == 4)
      try await officer.act("consider", on: "/section-19/c5", facts: #"{"evidence":"A letter of the clinic"}"#)
      try await officer.act(
        "hear", on: "/section-19/c5", facts: #"{"child-view":"Afraid of the bus","parent-view":"Wants tuition"}"#)
      try await manager.act(
        "provide", on: "/section-19/c5",
        facts: #"{"provision":"tuition","from":"2026-11-30","hours":5,"part-time":"Health"}"#)
      let decided = try await officer.get("/section-19/c5/page")
      #expect(
        decided["lacking"].elements.map(\.word) == [
          "Nobody has recorded that the parents were told of the decision and how to complain."
        ], "\(decided)")
      #expect(decided["arrangements"].elements.first?["partTime"].word == "Health")
      #expect(decided["views"].elements.first?["child"].word == "Afraid of the bus")
      #expect(decided["schoolDaysWaited"].number == 20 && decided["schoolDaysLate"].number == 5)
      try await officer.act("inform", on: "/section-19/c5", facts: #"{"informed":"By letter"}"#)
      let whole = try await officer.get("/section-19/c5/page")
      #expect(whole["lacking"].elements.isEmpty && whole["informedOn"].word == "2026-11-30")
    }
  }

  @Test("A partner sees as much as the agreement's level says, and the least without one")
  func levels() async throws {
    try await CaseworkApplication.callers { officer, manager, _, nurse in
      try await officer.post(
        "/cases/c1/consents", #"{"agency":"Health","answer":"given","person":"c000000001","on":"2026-11-30"}"#, 200)
      for level in [nil, "identity", "attendance", "actions"] {
        let text = level.map { #","level":"\#($0)"}"# } ?? "}"
        let agreed = try await manager.post(
          "/sharing-agreements", String(BookRows.entries[22].body.dropLast()) + text)
        let seen = try #require(try await nurse.get("/shared-cases")["cases"].elements.first)
        #expect(seen["level"].word == level ?? "identity", "\(seen)")
        #expect(
          (seen["state"] == .null) == (level != "actions") && (seen["openSteps"] == .null) == (level != "actions"))
        #expect((seen["atReferral"] == .null) == (level == nil || level == "identity"))
        try await manager.post(
          "/sharing-agreement-ends", #"{"agreement":\#(agreed["number"].number),"on":"2026-11-30","reason":"Next"}"#)
      }
      #expect(try await nurse.get("/shared-cases")["cases"].elements.isEmpty)
    }
  }

  @Test("A provider's file keeps its good rows, names the bad ones, and says nothing new the second time")
  func placementFile() async throws {
    try await CaseworkApplication.callers { officer, _, school, _ in
      let placed = try await officer.post("/placements", BookRows.entries[19].body)
      let number = placed["number"].number
      let rows = """
        placement,date,session,code
        \(number),2026-11-30,AM,/
        \(number),2026-11-30,PM,O
        \(number),2026-10-30,PM,O
        999,2026-11-30,AM,/
        \(number),2026-11-30,AM,nothing
        """
      func send(_ status: Int = 200) async throws -> JSONValue {
        let answer = try await officer.service.send(
          .post, "/placement-marks/file", as: officer.subject, officer.role, type: "text/csv", body: rows)
        #expect(answer.status == status, "\(answer.text)")
        return try JSONDecoder().decode(JSONValue.self, from: Data(answer.text.utf8))
      }
      let first = try await send()
      #expect(first["kept"] == 2 && first["refused"] == 3 && first["known"] == 0, "\(first)")
      #expect(first["refusedRows"].elements.map { $0["row"].number } == [4, 5, 6])
      #expect(
        first["refusedRows"].elements.map { $0["reason"].word } == ["not-placed", "unknown-placement", "unknown-code"])
      let again = try await send()
      #expect(again["kept"] == 0 && again["known"] == 2)
      // A correction of one half day leaves the other as it is.
      try await officer.post("/placement-marks", #"{"placement":\#(number),"on":"2026-11-30","afternoon":"I"}"#)
      let virtual = WebCaller(service: officer.service, subject: "u-virtual", role: .virtualSchool)
      let morning = try #require(try await virtual.get("/placed?on=2026-11-30")["children"].elements.first)
      #expect(morning["morning"].word == "/" && morning["afternoon"].word == "I", "\(morning)")
      _ = try await school.get("/placed", 403)
    }
  }

  @Test("What the register shows to an inspection visit: codes, amendments, reasons left over, and sessions off site")
  func evidence() async throws {
    let service = try Caseworked()
    try await service.enrol()
    try await service.mark("2026-11-16", "2026-11-27", "/", "N")
    try await service.amend("2026-11-16", .am, to: "B")
    try await service.amend("2026-11-17", .am, to: "C2")
    try await service.amend("2026-11-18", .am, to: nil)
    let days = DayRange(first: try #require(Day(iso: "2026-11-16")), last: try #require(Day(iso: "2026-11-27")))
    let (school, today) = (service.school, service.clock.today())
    let evidence = try await service.store.read { try SchoolMarks.evidence(at: school, in: days, today: today, $0) }
    #expect(evidence.amended == 3 && evidence.codes.reduce(0) { $0 + $1.sessions } == 19)
    // Of ten afternoons those of the five days up to the 20th are left over on the 30th.
    #expect(evidence.reasonsLeftOver == 5)
    #expect(evidence.offSite == 1 && evidence.offSitePupils == 1 && evidence.partTime == 1)
  }
}
