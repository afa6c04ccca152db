import Rulebook

/// The flow for a reader, made from the value.
extension Flow {
  /// The states and acts as a Mermaid diagram.
  public var diagram: String {
    var lines = ["stateDiagram-v2"]
    for rule in states { lines.append("  \(name(rule.state)): \(rule.title)") }
    for act in acts {
      let froms = act.from.isEmpty ? ["[*]"] : states.filter { act.from.contains($0.state) }.map { name($0.state) }
      for from in froms { lines.append("  \(from) --> \(act.to.map(name) ?? from): \(act.title)") }
    }
    for rule in states where !rule.isOpen { lines.append("  \(name(rule.state)) --> [*]") }
    return lines.joined(separator: "\n")
  }

  /// The whole flow as a page in Markdown: diagram, acts, guards, clocks.
  public var document: String {
    var lines = [
      "# \(title)", "", "Made from the flow's value by `bin/contracts`; a test fails when it is not current.", "",
      "```mermaid", diagram, "```", "", "## Acts", "", "| act | from | to | who | asks for | second person |",
      "|---|---|---|---|---|---|",
    ]
    for act in acts {
      let froms = states.filter { act.from.contains($0.state) }.map { $0.state.rawValue }
      let who = Kind.Role.allCases.filter(act.by.contains).map(\.rawValue) + (act.byProgram ? ["the program"] : [])
      lines.append(
        row([
          "\(act.title) (`\(act.act.rawValue)`)", froms.joined(separator: ", "), act.to?.rawValue ?? "",
          who.joined(separator: ", ") + words(act.apartFrom, "not whoever did"),
          Kind.Fact.allCases.filter(act.asks.contains).map(\.rawValue).joined(separator: ", "),
          words(act.second) + words(act.needs, "after the decisions"),
        ]))
    }
    lines += ["", "## Guards", "", "| guard | of | demands | in force | source |", "|---|---|---|---|---|"]
    for act in acts {
      for guarding in act.guards {
        for test in guarding.tests {
          lines.append(
            row([
              "`\(guarding.id)`" + (guarding.isOverridable ? ", overridable" : ""), act.title, guarding.demand,
              dates(test), test.source,
            ]))
        }
      }
    }
    lines += ["", "## Clocks", "", "| work | runs in | time | in force | source |", "|---|---|---|---|---|"]
    for clock in clocks {
      let runs = states.filter { clock.runsIn.contains($0.state) }.map { $0.state.rawValue }.joined(separator: ", ")
      if let fact = clock.endsOn { lines.append(row([clock.work, runs, "to the day of `\(fact.rawValue)`", "", ""])) }
      for span in clock.spans.map(Array.init) ?? [] {
        lines.append(row([clock.work, runs, words(span.value, clock), dates(span), span.source]))
      }
    }
    for span in reviewWithin {
      lines.append(
        row(["Second signature, or another look at a decision", "", span.value.words, dates(span), span.source]))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func name(_ state: Kind.State) -> String { state.rawValue.replacing("-", with: "_") }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  private func words(_ second: Second?) -> String {
    switch second {
    case .always(let role)?: role.rawValue
    case .toOverride(let role)?: "\(role.rawValue), to override a guard"
    case nil: ""
    }
  }

  private func words(_ acts: Set<Kind.Act>, _ lead: String) -> String {
    guard !acts.isEmpty else { return "" }
    return " (\(lead) " + Kind.Act.allCases.filter(acts.contains).map { "`\($0.rawValue)`" }.joined(separator: ", ")
      + ")"
  }

  private func words(_ span: Span, _ clock: ClockRule) -> String {
    span.words + (clock.startsFrom.map { " from `\($0.rawValue)`" } ?? "")
  }

  private func dates<Value>(_ rule: InForce<Value>) -> String {
    let words = [rule.from.map { "from \($0.iso)" }, rule.to.map { "to \($0.iso)" }].compactMap { $0 }
    return words.isEmpty ? "always" : words.joined(separator: " ")
  }
}
