import Rulebook
import SchoolFiles

/// One child's day as a picture: a line of time with the stay, the parts, the breaks and where rules are broken. It has a
/// description in words, loads nothing, and does not say with colours alone what it says.
public struct DayPicture: Sendable {
  private static let (left, width, top, row) = (20, 900, 40, 34)

  private let day: PerformanceDay
  private let breaches: [PerformanceBreach]
  private let first: LocalMoment
  private let minutes: Int

  /// - Parameter breaches: those of the day, also of rules between days.
  public init(_ day: PerformanceDay, _ breaches: [PerformanceBreach]) {
    self.day = day
    self.breaches = breaches
    let stay = day.times.atPlace
    let from = LocalMoment(stay.start.day, ClockTime(stay.start.time.minutes / 60, 0))
    first = from
    // To the full hour, and an hour at least.
    minutes = max(60, (from.minutes(until: stay.end) + 59) / 60 * 60)
  }

  /// SVG.
  public var svg: String {
    let shown = breaches.filter { $0.at != nil }
    let height = Self.top + Self.row * (3 + shown.count) + 10
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.left * 2 + Self.width) \(height)" role="img" \
      font-family="sans-serif" font-size="13"><title>\(day.times.atPlace.start.day.inWordsWithWeekday)</title>\
      <desc>\(XMLText.escaped(words))</desc><rect width="100%" height="100%" fill="#fff"/>
      """
    ]
    for hour in 0...(minutes / 60) {
      let moment = first.adding(minutes: hour * 60)
      let x = x(moment)
      lines.append(
        "<path d=\"M\(x) \(Self.top - 8)V\(height - 6)\" stroke=\"#b1b4b6\"/><text x=\"\(x)\" y=\"24\" "
          + "text-anchor=\"middle\">\(moment.time)</text>")
    }
    lines.append(bar(day.times.atPlace, 0, "at the place", fill: "#dee0e2"))
    for part in day.times.parts { lines.append(bar(part.span, 1, part.kind.rawValue, fill: "#8eb8dc")) }
    for pause in day.times.breaks { lines.append(bar(pause, 2, "break", fill: "#9ccfa4")) }
    for (index, breach) in shown.enumerated() {
      guard let at = breach.at else { continue }
      lines.append(
        bar(at, 3 + index, "\(breach.rule.rawValue): \(breach.instead)", fill: "#fff", stroke: "#d4351c"))
    }
    return lines.joined(separator: "\n") + "\n</svg>"
  }

  /// The day in words, for those who do not see the picture.
  var words: String {
    func times(_ span: LocalSpan) -> String { "\(span.start.time) to \(span.end.time)" }
    let sentences =
      ["At the place \(times(day.times.atPlace))."] + day.times.parts.map { "\($0.kind.rawValue) \(times($0.span))." }
      + day.times.breaks.map { "break \(times($0))." }
      + breaches.map { "\($0.rule.rawValue): \($0.rule.words) \($0.instead)" }
    return sentences.joined(separator: " ")
  }

  private func x(_ moment: LocalMoment) -> Int {
    Self.left + min(max(first.minutes(until: moment), 0), minutes) * Self.width / minutes
  }

  /// A bar with its words over it; a breach before the day, such as a rest that is too short, is at its edge.
  private func bar(_ span: LocalSpan, _ row: Int, _ label: String, fill: String, stroke: String = "#505a5f") -> String {
    let (from, to, y) = (x(span.start), x(span.end), Self.top + row * Self.row)
    let dash = row > 2 ? " stroke-dasharray=\"5 3\" stroke-width=\"2\"" : ""
    return """
      <rect x="\(from)" y="\(y)" width="\(max(2, to - from))" height="\(Self.row - 6)" fill="\(fill)" \
      stroke="\(stroke)"\(dash)/><text x="\(min(from + 4, Self.width * 2 / 3))" y="\(y + 19)">\(XMLText.escaped(label))</text>
      """
  }
}
