import HTTPTypes
import Letters
import Rulebook
import ServiceKit

extension Problem {
  /// Why something cannot be done with a document, as a caller sees it.
  init(_ error: DocumentError) {
    self =
      switch error {
      case .unknown, .disposed: .notFound("Document")
      case .withdrawn: .conflict("document-withdrawn", "The document has been withdrawn")
      case .unprinted: .conflict("document-unprinted", "The document is not printed yet: try again in a minute")
      case .altered:
        .conflict("document-altered", "The document is not as it was issued: tell whoever runs the program")
      case .numbersExhausted: .conflict("numbers-exhausted", "All document numbers of the school year are used")
      case .methodNotAllowed(_, let rule): .invalid([.init("/method", "is not a way to serve this document (\(rule))")])
      case .implausibleDay: .invalid([.init("/on", "must be from the day of issue to today")])
      case .missing(let name): .invalid([.init("/\(name)", "is required")])
      }
  }
}
