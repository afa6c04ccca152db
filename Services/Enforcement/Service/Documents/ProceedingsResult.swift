import Letters
import Rulebook

extension EnforcementLetters {
  /// E12. Tells the parent, and the school, how proceedings ended. One kind for both (DOC-14).
  struct ProceedingsResult: FamilyLetter {
    enum Outcome: String, Hashable, Sendable, CaseIterable { case convicted, acquitted, withdrawn }

    /// Who is written to.
    enum Reader: Hashable, Sendable {
      /// With the last day for an appeal, where there is one.
      case parent(appealBy: Day?)
      case school
    }

    let writer: LetterWriter
    let reader: Reader
    let parent, child, school, court: String
    /// The offence charged.
    let offence: String
    let decided: Day
    let outcome: Outcome
    /// The sentence and each order, with its days.
    let orders: [String]

    /// - Throws: ``LetterError`` when a conviction has no sentence, or there is an appeal against something else or
    /// before the decision.
    init(
      writer: LetterWriter, reader: Reader, parent: String, child: String, school: String, court: String,
      offence: String, decided: Day, outcome: Outcome, orders: [String]
    ) throws(LetterError) {
      guard outcome != .convicted || !orders.isEmpty else { throw .missing(particular: "orders", source: Self.record) }
      if case .parent(let appealBy?) = reader, outcome != .convicted || appealBy < decided {
        throw .contradictory("There is nothing to appeal against, or no longer.", source: Self.record)
      }
      (self.writer, self.reader, self.parent, self.child) = (writer, reader, parent, child)
      (self.school, self.court, self.offence) = (school, court, offence)
      (self.decided, self.outcome, self.orders) = (decided, outcome, orders)
    }

    static let id = "enforcement.proceedings-result"
    private static let record = "SI 2007/1867 reg 20; DOC-12, DOC-14"

    private var appealBy: Day? { if case .parent(let day) = reader { day } else { nil } }

    static let contents: [Particular<Self>] = [
      .text("parentName", record) { $0.parent },
      .text("childName", record) { $0.child },
      .text("schoolName", record) { $0.school },
      .text("court", record) { $0.court },
      .text("offence", record) { $0.offence },
      .text("decided", record) { $0.decided.inWordsWithWeekday },
      .statement("convicted", record, if: { $0.outcome == .convicted }),
      .statement("acquitted", record, if: { $0.outcome == .acquitted }),
      .statement("withdrawn", record, if: { $0.outcome == .withdrawn }),
      .list("orders", record, of: { $0.orders }, [.text("order", record) { $0 }]),
      .group(
        "appeal", "Magistrates’ Courts Act 1980 s108", of: { $0.appealBy },
        [.text("appealBy", "Magistrates’ Courts Act 1980 s108") { $0.inWordsWithWeekday }]),
      .statement("forSchool", "DOC-14", if: { $0.reader == .school }),
    ]

    static let template = """
      id: enforcement.proceedings-result
      version: 1
      title: How the court case about school attendance ended
      ---
      <table>
      <caption>The case</caption>
      <tbody>
      <tr><th scope="row">Parent</th><td>{{parentName}}</td></tr>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">School</th><td>{{schoolName}}</td></tr>
      <tr><th scope="row">Court</th><td>{{court}}</td></tr>
      <tr><th scope="row">Offence</th><td>{{offence}}</td></tr>
      <tr><th scope="row">Decided on</th><td>{{decided}}</td></tr>
      </tbody>
      </table>
      <h2>Result</h2>
      {{#convicted}}<p>The parent pleaded guilty or was found guilty.</p>{{/convicted}}
      {{#acquitted}}<p>The parent was found not guilty. There is no conviction.</p>{{/acquitted}}
      {{#withdrawn}}<p>The case was withdrawn. There is no conviction.</p>{{/withdrawn}}
      <ul>{{#orders}}<li>{{order}}</li>{{/orders}}</ul>
      {{^orders}}<p>The court made no order.</p>{{/orders}}
      {{#appeal}}<p>An appeal must reach the court by {{appealBy}}. A solicitor can tell you whether you have
      grounds.</p>{{/appeal}}
      {{#forSchool}}<p>This is for the head teacher. Share it only with staff who need it to support the
      child.</p>{{/forSchool}}
      \(closing)
      """
  }
}
