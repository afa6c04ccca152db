import Crypto
import Foundation
import GRDB
import Logging
import Rulebook
import ServiceKit
import Store
import Synchronization
import TestKit
import Testing

@testable import Contracts
@testable import Letters

@Suite("Issued documents")
struct DocumentTests {
  let store: Store
  let documents: Documents
  let pupil = PupilID("p000000001")

  init() throws {
    store = try Sample.store()
    documents = try Sample.documents()
  }

  func issue(_ recipient: Recipient = Sample.mother, corrects: DocumentNumber? = nil, on day: Day = Sample.today)
    async throws -> IssuedDocument
  {
    let notice = try Sample.notice()
    let filing = DocumentFiling(about: pupil, matter: "pn-1", basis: "d-1", approvedBy: "manager", corrects: corrects)
    return try await store.unit(on: day) { unit in
      try documents.issue(notice, to: recipient, filed: filing, in: unit)
    }
  }

  func printAll() async throws {
    let loop = PrintLoop(
      store: store, printer: StubPrinter(), clock: ManualClock(Sample.now.date),
      alarms: Alarms(logger: Logger(label: "t")))
    try await loop.printWaiting()
  }

  static let posted = DocumentService(
    method: .firstClass, day: Sample.today, by: "post room", address: "1 High Street, Exampleton",
    addressReason: "the school's register", proof: "certificate of posting 12")

  @Test func whatWasIssuedIsReadBackAsItWas() async throws {
    let issued = try await issue()
    #expect(issued.number.text.hasPrefix("880-EN-2627-000001-"))
    let (read, contents) = try await store.read { db in
      (try documents.document(issued.number, in: db), try documents.contents(issued.number, in: db))
    }
    #expect(read == issued)
    #expect(read.filing.about == pupil && read.filing.approvedBy == "manager" && read.recipient == "c1")
    #expect(Data(SHA256.hash(data: contents.html)) == issued.htmlDigest)
    #expect(String(decoding: contents.html, as: UTF8.self).contains(issued.number.text))
    let facts = try JSONDecoder().decode(Documents.Facts.self, from: contents.facts)
    #expect(facts.frame.recipient == "Mary Sample" && facts.particulars["amount"] == .text("£160"))
    #expect(contents.pdf == nil)
    let lists = try await store.read { db in
      try (
        documents.documents(about: #require(pupil), limit: 10, in: db).map(\.number),
        documents.documents(ofMatter: "pn-2", limit: 10, in: db).count
      )
    }
    #expect(lists.0 == [issued.number] && lists.1 == 0)
  }

  @Test func twoParentsAreTwoDocuments() async throws {
    let (first, second) = (try await issue(), try await issue(Sample.father))
    #expect(first.number != second.number && first.htmlDigest != second.htmlDigest)
    let html = try await store.read { db in try documents.contents(second.number, in: db).html }
    #expect(!String(decoding: html, as: UTF8.self).contains("Mary"))
  }

  @Test func numbersRunByServiceAndSchoolYear() async throws {
    let texts = [
      try await issue().number.text, try await issue().number.text,
      try await issue(on: Sample.day(2027, 8, 1)).number.text,
    ]
    #expect(texts.map { String($0.dropLast(2)) } == ["880-EN-2627-000001", "880-EN-2627-000002", "880-EN-2728-000001"])
  }

  @Test func aWrongCharacterOfANumberIsFound() throws {
    let number = DocumentNumber(
      authority: try AuthorityCode("880"), service: .enforcement, year: SchoolYear(startYear: 2026), running: 42)
    #expect(DocumentNumber(number.text.lowercased())?.text == number.text)
    let places = Array(number.text.indices.filter { number.text[$0].isNumber })
    for place in places {
      for digit in "0123456789" where digit != number.text[place] {
        var text = number.text
        text.replaceSubrange(place...place, with: String(digit))
        #expect(DocumentNumber(text) == nil, "\(text)")
      }
    }
    // The example of ISO 7064 MOD 37,36 that the Global Release Identifier standard gives.
    #expect(DocumentNumber.checkCharacter(of: "A12425GABC1234002") == "M")
  }

  @Test func nothingOfADocumentCanBeChanged() async throws {
    let issued = try await issue()
    try await printAll()
    try await store.unit { unit in
      _ = try documents.recordService(Self.posted, of: issued.number, in: unit)
      try documents.recordReceipt(
        .init(kind: .returned, day: Sample.today, evidence: "envelope"), of: issued.number, in: unit)
      try documents.withdraw(issued.number, ground: "material-error", in: unit)
    }
    let tables = [
      "documents", "document_contents", "document_prints", "document_services", "document_receipts",
      "document_withdrawals",
    ]
    for table in tables {
      #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } == 1)
      for sql in ["DELETE FROM \(table)", "UPDATE \(table) SET number = number"] {
        await #expect(throws: DatabaseError.self, "\(sql)") { try await store.write { try $0.execute(sql: sql) } }
      }
    }
    #expect(try await store.read { try documents.document(issued.number, in: $0).isWithdrawn })
  }

  @Test func bytesThatAreNotThoseThatWereIssuedAreRefused() async throws {
    let issued = try await issue()
    try await store.write { db in
      try db.execute(sql: "DROP TRIGGER document_contents_no_update")
      try db.execute(
        sql: "UPDATE document_contents SET html = CAST(replace(CAST(html AS TEXT), '£160', '£999') AS BLOB)")
    }
    await #expect(throws: DocumentError.altered) {
      try await store.read { try documents.contents(issued.number, in: $0) }
    }
  }

  @Test func aCorrectionNamesWhatItReplaces() async throws {
    let first = try await issue()
    let second = try await issue(corrects: first.number)
    let html = try await store.read { try documents.contents(second.number, in: $0).html }
    #expect(second.filing.corrects == first.number)
    #expect(String(decoding: html, as: UTF8.self).contains("<dt>This replaces</dt><dd>\(first.number.text)</dd>"))
    let stranger = DocumentNumber(
      authority: try AuthorityCode("880"), service: .enforcement, year: SchoolYear(startYear: 2020), running: 1)
    await #expect(throws: DocumentError.unknown) { try await issue(corrects: stranger) }
  }

  @Test func disposalLeavesThatItWasIssued() async throws {
    let issued = try await issue()
    try await printAll()
    try await store.unit { unit in
      _ = try documents.recordService(Self.posted, of: issued.number, in: unit)
      try documents.dispose(issued.number, certificate: "disposal-1", in: unit)
    }
    #expect(try await store.read { try documents.document(issued.number, in: $0).isDisposed })
    await #expect(throws: DocumentError.disposed) {
      try await store.read { try documents.contents(issued.number, in: $0) }
    }
    let left = try await store.read { db in
      try ["document_contents", "document_prints", "document_services", "document_receipts"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
      }
    }
    #expect(left == [0, 0, 0, 0])
  }

  @Test func printingGoesOnPastWhatCannotBePrinted() async throws {
    let (bad, good) = (try await issue(), try await issue(Sample.father))
    let alarms = Alarms(logger: Logger(label: "t"))
    let isBroken = Mutex(true)
    let printer = StubPrinter { html in
      isBroken.withLock { $0 } && String(decoding: html, as: UTF8.self).contains("Mary") ? .tookTooLong : nil
    }
    let loop = PrintLoop(store: store, printer: printer, clock: ManualClock(Sample.now.date), alarms: alarms)
    try await loop.printWaiting()
    let digests = { () async throws -> [Data?] in
      try await store.read { db in try [bad, good].map { try documents.document($0.number, in: db).pdfDigest } }
    }
    #expect(try await digests().map { $0 == nil } == [true, false])
    #expect(
      alarms.active == [.init(name: "documents-unprinted", detail: "1 documents cannot be printed: took-too-long")])
    isBroken.withLock { $0 = false }
    try await loop.printWaiting()
    #expect(try await digests().map { $0 == nil } == [false, false])
    #expect(alarms.active.isEmpty)
    let pdf = try await store.read { try documents.contents(bad.number, in: $0).pdf }
    #expect(pdf?.starts(with: Data("%PDF-".utf8)) == true)
  }

  @Test func aDocumentIsGivenOutAsThePageAndAsThePDFOncePrintedAndOnlyByItsOwnCase() async throws {
    let issued = try await issue()
    func type(_ form: DocumentForm, of matter: String = "pn-1") async throws -> String {
      try await store.read { try documents.file(issued.number, ofMatter: matter, as: form, in: $0).contentType }
    }
    #expect(try await type(.html) == "text/html; charset=utf-8")
    await #expect(throws: DocumentError.unprinted) { _ = try await type(.pdf) }
    try await printAll()
    #expect(try await type(.pdf) == "application/pdf")
    await #expect(throws: DocumentError.unknown) { _ = try await type(.pdf, of: "pn-2") }
  }
}
