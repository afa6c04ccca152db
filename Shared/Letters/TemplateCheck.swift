/// Checks the words of a template against the particulars of its kind.
///
/// A template holds when its elements and sections are closed in the order in which they were opened, when it names only
/// particulars of its kind, and when each particular is printed whenever the document has it: a text in a section that
/// may be left out does not count. Tags of Mustache stand in text, never within an element's own tag.
public struct TemplateCheck {
  /// What a template may be made of.
  public static let elements: Set = [
    "a", "address", "br", "caption", "dd", "div", "dl", "dt", "em", "h2", "h3", "hr", "li", "ol", "p", "section",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
  ]
  /// What elements may have, always in double quotation marks; `href` is an address of the web, of e-mail or a telephone
  /// number.
  public static let attributes: Set = ["class", "colspan", "dir", "href", "lang", "rowspan", "scope"]
  /// The deepest nesting.
  static let mostLevels = 32
  /// The least words of a statement, in letters.
  static let leastLetters = 12

  private enum Frame {
    case element(String)
    case section(Outline, isInverted: Bool, letters: Int)
  }

  private let template: LetterTemplate
  private let outlines: [Outline]
  private var rest: Substring
  private var line: Int
  private var frames: [Frame] = []
  private var letters = 0
  private var printed: Set<String> = []
  private var faults: [TemplateFaults.Fault] = []

  /// - Returns: every fault; empty when the template holds.
  static func faults(in template: LetterTemplate, _ outlines: [Outline]) -> [TemplateFaults.Fault] {
    var check = TemplateCheck(template, outlines)
    check.run()
    return check.faults
  }

  private init(_ template: LetterTemplate, _ outlines: [Outline]) {
    self.template = template
    self.outlines = outlines
    rest = Substring(template.words)
    line = template.firstLine
  }

  private mutating func run() {
    // Scalars and characters must agree on where a tag ends.
    var last: Unicode.Scalar = " "
    for scalar in rest.unicodeScalars {
      if scalar.properties.isGraphemeExtend, "<>{}\"'&".unicodeScalars.contains(last) {
        return fault("A combining mark stands behind a character of the template's own syntax.")
      }
      last = scalar
    }
    while let scalar = rest.unicodeScalars.first {
      let isRead = rest.hasPrefix("{{") ? readTag() : scalar == "<" ? readElement() : readText(scalar)
      guard isRead else { return }
    }
    if let open = frames.last { fault("\(name(open)) is not closed.") }
    requirePrinted(outlines)
  }

  private mutating func requirePrinted(_ outlines: [Outline]) {
    for outline in outlines {
      if !printed.contains(outline.name) {
        fault("\(outline.name) is required (\(outline.source)) and is not always printed.")
      }
      requirePrinted(outline.parts)
    }
  }

  private mutating func readText(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "[" || scalar == "]" { fault("Square brackets mark words that are still to be filled in.") }
    if scalar.properties.isAlphabetic { letters += 1 }
    advance(by: rest[..<rest.unicodeScalars.index(after: rest.startIndex)])
    return true
  }

  private mutating func advance(by part: Substring) {
    line += part.unicodeScalars.count { $0 == "\n" }
    rest = rest[part.endIndex...]
  }

  private mutating func readElement() -> Bool {
    let pattern = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z]+="[^"<>{}]*")*)\s*>/.matchingSemantics(.unicodeScalar)
    guard let match = rest.prefixMatch(of: pattern) else {
      return stop("This is not an element: name in small letters, attributes in double quotation marks.")
    }
    let element = String(match.2)
    guard Self.elements.contains(element) else { return stop("<\(element)> cannot be used in a letter.") }
    if match.1.isEmpty {
      checkAttributes(match.3)
      if element != "br", element != "hr" { push(.element(element)) }
    } else {
      guard case .element(element)? = frames.last else { return stop("</\(element)> closes something else.") }
      frames.removeLast()
    }
    advance(by: match.0)
    return true
  }

  private mutating func checkAttributes(_ text: Substring) {
    for attribute in text.matches(of: /([a-z]+)="([^"]*)"/.matchingSemantics(.unicodeScalar)) {
      let name = String(attribute.1)
      if !Self.attributes.contains(name) { fault("The attribute \(name) cannot be used in a letter.") }
      if name == "href", attribute.2.prefixMatch(of: /(https:\/\/|mailto:|tel:)[^\s]/) == nil {
        fault("href is an address that begins with https://, mailto: or tel:.")
      }
    }
  }

  private mutating func readTag() -> Bool {
    let pattern = /\{\{([#^\/]?) *([A-Za-z][A-Za-z0-9]*) *\}\}(?!\})/.matchingSemantics(.unicodeScalar)
    guard let match = rest.prefixMatch(of: pattern) else {
      return stop("Only {{name}}, {{#name}}, {{^name}} and {{/name}} can be used.")
    }
    let name = String(match.2)
    if match.1 == "/" {
      guard closeSection(name) else { return stop("{{/\(name)}} closes something else.") }
    } else {
      guard let outline = visible.first(where: { $0.name == name }) else {
        return stop("\(name) is not a particular here.")
      }
      switch (match.1, outline.kind) {
      case ("", .text): if isAlwaysPrinted(outline) { printed.insert(name) }
      case ("#", .statement), ("#", .group), ("#", .list):
        if outline.kind != .statement, isAlwaysPrinted(outline) { printed.insert(name) }
        push(.section(outline, isInverted: false, letters: letters))
      case ("^", .group), ("^", .list), ("^", .statement):
        if !outline.isConditional { fault("\(name) is always there: {{^\(name)}} is never printed.") }
        push(.section(outline, isInverted: true, letters: letters))
      default: return stop("\(name) is a \(outline.kind.rawValue) and cannot be used in this way.")
      }
    }
    advance(by: match.0)
    return true
  }

  private mutating func closeSection(_ name: String) -> Bool {
    guard case .section(let outline, let isInverted, let before)? = frames.last, outline.name == name else {
      return false
    }
    frames.removeLast()
    guard outline.kind == .statement, !isInverted else { return true }
    if letters - before < Self.leastLetters {
      fault("\(name) has no words: say it between {{#\(name)}} and {{/\(name)}}.")
    } else if isAlwaysPrinted(outline) {
      printed.insert(name)
    }
    return true
  }

  /// The sections that are open and may not be printed, outermost first.
  private var conditions: [(outline: Outline, isInverted: Bool)] {
    frames.compactMap { frame in
      guard case .section(let outline, let isInverted, _) = frame else { return nil }
      return outline.kind == .statement && !outline.isConditional && !isInverted ? nil : (outline, isInverted)
    }
  }

  /// What can be named here: particulars of the document, and of the groups and lists that are open.
  private var visible: [Outline] {
    outlines + conditions.flatMap { $0.isInverted ? [] : $0.outline.parts }
  }

  /// Whether the document prints a particular here whenever it has it: nothing around it but what it is a part of.
  private func isAlwaysPrinted(_ outline: Outline) -> Bool {
    var level = outlines
    for (section, isInverted) in conditions {
      guard !isInverted, level.contains(section), !section.parts.isEmpty else { return false }
      level = section.parts
    }
    return level.contains(outline)
  }

  private mutating func push(_ frame: Frame) {
    if frames.count == Self.mostLevels { fault("More than \(Self.mostLevels) elements and sections are open.") }
    frames.append(frame)
  }

  private func name(_ frame: Frame) -> String {
    switch frame {
    case .element(let name): "<\(name)>"
    case .section(let outline, let isInverted, _): "{{\(isInverted ? "^" : "#")\(outline.name)}}"
    }
  }

  private mutating func fault(_ text: String) {
    faults.append(.init(file: template.file, line: line, text: text))
  }

  /// Notes a fault behind which nothing can be read.
  private mutating func stop(_ text: String) -> Bool {
    fault(text)
    return false
  }
}
