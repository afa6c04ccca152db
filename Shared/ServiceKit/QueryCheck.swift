import Hummingbird
import Rulebook
import Schemas

/// Which query parameters a handler read; a test compares them with those that its route describes.
package enum QueryReads {
  /// Set by a test around a request; absent in a running program.
  @TaskLocal package static var names: Locked<Set<String>>?

  static func note(_ name: String) {
    _ = names?.withLock { $0.insert(name) }
  }
}

extension ServiceRouter.Route {
  /// Checks a query against the parameters that the route describes: nothing else may stand in it, none twice, and each
  /// as its schema says.
  ///
  /// - Throws: `Problem` 400 with every fault.
  func checkQuery(_ request: Request) throws(Problem) {
    let given = request.uri.queryParameters
    guard !given.isEmpty || about.query.contains(where: \.required) else { return }
    var faults: [Fault] = []
    var seen: [Substring: Int] = [:]
    for (name, value) in given where !(name.isEmpty && value.isEmpty) {
      seen[name, default: 0] += 1
      guard !about.query.contains(where: { $0.name == name }) else {
        if seen[name] == 2 { faults.append(.init(String(name), "is given more than once")) }
        continue
      }
      if seen[name] == 1 { faults.append(unknownParameter(name)) }
    }
    for parameter in about.query {
      guard let text = given[Substring(parameter.name)] else {
        if parameter.required { faults.append(.init(parameter.name, "is required")) }
        continue
      }
      if let fault = ValueCheck.parameterFault(String(text), parameter.schema) {
        faults.append(.init(parameter.name, fault))
      }
    }
    guard faults.isEmpty else { throw .invalidParameters(faults) }
  }

  /// Names that could not be a parameter's are not repeated: they may be anything.
  private func unknownParameter(_ name: Substring) -> Fault {
    let allowed = about.query.map(\.name)
    let fix = allowed.isEmpty ? "This address takes no parameters" : "Use: \(allowed.joined(separator: ", "))"
    let isName = name.wholeMatch(of: #/[A-Za-z0-9_.\-\[\]]{1,60}/#) != nil
    return .init(isName ? String(name) : "", "is not a parameter of this address. \(fix)")
  }
}

extension ServiceRouter.Route {
  /// A fault that a handler found in a query parameter, with what the route says of the parameter.
  func explaining(_ problem: Problem) -> Problem {
    guard problem.slug == Problem.invalidParameter else { return problem }
    return .invalidParameters(
      problem.faults.map { fault in
        guard fault.detail == Problem.unreadable, let known = about.query.first(where: { $0.name == fault.pointer })
        else { return fault }
        return .init(fault.pointer, "\(fault.detail). It takes: \(known.description)")
      })
  }
}

extension Problem {
  static let invalidParameter = "invalid-parameter"
  static let unreadable = "cannot be read"

  /// Query parameters that are unknown, missing or cannot be read.
  static func invalidParameters(_ faults: [Fault]) -> Problem {
    Problem(invalidParameter, "The query parameters failed validation", .badRequest, shortening: faults)
  }
}
