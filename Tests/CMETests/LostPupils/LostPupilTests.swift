import CMEDomain
import Foundation
import HTTPTypes
import RegistersDomain
import Rulebook
import SchoolFiles
import Seeded
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import CMEService

/// Files for the store of lost pupils, and what a search of it gives.
@Suite("Lost pupils", .timeLimit(.minutes(5))) struct LostPupilTests {
  private static let born = Day(iso: "2016-05-10") ?? Day(ordinal: 0)
  private static let source = CTFSource(authority: "880", establishment: "1234", urn: "900101", name: "Harbour Lane")

  private static func upn(_ text: String) throws -> UPN { try UPN(text.withCheckLetter) }

  private static func child(
    _ given: String = "Canaryna", _ family: String = "Wrenfield", born: Day = born, sex: Sex? = .female,
    upn: UPN? = nil
  ) -> LostPupil { LostPupil(givenName: given, familyName: family, dateOfBirth: born, sex: sex, upn: upn) }

  @Test(
    "A pupil number with the birth date, or names, birth date and sex, match; less is a lead; another child is none")
  func likeness() throws {
    let (one, two) = (try Self.upn("A880123456789"), try Self.upn("A880123456788"))
    let (year, slip) = (Self.born.adding(months: 12), Day(iso: "2016-10-05") ?? Self.born)
    let cases: [(LostPupil, LostPupil, LostPupil.Likeness?, String)] = [
      (Self.child(upn: one), Self.child("Other", "Name", upn: one), .match, "number and birth"),
      (Self.child(upn: one), Self.child(born: slip, upn: one), .lead, "number alone"),
      (Self.child(), Self.child(), .match, "names, birth, sex"),
      (Self.child(), Self.child(sex: nil), .lead, "no sex"), (Self.child(), Self.child(sex: .male), nil, "other sex"),
      (Self.child(), Self.child("Canarina"), .lead, "spelling"),
      (Self.child(), Self.child("Wilhelmina"), nil, "a twin"),
      (Self.child(), Self.child(born: year), nil, "another birth date"),
      (Self.child(upn: one), Self.child(upn: two), .match, "other numbers do not part the same child"),
    ]
    for (a, b, likeness, name) in cases { #expect(a.likeness(to: b) == likeness, "\(name)") }
  }

  @Test("A file has one pupil and the code of an unknown destination; a protected child's names no school")
  func writing() throws {
    let bytes = LostPupilFile.write(Self.child(), from: Self.source, at: "2026-11-30T00:00:00")
    let contents = try LostPupilFile.read(bytes)
    #expect(contents.pupils == [1: Self.child()] && contents.unreadable.isEmpty && contents.received == 1)
    #expect(contents.header.destination == .unknown && contents.header.sourceAuthority == "880")
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("<Estab>XXXX</Estab>") && text.contains("Harbour Lane"))
    let hidden = String(
      decoding: LostPupilFile.write(Self.child(), from: nil, at: "2026-11-30T00:00:00"), as: UTF8.self)
    #expect(!hidden.contains("Harbour") && !hidden.contains("1234") && !hidden.contains("900101"))
    let template = "{source}_CTF_{destination}_{number}.xml"
    #expect(LostPupilFile.name(template, source: Self.source, number: 7) == "8801234_CTF_XXXXXXX_007.xml")
    #expect(LostPupilFile.name(template, source: nil, number: 1_234) == "XXXXXXX_CTF_XXXXXXX_1234.xml")
  }

  @Test("What registers write is read here, and what is written here registers read")
  func roundTrip() throws {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let names = ["Zoë", "O'Brien", "Al-Ḥasan", "Anne Marie", "Brée", "Smith & Son", "名前"]
    for _ in 0..<200 {
      let child = Self.child(
        names.randomElement(using: &generator) ?? "", names.randomElement(using: &generator) ?? "",
        born: Self.born.adding(days: Int.random(in: -4_000...4_000, using: &generator)),
        sex: Sex.allCases.randomElement(using: &generator),
        upn: try Self.upn("A880\(Int.random(in: 100_000_000...999_999_999, using: &generator))"))
      let bytes = LostPupilFile.write(child, from: Self.source, at: "2026-11-30T00:00:00")
      let read = try CTFReader.read(bytes, enrolledOn: "2026-09-02")
      #expect(read.faults.isEmpty && read.rows.count == 1, "\(read.faults)")
      let written = CTFWriter.write(
        read.rows.map(\.pupil), from: Self.source, to: .unknown, at: "2026-11-30T00:00:00")
      #expect(try LostPupilFile.read(written).pupils == [1: child])
    }
  }

  @Test("Hostile files are refused or read within bounds, and never trap")
  func hostile() throws {
    var generator = SeededGenerator(seed: SeededGenerator.chosenSeed)
    let whole = LostPupilFile.write(Self.child(), from: Self.source, at: "2026-11-30T00:00:00")
    var (read, refused) = (0, 0)
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0 ... .max, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: bytes.prefix(place).suffix(40), at: place)
        default: bytes.removeLast(min(bytes.count - 1, 9))
        }
      }
      do {
        let contents = try LostPupilFile.read(bytes)
        #expect(contents.pupils.count + contents.unreadable.count == contents.received)
        #expect(contents.received <= LostPupilFile.limits.pupils)
        read += 1
      } catch { refused += 1 }
    }
    print("lost pupils: \(read) changed files read, \(refused) refused")
    #expect(read > 0 && refused > 0)
    for (text, fault) in [
      ("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><CTfile/>", CTFFault.documentType),
      ("<CTfile>" + String(repeating: "<a>", count: 40) + "</CTfile>", .tooDeep), ("", .empty),
      (String(repeating: " ", count: 1 << 21), .tooLarge), ("<x/>", .notTransferFile),
    ] { #expect(throws: fault) { try LostPupilFile.read(Array(text.utf8)) } }
  }

  @Test("An officer makes, uploads and confirms a file; results are leads; nothing of what files say is kept")
  func desk() async throws {
    try await CMEApplication.run { service in
      func send(_ path: String, _ body: String) async throws -> (status: Int, text: String) {
        let answer = try await service.send(.post, "/cases/c1/\(path)", as: "u-officer", .cmeOfficer, body: body)
        return (answer.status, answer.text)
      }
      let made = try await send(
        "lost-pupil-files", #"{"school":\#(MoreRows.school),"reason":"Destination unknown"}"#)
      #expect(made.status == 200 && made.text.contains("8801234_CTF_XXXXXXX_001.xml"), "\(made.text)")
      let child = MoreRows.child.replacing("Ada", with: "Canaryna")
      let content = try await send(
        "lost-pupil-files/1/content", #"{"child":\#(child),"school":\#(MoreRows.school)}"#)
      #expect(content.status == 200 && content.text.contains("Canaryna"), "\(content.text)")
      #expect(
        try await send("lost-pupil-files/2/content", #"{"child":\#(child),"school":\#(MoreRows.school)}"#).status == 404
      )
      let early = try await send("lost-pupil-files/1/receipt", #"{"on":"2026-11-29"}"#)
      #expect(early.status == 422 && early.text.contains("/on"), "\(early.text)")
      let receipt = try await send("lost-pupil-files/1/receipt", #"{"on":"2026-11-30"}"#)
      #expect(receipt.text.contains(#""receiptOn":"2026-11-30""#), "\(receipt.text)")
      let file =
        "<CTfile><Header><CTFversion>26.0</CTFversion></Header><CTFpupilData><Pupil><Surname>Made-up</Surname>"
        + "<Forename>Canaryna</Forename><DOB>2016-11-30</DOB><Sex>F</Sex></Pupil><Pupil/></CTFpupilData></CTfile>"
      let leads = try await send(
        "lost-pupil-results", #"{"child":\#(child),"file":"\#(file)","reason":"Searched the store"}"#)
      #expect(leads.status == 200 && leads.text.contains(#""likeness":"match""#), "\(leads.text)")
      #expect(leads.text.contains("newer version") && leads.text.contains(#""unreadable":[2]"#), "\(leads.text)")
      let refused = try await send(
        "lost-pupil-results", #"{"child":\#(child),"file":"<!DOCTYPE x><CTfile/>","reason":"Searched"}"#)
      #expect(refused.status == 422 && refused.text.contains("document type"), "\(refused.text)")
      let kept = try Data(contentsOf: URL(fileURLWithPath: service.path))
      let log = try? Data(contentsOf: URL(fileURLWithPath: service.path + "-wal"))
      for data in [kept, log ?? Data()] { #expect(data.range(of: Data("Canaryna".utf8)) == nil) }
    }
  }
}
