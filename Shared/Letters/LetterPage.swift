import Contracts
import Foundation
import Mustache
import Rulebook
public import ServiceKit

/// The authority as its documents name it.
public struct LetterSender: Hashable, Sendable {
  public let name: String
  public let address: [String]
  /// How else it can be reached, for example `Telephone 01632 960000`.
  public let contacts: [String]

  public init(name: String, address: [String], contacts: [String] = []) {
    self.name = name
    self.address = address
    self.contacts = contacts
  }
}

/// The one person to whom a document goes. Each parent has a document of their own. Where a form names recipients, their
/// names and addresses go into the documents alone.
public struct Recipient: Hashable, Codable, Sendable {
  /// The most recipients of one letter.
  public static let most = 10

  /// Opaque: the contact's or pupil's identifier in the registers, or a party of the program's own.
  public let id: String
  public let name: String
  public let address: [String]

  public init(id: String, name: String, address: [String]) {
    self.id = id
    self.name = name
    self.address = address
  }

  /// Checks whom a form names at `/recipients`.
  ///
  /// - Throws: `Problem` invalid for nobody or too many.
  public static func check(_ recipients: [Recipient]) throws(Problem) {
    guard (1...most).contains(recipients.count) else {
      throw .invalid([.init("/recipients", "must name 1 to \(most) people")])
    }
  }
}

/// Sets a document: the frame that all have, around the words of a template. The same facts make the same bytes.
enum LetterPage {
  /// What the frame says.
  struct Frame: Hashable, Codable {
    let sender: String
    let senderAddress: [String]
    let senderContacts: [String]
    let recipient: String
    let recipientAddress: [String]
    let day: Day
    /// `nil` for a draft.
    let number: DocumentNumber?
    let corrects: DocumentNumber?
    let check: CheckMark?

    init(
      _ sender: LetterSender, _ recipient: Recipient, on day: Day, number: DocumentNumber?, corrects: DocumentNumber?,
      check: CheckMark? = nil
    ) throws(LetterError) {
      self.sender = try Self.required(sender.name, "sender")
      senderAddress = try Self.lines(sender.address, "senderAddress")
      senderContacts = try Self.lines(sender.contacts, "senderContacts", least: 0)
      self.recipient = try Self.required(recipient.name, "recipient")
      recipientAddress = try Self.lines(recipient.address, "recipientAddress")
      (self.day, self.number, self.corrects, self.check) = (day, number, corrects, check)
    }

    private static func required(_ text: String, _ name: String) throws(LetterError) -> String {
      let text = try LetterText.clean(text, for: name)
      guard !text.isEmpty else {
        throw .missing(particular: name, source: "every document has a sender and an addressee")
      }
      return text
    }

    private static func lines(_ lines: [String], _ name: String, least: Int = 1) throws(LetterError) -> [String] {
      guard lines.count <= 10 else { throw .tooLong(particular: name) }
      var clean: [String] = []
      for line in lines { clean.append(try LetterText.clean(line, for: name)) }
      clean.removeAll(where: \.isEmpty)
      guard clean.count >= least else { throw .missing(particular: name, source: "no letter goes without an address") }
      return clean
    }
  }

  private struct Escaping: MustacheContentType {
    func escapeText(_ text: String) -> String { LetterText.html(text) }
  }

  /// The library keeps content types by name for the whole process.
  private static let contentType: String = {
    MustacheContentTypes.register(Escaping(), named: "LETTER")
    return "LETTER"
  }()

  /// - Throws: what the template engine throws.
  static func compile(_ template: LetterTemplate) throws -> MustacheTemplate {
    try MustacheTemplate(string: "{{% CONTENT_TYPE:\(contentType)}}" + template.words)
  }

  static func html(
    _ template: LetterTemplate, _ compiled: MustacheTemplate, _ format: LetterFormat, _ frame: Frame,
    _ filled: [String: Filling]
  ) -> String {
    let title = LetterText.html(template.title)
    func lines(_ texts: [String]) -> String { texts.map(LetterText.html).joined(separator: "<br>\n") }
    var reference = "<dt>Date</dt><dd>\(LetterText.html(frame.day.inWordsWithWeekday))</dd>"
    if let number = frame.number { reference += "\n<dt>Our reference</dt><dd>\(number.text)</dd>" }
    if let corrects = frame.corrects { reference += "\n<dt>This replaces</dt><dd>\(corrects.text)</dd>" }
    let foot = frame.number?.text ?? "Draft"
    return """
      <!DOCTYPE html>
      <html lang="\(template.language)">
      <head>
      <meta charset="utf-8">
      <title>\(title), \(foot)</title>
      <style>\(style(format, foot: foot))</style>
      </head>
      <body>
      \(frame.number == nil ? "<p class=\"draft\">Draft. This has not been issued.</p>\n" : "")\
      <div class="sender"><p><strong>\(LetterText.html(frame.sender))</strong><br>
      \(lines(frame.senderAddress + frame.senderContacts))</p></div>
      <div class="recipient"><p>\(lines([frame.recipient] + frame.recipientAddress))</p></div>
      <dl class="reference">
      \(reference)
      </dl>
      <main>
      <h1>\(title)</h1>
      \(compiled.render(filled.mapValues(\.rendered)))
      \(frame.check?.html ?? "")</main>
      </body>
      </html>

      """
  }

  /// The foot is a number of ours or a word: nothing in it ends a string of CSS.
  private static func style(_ format: LetterFormat, foot: String) -> String {
    let size = format == .letter ? "11.5pt" : "18pt"
    return """
      @page { size: A4; margin: 20mm 20mm 22mm; @bottom-left { content: "\(foot)"; font: 9pt "DejaVu Sans", sans-serif }
      @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 9pt "DejaVu Sans", sans-serif } }
      body { font: \(size)/1.4 Arial, "Liberation Sans", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; color: #000 }
      h1 { font-size: 1.4em; margin: 1em 0 .6em } h2 { font-size: 1.15em; margin: 1.2em 0 .4em }
      h1, h2, h3 { line-height: 1.2; break-after: avoid } p, ul, ol, dl { margin: 0 0 .8em }
      .sender { text-align: right } .recipient { margin: 4mm 0 8mm; max-width: 90mm }
      dl.reference dt { float: left; clear: left; width: 40mm } dl.reference dd { margin: 0 0 0 40mm }
      table { border-collapse: collapse; width: 100%; margin: 0 0 .8em } tr { break-inside: avoid }
      th, td { border: 1px solid #505a5f; padding: 3px 6px; text-align: left; vertical-align: top }
      .draft { font-weight: bold } .check { break-inside: avoid; border-top: 1px solid #505a5f; padding-top: 4mm }
      """
  }
}
