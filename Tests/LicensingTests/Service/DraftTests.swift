import Foundation
import HTTPTypes
import Rulebook
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import LicensingDomain
@testable import LicensingService

/// The public form, from the draft to the case.
@Suite("Applications by the public form", .timeLimit(.minutes(5))) struct DraftTests {
  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

  static func form(
    email: String = "ada@shop.test", permit: PermitApplication? = MadeUpForms.permit(employer: "applicant"),
    licence: LicenceApplication? = nil
  ) throws -> String {
    let born = Day(iso: "2011-10-01") ?? Day(ordinal: 0)
    return try RouteWalkTests.json(
      ApplicantForm(
        applicant: .init(name: "Canary Shop", email: email, address: ["1 Street"]),
        child: .init(
          givenName: "Canaria", familyName: "Made-Up", dateOfBirth: born, address: ["2 Street"], school: "A school"),
        permit: permit, licence: licence))
  }

  private func value(_ name: String, in text: String) throws -> String {
    let match = try Regex("\"\(name)\":\"([^\"]+)\"").firstMatch(in: text)
    return try String(#require(match?[1].substring))
  }

  /// Sends a draft and reads the code from the message.
  private func begin(_ service: BuiltProgram, _ form: String) async throws -> (key: String, code: String) {
    let before = try Set(LicensingApplication.messages(service))
    let opened = try await service.openly(.post, "/drafts", body: form)
    #expect(opened.status == 200, "\(opened.text)")
    let message = try #require(try LicensingApplication.messages(service).first { !before.contains($0) })
    #expect(!message.contains("Canaria") && !message.contains("Canary"), "a message says nothing of a child")
    #expect(message.contains("To: ada@shop.test\r\n") && message.contains("From: licensing@council.test\r\n"))
    let code = try #require(message.firstMatch(of: /code is ([0-9]{8})/)?.1)
    return (try value("key", in: opened.text), String(code))
  }

  private func keyed(_ key: String, _ more: String = "") -> String { #"{"key":"\#(key)"\#(more)}"# }

  private func document(_ key: String, _ bytes: [UInt8], _ name: String = "contract") -> String {
    keyed(key, #","document":"\#(name)","content":"\#(Data(bytes).base64EncodedString())""#)
  }

  @Test("Draft, code, document, and an officer takes it over: the case has the day of the confirmation and the files")
  func wholeWay() async throws {
    try await LicensingApplication.run { service in
      let (key, code) = try await begin(service, Self.form())
      let early = try await service.openly(.post, "/drafts/documents", body: document(key, Self.png))
      #expect(early.status == 409, "documents only from an address that is confirmed")
      let list = try await service.send(.get, "/drafts", as: "u-o", .licensingOfficer)
      #expect(!list.text.contains(#""d4""#), "officers see confirmed applications only")
      let wrong = try await service.openly(
        .post, "/drafts/confirmation", body: keyed(key, #","code":"00000000x""#))
      #expect(wrong.status == 422)
      let right = try await service.openly(.post, "/drafts/confirmation", body: keyed(key, #","code":"\#(code)""#))
      #expect(right.status == 200 && right.text.contains("confirmed"), "\(right.text)")
      #expect(try await service.openly(.post, "/drafts/documents", body: document(key, Self.png)).status == 200)
      let script = try await service.openly(
        .post, "/drafts/documents", body: document(key, Array("<script>x</script>".utf8)))
      #expect(script.status == 415, "a file is what its bytes are")

      func officer(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil
      ) async throws -> (status: Int, text: String) {
        let answer = try await service.send(method, path, as: "u-o", .licensingOfficer, body: body)
        return (answer.status, answer.text)
      }
      let read = try await officer(.get, "/drafts/d4")
      #expect(read.status == 200 && read.text.contains("Canaria"), "\(read.text)")
      #expect(try await officer(.get, "/drafts/d4/documents/1").status == 200)
      let taken = try await officer(
        .post, "/drafts/d4/case", #"{"pupil":"p000000001","school":"900101"}"#)
      #expect(taken.status == 200, "\(taken.text)")
      let id = try value("id", in: taken.text)
      let application = try await officer(.get, "/work-permits/\(id)/application")
      #expect(application.text.contains(#""notified":"2026-11-30""#), "\(application.text)")
      #expect(application.text.contains(#""employer":"party-5""#), "the applicant is in the register now")
      #expect(try await officer(.get, "/work-permits/\(id)/documents/1").status == 200, "the file went along")
      #expect(try await officer(.get, "/drafts/d4").status == 409, "what it said is gone")
      let state = try await service.openly(.post, "/drafts/state", body: keyed(key))
      #expect(state.text.contains("taken") && !state.text.contains("Canar"))
      #expect(try await officer(.post, "/drafts/d4/closing", #"{"reason":"twice"}"#).status == 409)
    }
  }

  @Test("A licence's documents are those that were sent, whatever the form says; closing forgets the files")
  func licence() async throws {
    try await LicensingApplication.run { service in
      let day = Day(iso: "2026-12-28") ?? Day(ordinal: 0)
      let licence = try MadeUpForms.licence([day], chaperone: "party-3", holder: "applicant")
      let (key, code) = try await begin(service, Self.form(permit: nil, licence: licence))
      _ = try await service.openly(.post, "/drafts/confirmation", body: keyed(key, #","code":"\#(code)""#))
      _ = try await service.openly(.post, "/drafts/documents", body: document(key, Self.png, "photographs"))
      let files = "\(service.path).uploads"
      #expect(try FileManager.default.contentsOfDirectory(atPath: files).count == 1)
      let taken = try await service.send(
        .post, "/drafts/d4/case", as: "u-o", .licensingOfficer,
        body: #"{"pupil":"p000000001","school":"900101","party":"party-2"}"#)
      #expect(taken.status == 200, "\(taken.text)")
      let id = try value("id", in: taken.text)
      let application = try await service.send(
        .get, "/performance-licences/\(id)/application", as: "u-o", .licensingOfficer)
      #expect(application.text.contains(#""documents":["photographs"]"#), "\(application.text)")
      #expect(application.text.contains(#""received":"2026-11-30""#))

      let (second, other) = try await begin(service, Self.form(permit: nil, licence: licence))
      _ = try await service.openly(.post, "/drafts/confirmation", body: keyed(second, #","code":"\#(other)""#))
      _ = try await service.openly(.post, "/drafts/documents", body: document(second, Self.png + [9]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: files).count == 2)
      let closed = try await service.send(
        .post, "/drafts/d5/closing", as: "u-o", .licensingOfficer, body: #"{"reason":"spam"}"#)
      #expect(closed.status == 200, "\(closed.text)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: files).count == 1, "the case keeps its own")
    }
  }

  @Test("Hostile forms are refused with their fields; nothing is kept and nothing is sent")
  func hostile() async throws {
    try await LicensingApplication.run { service in
      let permit = MadeUpForms.permit(employer: "applicant")
      let bad = [
        try Self.form(email: "a@b.test\r\nBcc: all@b.test"), try Self.form(email: "a b@c.test"),
        try Self.form(email: "a@b"),
        try Self.form(permit: nil), try Self.form(permit: MadeUpForms.permit),
        try Self.form(permit: permit, licence: MadeUpForms.licence([Day(ordinal: 20_900)], holder: "applicant")),
        try Self.form().replacing("Canaria", with: String(repeating: "a", count: 201)),
        try Self.form().replacing("2011-10-01", with: "1990-01-01"),
      ]
      for body in bad {
        let answer = try await service.openly(.post, "/drafts", body: body)
        #expect(answer.status == 422 && answer.text.contains("pointer"), "\(answer.text)")
        #expect(!answer.text.contains("Canar"), "a problem repeats nothing that was sent")
      }
      let huge = try await service.openly(
        .post, "/drafts", body: #"{"applicant":""# + String(repeating: "a", count: 600 << 10) + #""}"#)
      #expect([413, 429].contains(huge.status), "\(huge.status)")
      #expect(try LicensingApplication.messages(service) == [])
      for wrong in ["AAAAA-AAAAA-AAAAA-AAAAA", "x", "' OR 1=1 --"] {
        #expect(try await service.openly(.post, "/drafts/state", body: keyed(wrong)).status == 404)
      }
    }
  }

  @Test(
    "A code may be tried five times and is sent three times; one address cannot have more than three drafts waiting")
  func bounds() async throws {
    try await LicensingApplication.run { service in
      let (key, _) = try await begin(service, Self.form())
      var statuses: [Int] = []
      for _ in 0..<6 {
        statuses.append(
          try await service.openly(.post, "/drafts/confirmation", body: keyed(key, #","code":"x""#)).status)
      }
      #expect(statuses == [422, 422, 422, 422, 422, 409])
      statuses = []
      for _ in 0..<3 { statuses.append(try await service.openly(.post, "/drafts/code", body: keyed(key)).status) }
      #expect(statuses == [200, 200, 409])
      statuses = []
      for _ in 0..<3 { statuses.append(try await service.openly(.post, "/drafts", body: Self.form()).status) }
      #expect(statuses == [200, 200, 503])
      #expect(try LicensingApplication.messages(service).count == 5)
    }
  }

  @Test("One place may send ten drafts a minute")
  func rate() async throws {
    try await LicensingApplication.run { service in
      var statuses: [Int] = []
      for number in 0...ApplicantRoutes.perMinute {
        statuses.append(try await service.openly(.post, "/drafts", body: Self.form(email: "a\(number)@b.test")).status)
      }
      #expect(statuses.last == 429 && statuses.dropLast().allSatisfy { $0 == 200 }, "\(statuses)")
    }
  }

  @Test("An e-mail address is plain, whole and no header")
  func addresses() {
    for good in ["a@b.co", "first.last+tag@sub.example.org", "o'neill@x-y.test"] {
      #expect(EmailAddress(good) != nil, "\(good)")
    }
    for bad in [
      "", "@", "a@", "@b.co", "a@b", "a@@b.co", "a@b..co", "a@-b.co", "a@b-.co", "é@b.co", "a@bé.co", "a b@c.co",
      "a@b.co\n", "\"a\"@b.co", "<a@b.co>", "a@b.co,c@d.co", String(repeating: "a", count: 65) + "@b.co",
      "a@" + String(repeating: "b", count: 64) + ".co",
    ] { #expect(EmailAddress(bad) == nil, "\(bad)") }
  }
}
