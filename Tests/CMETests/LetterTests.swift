import CMEDomain
import Foundation
import HTTPTypes
import Letters
import Rulebook
import ServiceKit
import ServiceTestKit
import Testing

@testable import CMEService

/// The letters of cme: each has what the law asks of it, or is refused with the particular's name.
@Suite("Letters of cme", .timeLimit(.minutes(5))) struct LetterTests {
  private func send(
    _ service: BuiltProgram, _ path: String, _ body: String, as role: Role = .cmeOfficer
  ) async throws -> (status: Int, text: String) {
    let answer = try await service.send(.post, path, as: role == .manager ? "u-manager" : "u-officer", role, body: body)
    return (answer.status, answer.text)
  }

  /// The page of a document that was issued.
  private func page(_ service: BuiltProgram, _ path: String, _ issued: String) async throws -> String {
    struct Issued: Decodable { let documents: [String] }
    let number = try #require(JSONDecoder().decode(Issued.self, from: Data(issued.utf8)).documents.first)
    return try await service.send(.get, "\(path)/letters/\(number)", as: "u-officer", .cmeOfficer).text
  }

  private func body(_ key: String) throws -> String {
    let row = try #require(MoreRows.bodies[key], "\(key)")
    return row
  }

  @Test("Every letter of a search says what it must, and only for the state that it is for")
  func ofSearch() async throws {
    try await CMEApplication.run { service in
      let path = "/cases/c1"
      let opened = try await send(service, "\(path)/letters/enquiry-opened", try body("enquiry-opened"))
      #expect(opened.status == 200, "\(opened.text)")
      let list = try await page(service, path, opened.text)
      #expect(list.contains("School-to-school search") && list.contains("28 December 2026"), "\(list)")
      #expect(list.contains("tell them nothing") && list.contains("Ada Made-Up"))
      let certified = try await send(service, "\(path)/letters/joint-enquiries", try body("joint-enquiries"))
      #expect(certified.status == 200, "\(certified.text)")
      let certificate = try await page(service, path, certified.text)
      #expect(certificate.contains("ground (i)") && certificate.contains("Monday 2 November 2026"), "\(certificate)")
      #expect(certificate.contains("reasonable efforts jointly") && certificate.contains("For the school: Lead"))
      let bare = try body("joint-enquiries").replacing(#"{"day":"2026-11-02","mark":"Absent"}"#, with: "")
      let refused = try await send(service, "\(path)/letters/joint-enquiries", bare)
      #expect(refused.status == 422 && refused.text.contains("absences is missing"), "\(refused.text)")
      let asked = try await send(service, "\(path)/letters/information-request", try body("information-request"))
      let question = try await page(service, path, asked.text)
      #expect(question.contains("Monday 14 December 2026") && question.contains("s436A"), "\(question)")
      let silent = try body("information-request").replacing("s436A", with: " ")
      #expect(try await send(service, "\(path)/letters/information-request", silent).text.contains("basis is missing"))
      let past = try body("information-request").replacing("2026-12-14", with: "2026-11-29")
      #expect(try await send(service, "\(path)/letters/information-request", past).status == 422)
      #expect(try await send(service, "\(path)/letters/place-offer", try body("place-offer")).status == 409)
      #expect(try await send(service, "\(path)/letters/search-closed", try body("search-closed")).status == 409)
      let locate = #"{"act":"locate","reason":"Seen","facts":{"evidence":"contact"}}"#
      #expect(try await send(service, "\(path)/acts", locate).status == 200)
      let offered = try await send(service, "\(path)/letters/place-offer", try body("place-offer"))
      let place = try await page(service, path, offered.text)
      #expect(place.contains("Tuesday 5 January 2027") && place.contains("decline"), "\(place)")
      let close = #"{"act":"close","reason":"Found","facts":{"outcome":"abroad","evidence":"ticket"}}"#
      #expect(try await send(service, "\(path)/acts", close).status == 200)
      let told = try await send(service, "\(path)/letters/search-closed", try body("search-closed"))
      let closed = try await page(service, path, told.text)
      #expect(closed.contains("was found") && !closed.contains("abroad") && !closed.contains("ticket"), "\(closed)")
      #expect(
        try await service.send(.get, "/cases/c2/letters/880-CM-2627-000001-K", as: "u-officer", .cmeOfficer).status
          == 404)
    }
  }

  @Test("Parents who educate at home are acknowledged, asked and told what was found; nothing binds them before s437")
  func ofHomeEducation() async throws {
    try await CMEApplication.run { service in
      let path = "/home-education/c6"
      let form = try body("home-education")
      let first = try await send(service, "\(path)/letters/home-education", form)
      #expect(first.status == 200, "\(first.text)")
      let page = try await page(service, path, first.text)
      #expect(page.contains("you wrote to the school") && page.contains("Nothing binds you"), "\(page)")
      let unasked = form.replacing("How do you teach?", with: " ")
      #expect(try await send(service, "\(path)/letters/home-education", unasked).text.contains("/asked"))
      let early = form.replacing("acknowledgement", with: "outcome")
      #expect(try await send(service, "\(path)/letters/home-education", early).status == 409)
      for act in [
        #"{"act":"ask","reason":"Wrote"}"#,
        #"{"act":"find-unsuitable","reason":"Saw","facts":{"ground":"No work was shown"}}"#,
      ] { #expect(try await send(service, "\(path)/acts", act).status == 200) }
      let outcome = try await send(service, "\(path)/letters/home-education", early)
      let found = try await self.page(service, path, outcome.text)
      #expect(found.contains("No work was shown") && found.contains("section 437(1)"), "\(found)")
      #expect(!found.contains("Nothing binds you"))
    }
  }

  @Test("An authority is told by letter only once its alert was acknowledged")
  func ofAlert() async throws {
    try await CMEApplication.run { service in
      let path = "/alerts/c3"
      #expect(try await send(service, "\(path)/letters/receipt", try body("receipt")).status == 409)
      let receipt = #"{"known":true,"officer":"R Kite","reason":"Known here"}"#
      #expect(try await send(service, "\(path)/acknowledgement", receipt).status == 200)
      let sent = try await send(service, "\(path)/letters/receipt", try body("receipt"))
      let page = try await page(service, path, sent.text)
      #expect(page.contains("CME-7") && page.contains("known here") && !page.contains("Canaryna"), "\(page)")
    }
  }

  @Test("Both sides sign: without the school's signature nothing is certified, and a changed statement is signed anew")
  func signing() async throws {
    try await CMEApplication.run { service in
      func school(_ method: String, _ path: String, _ body: String?, at school: String) async throws -> (Int, String) {
        let answer = try await service.send(
          method == "GET" ? .get : .post, path, as: "u-school", .school, schools: [school], body: body)
        return (answer.status, answer.text)
      }
      let statement =
        #"{"ground":"i","finding":"not-found","unavoidable":false,"daysShown":true,"schoolOfficer":"Lead"}"#
      let said = try await send(service, "/cases/c1/statement", statement)
      #expect(said.text.contains("No officer of the school has agreed and signed"), "\(said.text)")
      let other = try await school("POST", "/cases/c1/statement/signature", nil, at: CMEApplication.theirs)
      #expect(other.0 == 404, "\(other.1)")
      let signed = try await school("POST", "/cases/c1/statement/signature", nil, at: CMEApplication.school)
      #expect(signed.0 == 200 && signed.1.contains(#""certificate":"efforts-failed""#), "\(signed.1)")
      let again = try await send(
        service, "/cases/c1/statement", statement.replacing("not-found", with: "found-no-return"))
      #expect(
        again.text.contains(#""schoolSigned":false"#) && !again.text.contains(#""certificate":"#), "\(again.text)")
      let check = #"{"item":1,"part":"school","askedOn":"2026-11-30","result":"found"}"#
      #expect(try await school("POST", "/cases/c1/checks", check, at: CMEApplication.school).0 == 200)
      let theirs = check.replacing(#""part":"school""#, with: #""part":"authority""#).replacing("1,", with: "5,")
      let refused = try await school("POST", "/cases/c1/checks", theirs, at: CMEApplication.school)
      #expect(refused.0 == 422 && refused.1.contains("/part"), "\(refused.1)")
    }
  }
}
