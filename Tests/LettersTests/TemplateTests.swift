import Rulebook
import Testing

@testable import Letters

/// The smallest kind with every sort of particular.
private struct Small: Letter {
  let name: String
  var note: String?
  var days: [String] = ["Monday"]
  var extras: [String] = []

  static let id = "test.small"
  static let particulars: [Particular<Self>] = [
    .text("name", "rule 1") { $0.name },
    .statement("promise", "rule 2"),
    .statement("reminder", "rule 3", if: { $0.note == nil }),
    .group("note", "rule 4", of: { $0.note }, [.text("noteText", "rule 4") { $0 }]),
    .list("days", "rule 5", atLeast: 1, of: { $0.days }, [.text("dayName", "rule 5") { $0 }]),
    .list("extras", "rule 6", of: { $0.extras }, [.text("extra", "rule 6") { $0 }]),
  ]
  static let head = "id: test.small\nversion: 1\ntitle: A small letter\n---\n"
  static let body = """
    <p>Dear {{name}}</p>
    {{#promise}}<p>We promise to be brief.</p>{{/promise}}
    {{#reminder}}<p>Remember to be brief.</p>{{/reminder}}
    {{#note}}<p>{{noteText}}</p>{{/note}}
    <ul>{{#days}}<li>{{dayName}}</li>{{/days}}</ul>
    <ul>{{#extras}}<li>{{extra}}</li>{{/extras}}</ul>
    """
  static let template = head + body

  func made(_ own: String? = nil) throws -> String {
    let book = try LetterBook([Small.self], own: own.map { [("own.mustache", $0)] } ?? [])
    let entry = try book.entry(Small.id, language: "en", format: .letter, on: Sample.today)
    let frame = try LetterPage.Frame(Sample.sender, Sample.mother, on: Sample.today, number: nil, corrects: nil)
    return LetterPage.html(
      entry.template, entry.compiled, .letter, frame, try Filling.fill(Self.particulars, self))
  }
}

@Suite("Templates of letters")
struct TemplateTests {
  /// The faults of the small letter's words after a change.
  static func faults(_ change: (String) -> String) -> [String] {
    do {
      _ = try LetterBook([Small.self], own: [("own.mustache", Small.head + change(Small.body))])
      return []
    } catch { return error.faults.map { "\($0.line): \($0.text)" } }
  }

  @Test func theKitsOwnTemplatesHold() throws {
    _ = try LetterBook([Small.self, FirstContactLetter.self, PenaltyNotice.self])
    for outlines in [FirstContactLetter.outlines, PenaltyNotice.outlines] {
      let names = outlines.flatMap { [$0.name] + $0.parts.map(\.name) }
      #expect(Set(names).count == names.count, "a name is there twice")
    }
  }

  /// A file of Windows is one of lines too, and its faults are at their lines.
  @Test func aTemplateWithLineEndsOfWindowsIsRead() throws {
    let windows = Small.template.replacing("\n", with: "\r\n")
    #expect(try Small(name: "Ann").made(windows) == Small(name: "Ann").made(Small.template))
    #expect(throws: TemplateFaults.self) { try LetterTemplate(windows.replacing("version: 1", with: "versio: 1")) }
    #expect(throws: TemplateFaults.self, "a sign with a mark behind it") {
      try LetterTemplate(Small.template.replacing("A small", with: "A <\u{301} small"))
    }
  }

  @Test func anAuthorityCanSayItInItsOwnWords() throws {
    let own =
      "id: test.small\nversion: 2\ntitle: Ours\n---\n"
      + Small.body.replacing("We promise to be brief.", with: "You have our word that this is short.")
    let html = try Small(name: "Ann").made(own)
    #expect(html.contains("You have our word") && !html.contains("We promise") && html.contains("<h1>Ours</h1>"))
  }

  /// Every particular of the penalty notice, taken out of its template.
  @Test func aTemplateWithoutAMandatoryParticularIsRefused() throws {
    let names = PenaltyNotice.outlines.flatMap { outline in [outline.name] + outline.parts.map(\.name) }
    #expect(names.count == 32)
    for name in names {
      let words = PenaltyNotice.template
        .replacing(try Regex("(?s)\\{\\{#\(name)\\}\\}.*?\\{\\{/\(name)\\}\\}"), with: "")
        .replacing("{{\(name)}}", with: "")
      #expect(words != PenaltyNotice.template, "\(name)")
      #expect(throws: TemplateFaults.self, "\(name)") {
        try LetterBook([PenaltyNotice.self], own: [("own", words.replacing("version: 1", with: "version: 2"))])
      }
    }
  }

  @Test(arguments: [
    (
      "a text only where something else is", "<p>Dear {{name}}</p>", "{{#note}}<p>{{name}}</p>{{/note}}",
      "name is required"
    ),
    ("a text where something is not", "<p>Dear {{name}}</p>", "{{^note}}<p>{{name}}</p>{{/note}}", "name is required"),
    ("a text of a list outside it", "<li>{{dayName}}</li>", "<li></li>", "dayName is required"),
    ("an empty statement", "<p>We promise to be brief.</p>", "<p>-</p>", "promise has no words"),
    ("words to be filled in", "brief.</p>{{/promise}}", "brief, [name].</p>{{/promise}}", "Square brackets"),
    ("a name that is no particular", "{{name}}", "{{name}} {{age}}", "age is not a particular"),
    ("a part outside its list", "{{name}}", "{{name}} {{dayName}}", "dayName is not a particular here"),
    ("a section on a text", "{{name}}", "{{#name}}{{name}}{{/name}}", "name is a text"),
    ("a list as a text", "{{name}}", "{{name}} {{days}}", "days is a list"),
    ("triple braces", "{{name}}", "{{{name}}}", "Only {{name}}"),
    ("an ampersand", "{{name}}", "{{&name}}", "Only {{name}}"),
    ("a partial", "{{name}}", "{{name}}{{>other}}", "Only {{name}}"),
    ("other delimiters", "{{name}}", "{{=<% %>=}}<%name%>", "Only {{name}}"),
    ("another content type", "{{name}}", "{{% CONTENT_TYPE:TEXT}}{{name}}", "Only {{name}}"),
    ("a transform", "{{name}}", "{{uppercased(name)}}", "Only {{name}}"),
    ("a section left open", "{{/note}}", "", "{{#note}} is not closed"),
    ("an element left open", "</ul>", "", "is not closed"),
    (
      "a section across elements", "<p>{{noteText}}</p>{{/note}}", "<p>{{noteText}}{{/note}}</p>",
      "closes something else"
    ),
    ("a script", "<p>Dear", "<script>alert(1)</script><p>Dear", "<script> cannot be used"),
    ("an image of the web", "<p>Dear", "<img src=\"http://192.0.2.1/x.png\"><p>Dear", "<img> cannot be used"),
    ("a sheet of the web", "<p>Dear", "<link href=\"https://192.0.2.1/x.css\"><p>Dear", "<link> cannot be used"),
    ("a handler", "<p>Dear", "<p onclick=\"x()\">Dear", "attribute onclick cannot be used"),
    ("a style", "<p>Dear", "<p style=\"background:url(http://192.0.2.1)\">Dear", "attribute style cannot be used"),
    ("a link that runs", "<p>Dear", "<p><a href=\"javascript:x()\">x</a>Dear", "href is an address"),
    ("a value in an attribute", "<p>Dear", "<p class=\"{{name}}\">Dear", "This is not an element"),
    ("an attribute without quotes", "<p>Dear", "<p class=x>Dear", "This is not an element"),
    ("a quote with a combining mark", "<p>Dear", "<p class=\"x\"\u{301} onclick=\"y\">Dear", "combining mark"),
    ("a comment", "<p>Dear", "<!-- x --><p>Dear", "This is not an element"),
    ("what is always there, turned round", "<p>Dear", "{{^days}}none{{/days}}<p>Dear", "days is always there"),
  ])
  func wordsThatDoNotHoldAreRefused(title: String, old: String, new: String, fault: String) throws {
    let faults = Self.faults { $0.replacing(old, with: new, maxReplacements: 1) }
    #expect(faults.contains { $0.contains(fault) }, "\(title): \(faults)")
  }

  @Test func aFaultSaysItsLine() {
    #expect(
      Self.faults { $0.replacing("{{noteText}}", with: "{{nothing}}") } == ["8: nothing is not a particular here."])
  }

  @Test(arguments: [
    ("no header", "<p>x</p>"), ("no id", "version: 1\ntitle: x\n---\n"),
    ("no number", "id: test.small\ntitle: x\n---\n"),
    ("an unknown key", "id: test.small\nversion: 1\ntitle: x\ncolour: red\n---\n"),
    ("a key twice", "id: test.small\nid: test.small\nversion: 1\ntitle: x\n---\n"),
    ("a day that does not exist", "id: test.small\nversion: 1\ntitle: x\nfrom: 2026-02-30\n---\n"),
    ("a title with markup", "id: test.small\nversion: 1\ntitle: <b>x</b>\n---\n"),
    ("another kind", "id: test.large\nversion: 1\ntitle: x\n---\n"),
    ("too long", "id: test.small\nversion: 1\ntitle: x\n---\n" + String(repeating: "x", count: 70_000)),
  ])
  func aHeaderThatDoesNotHoldIsRefused(title: String, text: String) {
    #expect(throws: TemplateFaults.self, "\(title)") { try LetterBook([Small.self], own: [("own", text)]) }
  }

  @Test func everyFaultIsSaidAtOnce() {
    let faults = Self.faults {
      $0.replacing("{{name}}", with: "").replacing("<p>We promise to be brief.</p>", with: "")
    }
    #expect(faults.count == 3, "\(faults)")
  }

  @Test func versionsAreUsedOnTheirDays() throws {
    func own(_ version: Int, _ days: String, _ title: String) -> (String, String) {
      ("v\(version).mustache", "id: test.small\nversion: \(version)\n\(days)title: \(title)\n---\n" + Small.body)
    }
    let book = try LetterBook(
      [Small.self],
      own: [own(1, "to: 2026-12-31\n", "Old"), own(2, "from: 2027-01-01\nto: 2027-01-31\n", "New")])
    func title(_ day: Day, _ format: LetterFormat = .letter) throws -> String {
      try book.entry(Small.id, language: "en", format: format, on: day).template.title
    }
    #expect(try title(Sample.day(2026, 12, 31)) == "Old")
    #expect(try title(Sample.day(2027, 1, 1)) == "New")
    #expect(try title(Sample.day(2027, 2, 1)) == "A small letter", "the words that came with the program")
    #expect(try title(Sample.day(2027, 1, 1), .largePrint) == "New")
    #expect(throws: LetterError.noTemplate(id: Small.id, language: "en", format: .easyRead)) {
      try title(Sample.day(2027, 1, 1), .easyRead)
    }
    #expect(throws: TemplateFaults.self) {
      try LetterBook([Small.self], own: [own(1, "", "A"), own(1, "", "B")])
    }
  }

  @Test func groupsAndListsPrintWhatIsThere() throws {
    let bare = try Small(name: "Ann").made()
    #expect(bare.contains("Remember to be brief.") && !bare.contains("<p></p>") && bare.contains("<ul></ul>"))
    let full = try Small(name: "Ann", note: "Call us.", days: ["Monday", "Friday"], extras: ["Pencil"]).made()
    #expect(!full.contains("Remember") && full.contains("<p>Call us.</p>"))
    #expect(full.contains("<li>Monday</li><li>Friday</li>") && full.contains("<li>Pencil</li>"))
  }

  @Test func whatIsMissingIsRefused() {
    #expect(throws: LetterError.missing(particular: "name", source: "rule 1")) { try Small(name: " \u{202E}\n").made() }
    #expect(throws: LetterError.missing(particular: "days", source: "rule 5")) {
      try Small(name: "Ann", days: []).made()
    }
    #expect(throws: LetterError.missing(particular: "dayName", source: "rule 5")) {
      try Small(name: "Ann", days: [""]).made()
    }
    #expect(throws: LetterError.tooLong(particular: "name")) {
      try Small(name: String(repeating: "x", count: 4_001)).made()
    }
    #expect(throws: LetterError.tooLong(particular: "extras")) {
      try Small(name: "Ann", extras: Array(repeating: "x", count: 2_001)).made()
    }
  }
}
