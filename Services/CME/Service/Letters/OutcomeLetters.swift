import CMEDomain
import Letters
import Rulebook

/// That another authority's alert arrived, and what was found (M8), for an authority that is not answered by a sealed
/// message.
struct AlertReceiptLetter: Letter {
  /// The sender's own reference, and ours.
  let reference, ownReference: String
  let received: Day
  let isKnown: Bool
  /// The school or provision; `nil` while none is confirmed.
  let provision: String?
  let writer: LetterWriter

  static let id = "cme.alert-receipt"

  private static let source = "Children missing education: statutory guidance, cross-authority notification; CME-7"

  static let particulars: [Particular<Self>] = [
    .text("reference", source) { $0.reference }, .text("ownReference", source) { $0.ownReference },
    .text("receivedOn", source) { $0.received.inWords }, .statement("known", source) { $0.isKnown },
    .statement("unknown", source) { !$0.isKnown },
    .group("found", source, of: \.provision, [.text("provision", source) { $0 }]),
    .group("writer", source, of: { $0.writer }, LetterWriter.particulars(source)),
  ]

  static let template = """
    id: cme.alert-receipt
    version: 1
    language: en
    format: letter
    title: Your notice about a child
    ---
    <p>We received your notice {{reference}} on {{receivedOn}}. We keep it as {{ownReference}}.</p>
    {{#known}}<p>The child is known here.</p>{{/known}}
    {{#unknown}}<p>The child is not known here.</p>{{/unknown}}
    {{#found}}<p>School or provision: {{provision}}.</p>{{/found}}
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

/// A school place is offered, or the child goes to the fair access panel (M9). To each parent and the school.
struct PlaceOffer: Letter {
  let child, school: String
  let start: Day
  let answerBy: Day
  /// Whether it comes by the fair access protocol.
  let isFairAccess: Bool
  let writer: LetterWriter

  static let id = "cme.place-offer"

  private static let source = "School Admissions Code 2021, in-year admissions and fair access"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("schoolName", source) { $0.school },
    .text("startOn", source) { $0.start.inWordsWithWeekday },
    .statement("fairAccess", source) { $0.isFairAccess },
    .text("answerBy", source) { $0.answerBy.inWordsWithWeekday }, .statement("declining", source),
    .statement("interpreter", "Equality Act 2010 s149"),
    .group("writer", source, of: { $0.writer }, LetterWriter.particulars(source)),
  ]

  static let template = """
    id: cme.place-offer
    version: 1
    language: en
    format: letter
    title: A school place
    ---
    <p>There is a place for {{childName}} at {{schoolName}}, from {{startOn}}.</p>
    {{#fairAccess}}<p>The place comes by the fair access protocol: a panel of schools and the authority has agreed it.</p>{{/fairAccess}}
    {{#declining}}<p>To accept or to decline it, write or speak to the person below by {{answerBy}}. If you decline, say what
    education the child will have instead; you may appeal for a place at another school.</p>{{/declining}}
    {{#interpreter}}<p>If you would like this letter in another language or in large print, or an interpreter, tell us. It is
    free.</p>{{/interpreter}}
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

/// What is written to parents who educate at home: that they were heard and what is asked, or what was found (M10).
struct HomeEducationLetter: Letter {
  enum Purpose: String, Codable, Sendable, CaseIterable { case acknowledgement, enquiry, outcome }

  let purpose: Purpose
  let child: String
  /// What the authority was told, and when the education at home began.
  let told: HomeEducation.Notice
  let from: Day
  /// What is asked; `nil` in an outcome.
  let asked: String?
  let answerBy: Day?
  /// Whether the education was found suitable; `nil` before that.
  let isSuitable: Bool?
  /// Why not, where it was not.
  let ground: String?
  let writer: LetterWriter

  static let id = "cme.home-education"

  private static let source = "Education Act 1996 ss7, 436A, 437; Elective home education: guidance for authorities"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .text("told", source) { $0.told.words },
    .text("firstDay", source) { $0.from.inWords },
    .group(
      "enquiry", source, of: { letter in letter.asked.flatMap { asked in letter.answerBy.map { (asked, $0) } } },
      [.text("asked", source) { $0.0 }, .text("answerBy", source) { $0.1.inWordsWithWeekday }]),
    .statement("voluntary", "Education Act 1996 s437(1)") { $0.isSuitable != false },
    .statement("suitable", source) { $0.isSuitable == true },
    .group(
      "unsuitable", "Education Act 1996 s437(1)", of: { $0.isSuitable == false ? $0.ground ?? "" : nil },
      [.text("ground", "Education Act 1996 s437(1)") { $0 }]),
    .statement("interpreter", "Equality Act 2010 s149"),
    .group("writer", source, of: { $0.writer }, LetterWriter.particulars(source)),
  ]

  static let template = """
    id: cme.home-education
    version: 1
    language: en
    format: letter
    title: Education at home
    ---
    <p>We know that you educate {{childName}} at home since {{firstDay}}. How we were told: {{told}}.</p>
    {{#enquiry}}<p>We would like to know: {{asked}} Please answer by {{answerBy}}.</p>{{/enquiry}}
    {{#voluntary}}<p>You do not have to answer in any one form, or to let us visit. Nothing binds you before a notice under
    section 437(1) of the Education Act 1996. If we hear nothing, we may have to conclude that the education is not
    suitable.</p>{{/voluntary}}
    {{#suitable}}<p>We find the education suitable. We will ask again about once a year.</p>{{/suitable}}
    {{#unsuitable}}<p>It appears to us that the education is not suitable: {{ground}}. We are considering a notice under
    section 437(1) of the Education Act 1996. Tell us before then what we should know.</p>{{/unsuitable}}
    {{#interpreter}}<p>If you would like this letter in another language or in large print, or an interpreter, tell us. It is
    free.</p>{{/interpreter}}
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

/// That a child was found, or that the search has ended (M12). To those who were told of the search, and no more than
/// this.
struct SearchClosedLetter: Letter {
  let child: String
  let isFound: Bool
  let closed: Day
  let writer: LetterWriter

  static let id = "cme.search-closed"

  private static let source = "Children missing education: statutory guidance; UK GDPR Art 5(1)(c), (d)"

  static let particulars: [Particular<Self>] = [
    .text("childName", source) { $0.child }, .statement("found", source) { $0.isFound },
    .statement("ended", source) { !$0.isFound }, .text("closedOn", source) { $0.closed.inWords },
    .group("writer", source, of: { $0.writer }, LetterWriter.particulars(source)),
  ]

  static let template = """
    id: cme.search-closed
    version: 1
    language: en
    format: letter
    title: A search has ended
    ---
    <p>This is about {{childName}}. We closed the search on {{closedOn}}.</p>
    {{#found}}<p>The child was found.</p>{{/found}}
    {{#ended}}<p>We do not look for the child any longer.</p>{{/ended}}
    <p>You need do nothing more. If you have news of the child, tell the person below.</p>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

extension HomeEducation.Notice {
  /// In words for the family.
  fileprivate var words: String {
    switch self {
    case .written: "you wrote to the school"
    case .oral: "you told the school or us"
    case .found: "we found it when we looked for the child"
    }
  }
}
