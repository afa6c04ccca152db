import HTTPTypes
import Hummingbird
import Letters
import LicensingDomain
import Messaging
import Rulebook
import Schemas
import ServiceKit

/// The page at which whoever holds a document sees whether it counts: without a token, so often a minute, and with nothing
/// about the child or the person.
struct VerifyRoutes: Sendable {
  let transactions: Transactions
  let today: @Sendable () -> Day

  /// How often a minute one place may ask. A code has 100 bits: nobody finds one by asking.
  static let perMinute = 60

  func add(to router: ServiceRouter) {
    let code = About.Parameter("code", .string(), required: false, "The code that the document shows.")
    router.open(
      .get, "/verify",
      About(
        "Whether a permit, licence, card or approval counts, by the code on it", query: [code],
        downloads: ["text/html"],
        problems: [429]),
      perMinute: Self.perMinute
    ) { request, _ in try await answer(try request.optionalQuery("code") { $0 }) }
  }

  private func answer(_ written: String?) async throws -> Response {
    guard let written else { return Self.page(Self.form, title: "Check a document", .ok) }
    guard let code = CheckMark.code(written),
      let answer = try await transactions.read({ try ProofBook.answer(code, on: today(), in: $0) })
    else {
      return Self.page("<p>No document of ours has this code.</p>\(Self.form)", title: "Not known", .ok)
    }
    return Self.page(Self.contents(answer), title: answer.isValid ? "Valid" : "Not valid", .ok)
  }

  private static let form = """
    <form action="verify" method="get"><p><label for="code">The code on the document</label></p>
    <p><input id="code" name="code" maxlength="40" autocomplete="off"> <button>Check</button></p></form>
    """

  private static func contents(_ answer: ProofBook.Answer) -> String {
    let proof = answer.proof
    let rows = proof.conditions.map {
      "<tr><th scope=\"row\">\(LetterText.html($0.when))</th><td>\(LetterText.html($0.times))</td></tr>"
    }
    return """
      <dl><dt>Document</dt><dd>\(LetterText.html(answer.title)), \(LetterText.html(answer.document))</dd>
      <dt>From</dt><dd>\(proof.from.inWordsWithWeekday)</dd><dt>To</dt><dd>\(proof.until.inWordsWithWeekday)</dd></dl>
      \(rows.isEmpty ? "" : "<table><caption>Conditions</caption><tbody>\(rows.joined())</tbody></table>")
      <p>Compare this with the document that you were shown.\
      \(answer.isValid ? "" : " Do not rely on it. Ask the authority if you need to know more.")</p>
      """
  }

  private static func page(_ contents: String, title: String, _ status: HTTPResponse.Status) -> Response {
    let page = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(title)</title>
      <meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"></head>
      <body><main><h1>\(title)</h1>
      \(contents)
      </main></body></html>

      """
    return .bytes(Array(page.utf8), contentType: "text/html; charset=utf-8", status: status)
  }
}
