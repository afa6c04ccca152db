import Rulebook
public import ServiceKit

extension LetterError: ProblemError {
  /// A letter that cannot be made is a fault of what was sent: the text names the particular and the rule that asks for
  /// it.
  public var problem: Problem? { .invalid([.init("", description)]) }
}

extension DocumentError: ProblemError {
  /// Why something cannot be done with a document; `nil` where only whoever runs the program can help.
  public var problem: Problem? {
    switch self {
    case .unknown, .disposed: .notFound("Document")
    case .withdrawn: .conflict("document-withdrawn", "The document has been withdrawn")
    case .unprinted: .conflict("document-unprinted", "The document is not printed yet: try again in a minute")
    case .methodNotAllowed(_, let rule): .invalid([.init("/method", "is not a way to serve this document (\(rule))")])
    case .implausibleDay: .invalid([.init("/on", "must be from the day of issue to today")])
    case .missing(let name): .invalid([.init("/\(name)", "is required")])
    case .altered, .numbersExhausted: nil
    }
  }
}
