public import Contracts
public import Rulebook

/// A referral as it is sent: whatever its route, one form. A block that its route does not ask for may be absent.
///
/// Names and addresses stay in registers: adults are named by registers' opaque identifiers.
public struct Referral: Hashable, Sendable, Codable {
  /// An adult who cares for the child.
  public struct Adult: Hashable, Sendable, Codable {
    /// The contact's identifier in registers, opaque.
    public let id: PersonID
    public let hasResponsibility: Bool
    /// Whether registers has a way to reach the adult.
    public let canBeReached: Bool

    public init(id: PersonID, hasResponsibility: Bool, canBeReached: Bool) {
      self.id = id
      self.hasResponsibility = hasResponsibility
      self.canBeReached = canBeReached
    }
  }

  /// Who cares for the child, and how the family reads.
  public struct Home: Hashable, Sendable, Codable {
    public let adults: [Adult]
    /// Who else is at home.
    public let others: String
    public let language: String
    /// The format in which the family reads, for example large print.
    public let format: String

    public init(adults: [Adult], others: String, language: String, format: String) {
      self.adults = adults
      self.others = others
      self.language = language
      self.format = format
    }
  }

  /// Something that a school did.
  public struct Step: Hashable, Sendable, Codable {
    /// What the school did.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
      case contact, letter, meeting, reward, mentoring, adjustment, visit, other
    }
    public let kind: Kind
    public let on: Day
    /// Who took part, by role.
    public let who: String
    public let agreed: String

    public init(kind: Kind, on day: Day, who: String, agreed: String) {
      self.kind = kind
      on = day
      self.who = who
      self.agreed = agreed
    }
  }

  /// What may keep a child from school.
  public enum Barrier: String, Hashable, Sendable, Codable, CaseIterable {
    case health, anxiety, bullying, caring, home, transport, housing, money, separation, community
    case specialNeeds = "special-needs"
    case onlineLife = "online-life"
  }

  /// How sure the school is of a barrier.
  public enum Suspicion: String, Hashable, Sendable, Codable, CaseIterable { case none, suspected, known }

  /// How much of a barrier there is.
  public struct BarrierView: Hashable, Sendable, Codable {
    public let barrier: Barrier
    public let view: Suspicion

    public init(_ barrier: Barrier, _ view: Suspicion) {
      self.barrier = barrier
      self.view = view
    }
  }

  /// The answer to the safeguarding question.
  public struct Safeguarding: Hashable, Sendable, Codable {
    /// Never blank.
    public enum Answer: String, Hashable, Sendable, Codable, CaseIterable { case yes, no, unknown }
    public let answer: Answer
    /// Who answers, by role.
    public let by: String
    /// Where concerns were sent already.
    public let sent: [String]

    public init(answer: Answer, by role: String, sent: [String]) {
      self.answer = answer
      by = role
      self.sent = sent
    }
  }

  /// What the child and the adults say.
  public struct Voice: Hashable, Sendable, Codable {
    /// An adult's view.
    public struct View: Hashable, Sendable, Codable {
      /// The adult's identifier in registers.
      public let adult: PersonID
      public let view: String

      public init(adult: PersonID, view: String) {
        self.adult = adult
        self.view = view
      }
    }
    /// In the child's own words.
    public let child: String
    public let adults: [View]
    /// What they say would help.
    public let help: String

    public init(child: String, adults: [View], help: String) {
      self.child = child
      self.adults = adults
      self.help = help
    }
  }

  /// Whether the family agreed to voluntary help.
  public struct Consent: Hashable, Sendable, Codable {
    public enum Answer: String, Hashable, Sendable, Codable, CaseIterable {
      case given, refused
      case notAsked = "not-asked"
    }
    public let answer: Answer
    /// Why it was not asked for.
    public let why: String

    public init(answer: Answer, why: String) {
      self.answer = answer
      self.why = why
    }
  }

  /// What the referrer asks for.
  public enum Ask: String, Hashable, Sendable, Codable, CaseIterable { case support, contract, notice, advice }

  /// A session relied on.
  public struct Missed: Hashable, Sendable, Codable {
    public let date: Day
    public let session: Session

    public init(date: Day, session: Session) {
      self.date = date
      self.session = session
    }
  }

  /// How it comes; decides which of the others make it complete.
  public var route: ReferralRoute
  public var home: Home?
  public var steps: [Step]?
  /// Why no step, or only one, was right.
  public var noSteps: String?
  public var leadView: String?
  public var barriers: [BarrierView]?
  public var safeguarding: Safeguarding?
  public var voice: Voice?
  public var consent: Consent?
  public var ask: Ask?
  public var assessment: String?
  /// The return that it rests on, by its number in registers.
  public var `return`: String?
  public var sessions: [Missed]?
  public var concern: String?
  /// The lawful basis for sharing, by its code.
  public var basis: String?
  public var contact: String?
  /// The finding that it rests on, by its number in registers.
  public var finding: String?

  /// A referral that says nothing yet.
  public init(route: ReferralRoute) { self.route = route }
}

/// The bounds of what a referral may hold.
extension Referral {
  /// The most characters of a text.
  static let mostCharacters = 4_000
  /// The most rows of a list.
  static let mostRows = 100

  /// What is larger than it may be, each by its JSON pointer.
  public var faults: Faults {
    var faults = Faults()
    let texts = [
      ("/home/others", home?.others), ("/home/language", home?.language), ("/home/format", home?.format),
      ("/noSteps", noSteps), ("/leadView", leadView), ("/safeguarding/by", safeguarding?.by),
      ("/voice/child", voice?.child),
      ("/voice/help", voice?.help), ("/consent/why", consent?.why), ("/assessment", assessment), ("/return", `return`),
      ("/concern", concern), ("/basis", basis), ("/contact", contact), ("/finding", finding),
    ]
    for (pointer, text) in texts {
      faults.require((text?.count ?? 0) <= Self.mostCharacters, pointer, "must have at most 4000 characters")
    }
    let lists = [
      ("/home/adults", home?.adults.map(\.id.text)), ("/steps", steps?.map { $0.who + $0.agreed }),
      ("/barriers", barriers?.map(\.barrier.rawValue)), ("/safeguarding/sent", safeguarding?.sent),
      ("/voice/adults", voice?.adults.map { $0.view }), ("/sessions", sessions?.map(\.session.rawValue)),
    ]
    for (pointer, rows) in lists {
      let isSmall = (rows ?? []).count <= Self.mostRows && (rows ?? []).allSatisfy { $0.count <= Self.mostCharacters }
      faults.require(isSmall, pointer, "must be at most 100 rows of at most 4000 characters")
    }
    return faults
  }
}
