public import Rulebook

/// A penalty notice for absence from school (Education Act 1996 s444A; SI 2007/1867 reg 3). One parent, one child.
///
/// What is due and until when are facts here: the program that decides works them out from dated law and freezes them.
public struct PenaltyNotice: Letter {
  /// A session of the offence, as the register has it.
  public struct Absence: Hashable, Sendable {
    public let day: Day
    public let session: Session
    /// What the register's code means, in words.
    public let meaning: String

    public init(day: Day, session: Session, meaning: String) {
      self.day = day
      self.session = session
      self.meaning = meaning
    }
  }

  /// The child, the school, and where the absence was.
  public struct Child: Hashable, Sendable {
    public let name: String
    public let address: [String]
    public let school: String
    /// The place of alternative provision, if that is what was missed.
    public let provision: String?

    public init(name: String, address: [String], school: String, provision: String? = nil) {
      self.name = name
      self.address = address
      self.school = school
      self.provision = provision
    }
  }

  /// The authorised officer who issues it.
  public struct Officer: Hashable, Sendable {
    public let name: String
    /// Role and authority, or rank and force.
    public let particulars: String

    public init(name: String, particulars: String) {
      self.name = name
      self.particulars = particulars
    }
  }

  /// What is due, and until when.
  public struct Payment: Hashable, Sendable {
    /// The day of receipt that the authority counts from.
    public let received: Day
    public let amountPence: Int
    public let lastDay: Day
    /// The lesser sum of a first notice and the last day on which it is enough.
    public let reduced: Reduced?
    /// Each way in which it can be paid.
    public let methods: [String]

    public struct Reduced: Hashable, Sendable {
      public let amountPence: Int
      public let lastDay: Day

      public init(amountPence: Int, lastDay: Day) {
        self.amountPence = amountPence
        self.lastDay = lastDay
      }
    }

    public init(received: Day, amountPence: Int, lastDay: Day, reduced: Reduced?, methods: [String]) {
      self.received = received
      self.amountPence = amountPence
      self.lastDay = lastDay
      self.reduced = reduced
      self.methods = methods
    }
  }

  public let child: Child
  public let officer: Officer
  public let absences: [Absence]
  public let payment: Payment
  /// Where representations go: post, e-mail or page.
  public let representations: String

  /// - Parameter absences: the sessions of the offence, in any order.
  /// - Throws: ``LetterError`` when nothing was missed, no way of payment is named, or the sums and days contradict one
  ///   another.
  public init(
    child: Child, officer: Officer, absences: [Absence], payment: Payment, representations: String
  ) throws(LetterError) {
    guard let last = absences.map(\.day).max() else {
      throw .missing(particular: "sessions", source: Self.regulation("d") + "; DOC-2")
    }
    guard last <= payment.received else {
      throw .contradictory("A session lies behind the day of receipt.", source: Self.regulation("d"))
    }
    guard payment.amountPence > 0, payment.received <= payment.lastDay else {
      throw .contradictory("The sum or the period for paying is empty.", source: Self.regulation("e"))
    }
    if let reduced = payment.reduced {
      guard 0..<payment.amountPence ~= reduced.amountPence, reduced.amountPence > 0,
        payment.received <= reduced.lastDay,
        reduced.lastDay < payment.lastDay
      else { throw .contradictory("The lesser sum is not less, or not due earlier.", source: Self.regulation("h")) }
    }
    self.child = child
    self.officer = officer
    self.absences = try Absence.inOrder(absences, source: Self.regulation("d"))
    self.payment = payment
    self.representations = representations
  }

  public static let id = "enforcement.penalty-notice"
  public static let service = ServiceRules.penaltyNotice

  /// The list of the 2004 Regulations, whose plan the 2007 Regulations follow; the letters are those of our list.
  private static func regulation(_ letter: String) -> String { "SI 2007/1867 reg 3, (\(letter))" }
  private static let code = "local code of conduct (DOC-3)"

  /// The name and address of the recipient (a) and of the authority (f), and the date of issue (d), stand in the frame.
  public static let particulars: [Particular<Self>] = [
    .text("childName", regulation("b")) { $0.child.name },
    .lines("childAddress", of: "childAddressLine", regulation("b")) { $0.child.address },
    .text("schoolName", regulation("b")) { $0.child.school },
    .group("provision", regulation("b"), of: { $0.child.provision }, [.text("provisionName", regulation("b")) { $0 }]),
    .text("officerName", regulation("c")) { $0.officer.name },
    .text("officerParticulars", regulation("c")) { $0.officer.particulars },
    .text("firstDay", regulation("d")) { $0.absences.first?.day.inWords ?? "" },
    .text("lastDay", regulation("d")) { $0.absences.last?.day.inWords ?? "" },
    .list(
      "sessions", regulation("d") + "; DOC-2", atLeast: 1, of: { $0.absences },
      Absence.particulars(regulation("d") + ", (l)")),
    .text("sessionCount", regulation("l")) { String($0.absences.count) },
    .statement("offence", regulation("l")),
    .text("amount", regulation("e")) { LetterText.pounds(pence: $0.payment.amountPence) },
    .text("payBy", regulation("h")) { $0.payment.lastDay.inWordsWithWeekday },
    .text("receivedOn", regulation("h")) { $0.payment.received.inWordsWithWeekday },
    .group(
      "reduced", regulation("e") + ", (h)", of: { $0.payment.reduced },
      [
        .text("reducedAmount", regulation("e")) { LetterText.pounds(pence: $0.amountPence) },
        .text("reducedPayBy", regulation("h")) { $0.lastDay.inWordsWithWeekday },
      ]),
    .lines("paymentMethods", of: "paymentMethod", regulation("g")) { $0.payment.methods },
    .statement("discharge", regulation("i")),
    .statement("notPaying", regulation("j")),
    .statement("withdrawal", regulation("k")),
    .statement("noAppeal", code),
    .text("representationsTo", code) { $0.representations },
    .statement("noInstalments", code),
    .statement("firstNotice", code, if: { $0.payment.reduced != nil }),
    .statement("secondNotice", code, if: { $0.payment.reduced == nil }),
  ]
}
