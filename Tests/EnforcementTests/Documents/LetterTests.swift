import EnforcementDomain
import Foundation
import Rulebook
import TestKit
import Testing

@testable import EnforcementService
@testable import Letters

@Suite("Documents of enforcement")
struct LetterTests {
  static let samples =
    MadeNotices.samples + MadePapers.samples + MadeSupervision.samples + MadeReminders.samples
  static let today = day("2026-11-27")
  /// Checks all templates once.
  static let book = Result { try EnforcementLetters.book() }

  private static let sender = LetterSender(name: "Exampleshire Council", address: ["County Hall", "EX1 1AA"])
  private static let reader = Recipient(id: "c1", name: "The Reader", address: ["1 High Street", "EX2 2BB"])

  static func html(_ letter: some Letter) throws -> String {
    let entry = try book.get().entry(type(of: letter).id, language: "en", format: .letter, on: today)
    let frame = try LetterPage.Frame(sender, reader, on: today, number: nil, corrects: nil)
    return LetterPage.html(entry.template, entry.compiled, .letter, frame, try fill(letter))
  }

  static func fill<Kind: Letter>(_ letter: Kind) throws(LetterError) -> [String: Filling] {
    try Filling.fill(Kind.particulars, letter)
  }

  /// The words of a page as they are read.
  static func words(_ html: String) -> String {
    html.replacing(/(?s)<style>.*?<\/style>/, with: "").replacing(/<[^>]*>/, with: " ").replacing(/\s+/, with: " ")
      .replacing(/\s(?=[.,:])/, with: "")
  }

  /// The particulars with all their parts.
  static func flat(_ outlines: [Outline]) -> [Outline] { outlines.flatMap { [$0] + flat($0.parts) } }

  /// What fills a document, with what fills its parts.
  static func flat(_ filled: [String: Filling]) -> [(name: String, filling: Filling)] {
    filled.flatMap { name, filling in
      guard case .rows(let rows) = filling else { return [(name, filling)] }
      return [(name, filling)] + rows.flatMap { Self.flat($0) }
    }
  }

  /// The texts of a document by their names.
  static func texts(_ filled: [String: Filling]) -> [(name: String, text: String)] {
    flat(filled).compactMap { name, filling in
      if case .text(let text) = filling { (name, text) } else { nil }
    }
  }

  @Test func everyKindIsInTheBookOnceAndHasASample() throws {
    let ids = EnforcementLetters.kinds.map { $0.id }
    #expect(Set(ids).count == ids.count && ids.allSatisfy { $0.hasPrefix("enforcement.") })
    #expect(Set(try Self.samples.map { type(of: try $0.make(Say())).id }) == Set(ids))
    for kind in EnforcementLetters.kinds {
      let names = Self.flat(kind.outlines).map(\.name)
      #expect(Set(names).count == names.count, "\(kind.id) has a name twice")
      #expect(Self.flat(kind.outlines).allSatisfy { !$0.source.isEmpty }, "\(kind.id)")
    }
  }

  @Test(arguments: samples)
  func saysWhatItMust(sample: LetterSample) throws {
    let letter = try sample.make(Say())
    let html = try Self.html(letter)
    let words = Self.words(html)
    for text in sample.says { #expect(words.contains(text), "\(text)") }
    for text in sample.omits { #expect(!words.contains(text), "\(text)") }
    for (name, text) in Self.texts(try Self.fill(letter)) {
      #expect(html.contains(LetterText.html(text)), "\(name) is not on the page")
    }
    #expect(!html.contains("{{") && !words.contains("[") && !words.contains(/_{2}/), "nothing is left to fill in")
    #expect(!words.contains(/[0-9]{4}-[0-9]{2}-[0-9]{2}/), "days are in words")
    #expect(!words.contains(/\b(null|nil|Optional)\b/) && !html.contains("<p></p>"))
  }

  /// A text that is blank or a list that is empty is refused under its name and source; anything else is a value that
  /// cannot be blank.
  @Test(arguments: samples)
  func whatIsMissingIsRefused(sample: LetterSample) throws {
    let say = Say()
    let letter = try sample.make(say)
    let outlines = Self.flat(type(of: letter).outlines)
    #expect(say.names.isSubset(of: outlines.map(\.name)))
    for outline in outlines where say.names.contains(outline.name) {
      #expect(throws: LetterError.missing(particular: outline.name, source: outline.source)) {
        try Self.fill(sample.make(Say(without: outline.name)))
      }
    }
    for (name, text) in Self.texts(try Self.fill(letter)) where !say.names.contains(name) {
      let isValue =
        text.wholeMatch(
          of: /(\w+day )?\d{1,2} \w+ \d{4}|£[\d,.]+|\d+|880-EN-2627-000042-B|Morning|Afternoon|[A-Z\/][0-9]?/) != nil
      #expect(isValue, "\(name) could be blank and was not tried")
    }
  }

  /// The samples together print every particular there is.
  @Test func theSamplesLeaveNothingOut() throws {
    var printed: [String: Set<String>] = [:]
    for sample in Self.samples {
      let letter = try sample.make(Say())
      let said = Self.flat(try Self.fill(letter)).filter { $0.filling != .statement(false) }
      printed[type(of: letter).id, default: []].formUnion(said.map(\.name))
    }
    for kind in EnforcementLetters.kinds where kind.id != PenaltyNotice.id {
      #expect(Set(Self.flat(kind.outlines).map(\.name)).subtracting(printed[kind.id] ?? []) == [], "\(kind.id)")
    }
  }

  /// Every particular of every kind, taken out of its template.
  @Test func aTemplateWithoutAParticularIsRefused() throws {
    for kind in EnforcementLetters.kinds {
      for outline in Self.flat(kind.outlines) {
        let words = kind.template
          .replacing(try Regex("(?s)\\{\\{#\(outline.name)\\}\\}.*?\\{\\{/\(outline.name)\\}\\}"), with: "")
          .replacing("{{\(outline.name)}}", with: "")
        let faults = TemplateCheck.faults(in: try LetterTemplate(words), kind.outlines).map(\.text)
        #expect(
          faults.contains { $0.hasPrefix("\(outline.name) is required (\(outline.source))") }, "\(kind.id): \(faults)")
      }
    }
  }

  @Test func noticesAndOrdersOfTheEducationActAreServedAsItSays() {
    let served = EnforcementLetters.kinds.filter { $0.service.id == ServiceRules.educationAct.id }.map { $0.id }
    #expect(
      Set(served) == [
        "enforcement.notice-to-satisfy", "enforcement.notice-of-intention", "enforcement.school-consultation",
        "enforcement.school-attendance-order", "enforcement.attendance-order-decision",
        "enforcement.attendance-order-reminder",
      ])
  }

  /// A document of each kind in one run of the real printer, and read back.
  @Test func everyKindIsPrinted() async throws {
    var seen: Set<String> = []
    let samples = try Self.samples.filter { seen.insert(type(of: try $0.make(Say())).id).inserted }
    let pages = try samples.map { try Self.html($0.make(Say())) }
    let bodies = try pages.map { try #require($0.firstMatch(of: /(?s)<body>(.*)<\/body>/)?.1) }
    let page = try #require(pages.first).replacing(
      /(?s)<body>.*<\/body>/,
      with: "<body>\(bodies.map { "<div style=\"break-after: page\">\($0)</div>" }.joined())</body>")
    let file = URL(fileURLWithPath: NSTemporaryDirectory() + "documents-\(UUID().uuidString).pdf")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(try await WeasyPrinter(.init(seconds: 100)).pdf(of: Array(page.utf8))).write(to: file)
    let printed = try await output(of: "pdftotext", ["-raw", file.path, "-"])
    let words = String(decoding: printed, as: UTF8.self).replacing(/\s+/, with: " ")
    #expect(samples.count == EnforcementLetters.kinds.count)
    for sample in samples { for text in sample.says { #expect(words.contains(text), "\(sample.title): \(text)") } }
  }
}
