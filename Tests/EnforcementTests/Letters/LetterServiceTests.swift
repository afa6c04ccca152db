import CaseFlow
import CaseKit
import Contracts
import EnforcementDomain
import Foundation
import GRDB
import Letters
import Messaging
import RollCopy
import Rulebook
import ServiceKit
import Store
import Testing

@testable import EnforcementService

@Suite("Letters that officers issue") struct LetterServiceTests {
  private static let satisfy = """
    "satisfy":{"child":"Ada Made-Up","reasons":["Nobody has seen any work"],"evidence":["Examples of work"],
    "service":{"method":"first_class","on":"2027-01-01"}}
    """

  private static func enquiry() async throws -> (Enforced, String) {
    let service = try await Enforced.withProposal()
    let id = try await service.begin(
      service.desk.orders.attendance, .enquire, [.resident: .flag(true)], by: .cmeOfficer)
    return (service, id)
  }

  @Test("Each parent has a document of their own, without the other's address, and the days are the law's")
  func eachParent() async throws {
    let (service, id) = try await Self.enquiry()
    let numbers = try await service.write(
      AttendanceOrderLetters.self, id, Enforced.to("mother", "father"), Self.satisfy)
    #expect(numbers.count == 2)
    let (first, second) = (try await service.words(numbers[0]), try await service.words(numbers[1]))
    #expect(first.contains("6 mother street") && !first.contains("father street"))
    #expect(second.contains("6 father street") && !second.contains("mother street"))
    // Posted on Friday 1 January: served on Tuesday the 5th, fifteen days with it.
    #expect(first.contains("Tuesday 19 January 2027") && first.contains("Tuesday 5 January 2027"))
    let recipients = try await service.store.read {
      try String.fetchAll($0, sql: "SELECT recipient FROM documents ORDER BY running")
    }
    #expect(recipients == [Enforced.mother.text, Enforced.father.text])
  }

  @Test("A particular that is missing stops the document for everybody, and names its rule")
  func missing() async throws {
    let (service, id) = try await Self.enquiry()
    let blank = Self.satisfy.replacing("Nobody has seen any work", with: " ")
    let refused = await service.faults {
      try await service.write(AttendanceOrderLetters.self, id, Enforced.to("mother", "father"), blank)
    }
    #expect(refused?.contains("reason") == true && refused?.contains("Education Act 1996 s437(1)") == true)
    let early = await service.faults {
      try await service.write(
        AttendanceOrderLetters.self, id, Enforced.to("mother"),
        #""order":{"parent":"Ida","child":"Ada","school":"A school","schoolAddress":["1"],"registerBy":"2027-03-01"}"#)
    }
    #expect(early?.contains("service of a notice to satisfy") == true)
    let both = await service.faults {
      try await service.write(
        AttendanceOrderLetters.self, id, Enforced.to("mother"),
        Self.satisfy + #","reminder":{"child":"Ada","school":"A school","lastDay":"2027-03-01"}"#)
    }
    #expect(both?.contains("exactly one letter") == true)
    #expect(try await service.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM documents") } == 0)
  }

  @Test("Nobody is written to who is no parent, is another parent than the one it concerns, or may not read it")
  func readers() async throws {
    let service = try await Enforced.withProposal()
    let notice = try await service.consider()
    let number = try await service.issue(notice)
    let reminder = #""reminder":{"child":"Ada Made-Up"}"#
    for to in [Enforced.to("father"), Enforced.to("school"), Enforced.to("mother", "mother")] {
      #expect(
        await service.faults { try await service.write(NoticeLetters.self, notice, to, reminder) } != nil, "\(to)")
    }
    let stranger = Enforced.to("mother").replacing(Enforced.mother.text, with: "c00000000z")
    #expect(await service.faults { try await service.write(NoticeLetters.self, notice, stranger, reminder) } != nil)
    let written = try await service.write(NoticeLetters.self, notice, Enforced.to("mother"), reminder)
    let words = try await service.words(try #require(written.first))
    #expect(words.contains(number.text) && words.contains("£80 so that we have it by Monday 25 January 2027"))
    #expect(words.contains("costs £160, until Monday 1 February 2027"))
  }

  @Test("Letters about money say what the account says: short, complete, late, double, and what was certified")
  func money() async throws {
    let service = try await Enforced.withProposal()
    let number = try await service.issue(service.consider())
    let payer = Enforced.to("payer")
    let held = #""held":{"reason":"It is less than the penalty.","otherwise":"We return it."}"#
    #expect(await service.faults { try await service.writeOfMoney(number, payer, held) }?.contains("No money") == true)
    try await service.pay(50, number, receipt: "r1")
    let short = try await service.writeOfMoney(number, payer, held)
    #expect(try await service.words(short[0]).contains("Pay another £30"))
    let receipt = try await service.writeOfMoney(number, payer, #""receipt":{"payment":1}"#)
    #expect(try await service.words(receipt[0]).contains("another £30 by Monday 25 January 2027"))
    let certificate = #""certificate":{"parent":"Ida Made-Up"}"#
    #expect(await service.faults { try await service.writeOfMoney(number, Enforced.to("court"), certificate) } != nil)
    try await service.pay(30, number, receipt: "r2")
    try await service.pay(80, number, receipt: "r3")
    let complete = try await service.writeOfMoney(number, payer, #""receipt":{"payment":2}"#)
    #expect(try await service.words(complete[0]).contains("The penalty is paid in full"))
    #expect(
      await service.faults { try await service.writeOfMoney(number, payer, #""receipt":{"payment":3}"#) }?
        .contains("does not count") == true, "a second payment is no receipt")
    let paid = try await service.writeOfMoney(number, Enforced.to("court"), certificate)
    #expect(try await service.words(paid[0]).contains("I certify that £80 was received"))
    for text in [short, receipt, complete] {
      #expect(try await !service.words(text[0]).contains("Ada"), "a payer is told nothing of the child")
    }
  }

  @Test("Unpaid after its time is certified, and money that went back is told with its reason")
  func unpaid() async throws {
    let (service, notice) = try await Enforced.withUnpaidNotice()
    let number = try #require(
      try await service.store.read { try Notices.find(subject: "n1", in: $0)?.issue?.document })
    let paper = try await service.writeOfMoney(
      number, Enforced.to("court"), #""certificate":{"parent":"Ida Made-Up"}"#)
    let words = try await service.words(paper[0])
    #expect(words.contains("had not received payment") && words.contains("Monday 1 February 2027"))
    try await service.pay(160, number, receipt: "r1")
    #expect(try await service.state(notice) == .queried)
    let payments = NoticePayments(desk: service.desk)
    let day = service.clock.today()
    let letters = service.moneyLetters
    let returned = try await service.transactions.write(by: Paid.clerk) { unit in
      let stored = try #require(try Payments.find(1, in: unit.db))
      let act = try payments.act(
        .returned(from: number, on: day, .pounds(160), .late), on: stored, because: "late", in: unit)
      let form = try JSONDecoder().decode(
        AccountLetters.ReturnForm.self,
        from: Data("{\(Enforced.to("payer")),\(Enforced.sender),\"act\":\(act),\"how\":\"To your bank.\"}".utf8))
      return try letters.giveBack(form, 1, unit)
    }
    #expect(try await service.words(returned[0]).contains("£160. To your bank."))
    #expect(try await service.words(returned[0]).contains("after the last day"))
  }

  @Test("A certificate of attendance has every charged session with its code, or is not made")
  func certificate() async throws {
    let service = try await Enforced.withProposal()
    let id = try await service.refer(route: "direct")
    func certify(_ range: Range<Int>, _ code: String = "O") async throws -> [DocumentNumber] {
      let marks = service.places(range).map {
        #"{"date":"\#($0.date.iso)","session":"\#($0.session.rawValue)","code":"\#(code)"}"#
      }
      return try await service.write(
        ProsecutionLetters.self, id, Enforced.to("court"),
        """
        "certificate":{"child":"Ada Made-Up","school":"A school","first":"2026-09-07","last":"2026-09-30",
        "register":[\(marks.joined(separator: ","))]}
        """)
    }
    #expect(await service.faults { _ = try await certify(0..<9) }?.contains("CP-2") == true)
    #expect(await service.faults { _ = try await certify(0..<10, "G") }?.contains("CP-2") == true)
    let words = try await service.words(try await certify(0..<12)[0])
    #expect(words.contains("Half days missed without permission 12") && words.contains("10 May 2014"))
  }

  @Test("The result of a prosecution says what the case says, and the day of an appeal")
  func result() async throws {
    let (service, _) = try await Enforced.withUnpaidNotice()
    let id = try await service.refer()
    let words = """
      "result":{"parent":"Ida","child":"Ada","school":"A school","court":"Exampleton","orders":["A fine of £200"]}
      """
    #expect(
      await service.faults {
        try await service.write(ProsecutionLetters.self, id, Enforced.to("mother"), words)
      } != nil, "there is no result yet")
    try await service.prepare(id)
    try await service.signPack(id)
    try await service.lay(id)
    try await service.does(id, .serveSummons, [.servedOn: .text("2027-02-02"), .hearingOn: .text("2027-03-01")])
    try await service.does(id, .pleadGuilty, [.convictedOf: .text("s444-1")])
    try await service.does(
      id, .sentence,
      [
        .sentence: .text("fine"), .sentencedOn: .text("2027-02-02"), .fineBand: .text("band-b"), .fine: .number(200_00),
        .surcharge: .number(80_00), .costs: .number(0), .parentingOrder: .flag(false),
        .supervisionDirected: .flag(false),
      ])
    let numbers = try await service.write(ProsecutionLetters.self, id, Enforced.to("mother", "school"), words)
    #expect(try await service.words(numbers[0]).contains("by Tuesday 23 February 2027"))
    #expect(try await !service.words(numbers[1]).contains("An appeal must"), "the school is told of no appeal")
  }
}
