/// A kind of document with the contents that the law asks of it.
///
/// A kind of letter is a value whose stored properties are what a document of the kind says, and a list of its
/// particulars: each with its name, the law that asks for it, and how it is read off the value. The words around the
/// particulars are a template, which an authority can replace without a release. Whoever forgets a property cannot
/// compile; whoever leaves it blank is refused when the document is made (``LetterError/missing(particular:source:)``);
/// a template that leaves a particular out is refused when the program starts (``TemplateFaults``).
///
/// ```swift
/// struct VisitLetter: Letter {
///   let child: String
///   let day: Day
///   let toBring: [String]
///
///   static let id = "casework.visit"
///   static let particulars: [Particular<Self>] = [
///     .text("childName", "Working together, paragraph 44") { $0.child },
///     .text("visitDay", "local") { $0.day.inWordsWithWeekday },
///     .statement("voluntary", "Working together, paragraph 45"),
///     .list("documents", "local", of: \.toBring, [.text("document", "local") { $0 }]),
///   ]
///   static let template = """
///     id: casework.visit
///     version: 1
///     title: We would like to visit you
///     ---
///     <p>We would like to talk with you about {{childName}} on {{visitDay}}.</p>
///     {{#voluntary}}<p>You do not have to agree to this visit.</p>{{/voluntary}}
///     <ul>{{#documents}}<li>{{document}}</li>{{/documents}}</ul>
///     """
/// }
///
/// let documents = Documents(
///   service: .casework, authority: authority, sender: sender, book: try LetterBook([VisitLetter.self]))
/// let issued = try await transactions.write(by: caller) { unit in
///   try documents.issue(letter, to: mother, filed: .init(about: pupil), in: unit)
/// }
/// ```
///
/// What every document has is printed by ``LetterPage`` and is no particular: the sender, the addressee, the date of
/// issue, the number and the title.
///
/// In a template, `{{name}}` prints a text; `{{#name}}…{{/name}}` holds the words of a statement, or is printed once for
/// a group and once for each row of a list; `{{^name}}…{{/name}}` is printed when a group or a list is empty. HTML is
/// limited to ``TemplateCheck/elements`` and ``TemplateCheck/attributes``. Other forms of Mustache are refused.
public protocol Letter: Sendable {
  /// The service and the kind, for example `casework.first-contact`. Never changes.
  static var id: String { get }
  /// What a document of the kind must contain. Names are unique, also among the parts of groups and lists.
  static var particulars: [Particular<Self>] { get }
  /// The words that are used until the authority has its own.
  static var template: String { get }
  /// When a document of the kind counts as served.
  static var service: ServiceRules { get }
}

extension Letter {
  /// Letters that start no clock.
  public static var service: ServiceRules { .ordinary }
}

/// Something that a document must contain, and how it is read off the facts.
public struct Particular<Facts>: Sendable {
  /// What a template must do with it.
  public let outline: Outline
  let fill: @Sendable (Facts) throws(LetterError) -> Filling?

  /// A text; never blank.
  ///
  /// - Parameters:
  ///   - name: a letter, then letters and digits.
  ///   - source: the instrument and paragraph that ask for it.
  public static func text(
    _ name: String, _ source: String, _ value: @escaping @Sendable (Facts) -> String
  ) -> Self {
    Self(outline: Outline(name: name, source: source, kind: .text)) { facts throws(LetterError) in
      let text = try LetterText.clean(value(facts), for: name)
      guard !text.isEmpty else { throw .missing(particular: name, source: source) }
      return .text(text)
    }
  }

  /// Something that the document says in the words of its template.
  ///
  /// - Parameter condition: for which facts it says so.
  public static func statement(
    _ name: String, _ source: String, if condition: (@Sendable (Facts) -> Bool)? = nil
  ) -> Self {
    Self(
      outline: Outline(name: name, source: source, kind: .statement, isConditional: condition != nil)
    ) { facts throws(LetterError) in .statement(condition?(facts) ?? true) }
  }

  /// Particulars that stand together or not at all.
  public static func group<Part>(
    _ name: String, _ source: String, of value: @escaping @Sendable (Facts) -> Part?, _ parts: [Particular<Part>]
  ) -> Self {
    Self(
      outline: Outline(
        name: name, source: source, kind: .group, isConditional: true, parts: parts.map(\.outline))
    ) { facts throws(LetterError) in
      guard let part = value(facts) else { return nil }
      return .rows([try Filling.fill(parts, part)])
    }
  }

  /// Particulars of each of several things.
  ///
  /// - Parameter least: how many there must be.
  public static func list<Part>(
    _ name: String, _ source: String, atLeast least: Int = 0, of value: @escaping @Sendable (Facts) -> [Part],
    _ parts: [Particular<Part>]
  ) -> Self {
    Self(
      outline: Outline(
        name: name, source: source, kind: .list, isConditional: least == 0, parts: parts.map(\.outline))
    ) { facts throws(LetterError) in
      let rows = value(facts)
      guard rows.count >= least else { throw .missing(particular: name, source: source) }
      guard rows.count <= LetterText.mostRows else { throw .tooLong(particular: name) }
      var filled: [[String: Filling]] = []
      for row in rows { filled.append(try Filling.fill(parts, row)) }
      return .rows(filled)
    }
  }

  /// Several texts, of which there is at least one.
  ///
  /// - Parameter each: the name of each of them.
  public static func lines(
    _ name: String, of each: String, _ source: String, _ value: @escaping @Sendable (Facts) -> [String]
  ) -> Self {
    .list(name, source, atLeast: 1, of: value, [.text(each, source) { $0 }])
  }
}

/// A particular without its facts: what a template is checked against.
public struct Outline: Hashable, Sendable {
  /// What stands in the template.
  public enum Kind: String, Hashable, Sendable { case text, statement, group, list }

  public let name: String
  /// The instrument and paragraph.
  public let source: String
  public let kind: Kind
  /// Whether there are facts for which it is not printed.
  public let isConditional: Bool
  public let parts: [Outline]

  init(name: String, source: String, kind: Kind, isConditional: Bool = false, parts: [Outline] = []) {
    self.name = name
    self.source = source
    self.kind = kind
    self.isConditional = isConditional
    self.parts = parts
  }
}

/// Why a document cannot be made. Never holds what stands in it.
public enum LetterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Nothing stands where the law wants something.
  case missing(particular: String, source: String)
  /// A text is longer than ``LetterText/mostCharacters``, or a list than ``LetterText/mostRows``.
  case tooLong(particular: String)
  /// The facts contradict one another or the law.
  case contradictory(String, source: String)
  /// No template of this kind is in force on the day in this language and format.
  case noTemplate(id: String, language: String, format: LetterFormat)
  /// The kind is not in the book that the program was started with.
  case unknownKind(id: String)

  public var description: String {
    switch self {
    case .missing(let name, let source): "\(name) is missing (\(source))"
    case .tooLong(let name): "\(name) is too long"
    case .contradictory(let text, let source): "\(text) (\(source))"
    case .noTemplate(let id, let language, let format):
      "there is no template \(id) in the language \(language) and the format \(format.rawValue) for this day"
    case .unknownKind(let id): "\(id) is not a kind of letter of this program"
    }
  }
}
