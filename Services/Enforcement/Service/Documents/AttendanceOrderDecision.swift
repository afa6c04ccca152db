import Contracts
import Letters
import Rulebook

extension EnforcementLetters {
  /// E17. Tells the parent, and the school, that an attendance order was amended or revoked, or that it was not revoked
  /// (Education Act 1996 ss440 to 442).
  struct AttendanceOrderDecision: FamilyLetter {
    enum Decision: Hashable, Sendable {
      /// The school that the order now names.
      case amended(school: String)
      case revoked
      case notRevoked
    }

    let writer: LetterWriter
    let parent, child: String
    let order: DocumentNumber
    let ordered: Day
    let decision: Decision
    let grounds: [String]
    /// The day from which the decision has effect.
    let from: Day
    /// Where to write to the Secretary of State.
    let secretaryOfState: String

    /// - Throws: ``LetterError`` when it has effect before the order was made.
    init(
      writer: LetterWriter, parent: String, child: String, order: DocumentNumber, ordered: Day, decision: Decision,
      grounds: [String], from: Day, secretaryOfState: String
    ) throws(LetterError) {
      guard ordered <= from else {
        throw .contradictory("The decision is older than the order.", source: Self.revocation)
      }
      (self.writer, self.parent, self.child, self.order) = (writer, parent, child, order)
      (self.ordered, self.decision, self.grounds) = (ordered, decision, grounds)
      (self.from, self.secretaryOfState) = (from, secretaryOfState)
    }

    static let id = "enforcement.attendance-order-decision"
    static let service = ServiceRules.educationAct
    private static let amendment = "Education Act 1996 s440"
    private static let revocation = "Education Act 1996 s442"

    private var newSchool: String? { if case .amended(let school) = decision { school } else { nil } }

    static let contents: [Particular<Self>] = [
      .text("parentName", revocation) { $0.parent },
      .text("childName", revocation) { $0.child },
      .text("orderNumber", revocation) { $0.order.text },
      .text("ordered", revocation) { $0.ordered.inWords },
      .group("amended", amendment, of: { $0.newSchool }, [.text("schoolName", amendment) { $0 }]),
      .statement("revoked", revocation, if: { $0.decision == .revoked }),
      .statement("notRevoked", revocation, if: { $0.decision == .notRevoked }),
      .lines("grounds", of: "ground", revocation) { $0.grounds },
      .text("from", revocation) { $0.from.inWordsWithWeekday },
      .text("secretaryOfState", revocation + "(3)") { $0.secretaryOfState },
    ]

    static let template = """
      id: enforcement.attendance-order-decision
      version: 1
      title: Decision on a school attendance order
      ---
      <table>
      <tbody>
      <tr><th scope="row">Parent</th><td>{{parentName}}</td></tr>
      <tr><th scope="row">Child</th><td>{{childName}}</td></tr>
      <tr><th scope="row">Order</th><td>{{orderNumber}} of {{ordered}}</td></tr>
      <tr><th scope="row">Decision has effect from</th><td>{{from}}</td></tr>
      </tbody>
      </table>
      {{#amended}}<p><strong>We have amended the order.</strong> It now requires the parent to register the child at
      {{schoolName}}.</p>{{/amended}}
      {{#revoked}}<p><strong>We have revoked the order.</strong> It is no longer in force.</p>{{/revoked}}
      {{#notRevoked}}<p><strong>We have refused to revoke the order.</strong> It stays in force and must be
      followed.</p>{{/notRevoked}}
      <h2>Why</h2>
      <ul>{{#grounds}}<li>{{ground}}</li>{{/grounds}}</ul>
      <h2>If the parent does not agree</h2>
      <p>A parent who does not agree with this decision can refer it to the Secretary of State for Education:
      {{secretaryOfState}}</p>
      \(closing)
      """
  }
}
