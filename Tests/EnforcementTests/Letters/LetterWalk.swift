import Contracts
import EnforcementDomain
import SealedPacks
import ServiceTestKit

@testable import EnforcementService

/// What the walk through the routes of enforcement needs of letters: the cases of the other walks, and the documents that
/// they issue.
struct LetterWalk {
  /// The number of the first order, and of the issued notice.
  let order, notice: Int

  func rows() -> [String: RouteWalk.Row] {
    let child = ["id": "p000000001"]
    func row(_ number: Int, _ to: String, _ words: String) -> RouteWalk.Row {
      .init(path: ["id": "c\(number)"], body: "{\(Enforced.to(to)),\(Enforced.sender),\(words)}")
    }
    let money = "{\(Enforced.to("payer")),\(Enforced.sender),"
    return [
      "POST /notices/{id}/letters": row(
        notice, "mother",
        """
        "representations":{"child":"Ada","received":"2027-01-01","ground":"We were ill","withdrawn":true,
        "reasons":["It was a mistake"]}
        """),
      "POST /prosecutions/{id}/letters": row(
        5, "mother",
        """
        "interview":{"child":"Ada","school":"A school","appointment":{"day":"2027-02-01","time":"10am","place":["Hall"]},
        "answerBy":"2027-01-20"}
        """),
      "POST /attendance-orders/{id}/letters": row(
        order, "mother",
        """
        "satisfy":{"child":"Ada","reasons":["No work"],"evidence":["Work"],"service":{"method":"hand","on":"2027-01-01"}}
        """),
      "POST /supervision-orders/{id}/letters": row(
        order + 1, "childrens-services",
        """
        "consultation":{"child":"Ada","school":"A school","ground":"Absence","tried":["A mentor"],"answerBy":"2027-02-01"}
        """),
      "POST /parenting-orders/{id}/letters": row(
        order + 2, "responsible-officer",
        #""record":{"parent":"Ida","child":"Ada","court":"A court","requirements":["Meet"],"programme":"Together"}"#),
      "POST /accounts/{notice}/letters": .init(
        path: ["notice": PaymentWalk.notice], body: money + #""receipt":{"payment":1}}"#),
      "POST /payments/{number}/letters": .init(path: ["number": "2"], body: money + #""act":9,"how":"By cheque"}"#),
      "POST /pupils/{id}/absence-warnings": .init(
        path: child,
        body: """
          {\(Enforced.to("mother")),\(Enforced.sender),"child":"Ada","school":"A school","first":"2027-01-11",
          "last":"2027-01-15","wasAsked":true}
          """),
      "POST /enquiries/{number}/letter": .init(
        path: ["number": "2"],
        body: """
          {\(Enforced.to("authority")),\(Enforced.sender),"parent":"Ida","child":"Ada","school":"Another school"}
          """),
      "GET /pupils/{id}/documents": .init(path: child, "", "after=0", holdsRecords: false),
      "GET /documents/{document}": .init(
        path: ["document": PaymentWalk.notice], "", "format=html", holdsRecords: false),
      "POST /documents/{document}/service": .init(
        path: ["document": PaymentWalk.notice],
        body: """
          {"method":"first_class","on":"2027-01-01","by":"The post room","address":"2 Made-up Street",
          "addressReason":"The register says so","proof":"A certificate of posting"}
          """),
      "POST /documents/{document}/receipts": .init(
        path: ["document": PaymentWalk.notice], body: #"{"kind":"received","on":"2027-01-01","evidence":"A signature"}"#
      ),
      "GET /figures": .init("from=2026-09-01&to=2027-08-31", holdsRecords: false),
      "GET /figures/cases": .init(
        "figure=threshold-without-notice&from=2026-09-01&to=2027-08-31",
        "figure=notices-issued&from=2026-09-01&to=2027-08-31&reason=irregular&after=0"),
      "GET /pupils/{id}/matters": .init(path: child, "", "asAt=2027-01-01T00:00:00Z&after=0"),
      "GET /persons/{id}/matters": .init(
        path: ["id": Enforced.mother.text], "", "asAt=2027-01-01T00:00:00Z&after=0"),
      "POST /keys/court-packs/{id}/revocation": .init(
        path: ["id": (try? PackSigningKeys(text: Packed.keyText))?.published.first?.id ?? ""],
        body: #"{"from":"2027-01-01","reason":"compromised"}"#),
      "GET /tasks": .init("", "mine=true", "dueBy=2027-02-01", "kind=second", "after=0"),
      "GET /tasks/figures": .init(holdsRecords: false),
      "GET /children/{id}/chronology": .init(path: child, holdsRecords: false),
    ]
  }

  /// The writes that the first of those who may ask is refused: the court has made no parenting order, nothing went back,
  /// what was served is not printed, and the notice was paid and withdrawn before: its money counts for nothing, and its
  /// sessions are charged no more.
  static let refused: Set = [
    "POST /parenting-orders/{id}/letters", "POST /payments/{number}/letters", "POST /documents/{document}/service",
    "POST /accounts/{notice}/letters", "POST /prosecutions/{id}/letters",
  ]
}
