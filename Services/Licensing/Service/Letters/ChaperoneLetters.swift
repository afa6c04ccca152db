import Letters
import LicensingDomain
import Rulebook

/// A chaperone's card.
struct ChaperoneCard: Letter {
  let number: String
  let from: Day
  let until: Day

  static let id = "licensing.chaperone-card"

  static let source = "SI 2014/3309 reg 15"

  static let particulars: [Particular<Self>] = [
    .text("number", source) { $0.number }, .text("firstDay", source) { $0.from.inWords },
    .text("lastDay", source) { $0.until.inWordsWithWeekday }, .statement("photograph", source),
    .statement("produce", source),
  ]

  static let template = """
    id: licensing.chaperone-card
    version: 1
    title: Approved chaperone
    ---
    <p>The person named above is approved as a chaperone, number {{number}}, from {{firstDay}}.</p>
    <p>Valid to {{lastDay}}.</p>
    {{#photograph}}<p>This card is valid with the photograph that we have stamped on it.</p>{{/photograph}}
    {{#produce}}<p>Show it with the licence of the production when an officer asks.</p>{{/produce}}
    """
}

extension ChaperoneCard: ProvenLetter {
  var proof: Proof { Proof(from: from, until: until, conditions: []) }
}

/// A chaperone is suspended: to the chaperone, and to holders without a reason.
struct ChaperoneSuspensionLetter: Letter {
  let number: String
  let on: Day

  static let id = "licensing.chaperone-suspension"

  private static let source = "SI 2014/3309 reg 15"

  static let particulars: [Particular<Self>] = [
    .text("number", source) { $0.number }, .text("suspendedOn", source) { $0.on.inWordsWithWeekday },
    .statement("effect", source),
  ]

  static let template = """
    id: licensing.chaperone-suspension
    version: 1
    title: A chaperone’s approval is suspended
    ---
    <p>The approval of chaperone number {{number}} is suspended from {{suspendedOn}}.</p>
    {{#effect}}<p>From that day the person must not be in charge of children in a production. Arrange another approved chaperone.</p>{{/effect}}
    """
}

/// A chaperone's approval ends soon.
struct ChaperoneRenewalLetter: Letter {
  let number: String
  let until: Day

  static let id = "licensing.chaperone-renewal"

  private static let source = "LIC-13"

  static let particulars: [Particular<Self>] = [
    .text("number", source) { $0.number }, .text("lastDay", source) { $0.until.inWordsWithWeekday },
    .statement("renew", source), .statement("without", "SI 2014/3309 reg 15"),
  ]

  static let template = """
    id: licensing.chaperone-renewal
    version: 1
    title: Your approval as a chaperone ends soon
    ---
    <p>Your approval as a chaperone, number {{number}}, is valid to {{lastDay}}.</p>
    {{#renew}}<p>To renew it, send us your certificate or the consent to check it, and two recent photographs. Allow 12 weeks.</p>{{/renew}}
    {{#without}}<p>After that day you must not be in charge of children in a production until we have renewed the approval.</p>{{/without}}
    """
}
