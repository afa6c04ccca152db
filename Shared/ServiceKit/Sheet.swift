import HTTPTypes
public import Hummingbird
import Schemas

/// An answer that also comes as comma-separated values.
public protocol Sheet: Encodable {
  /// The file: what it is called, without its ending and with nothing about a person; UTF-8, with a header row.
  func sheet() throws -> (name: String, bytes: [UInt8])
}

extension About.Parameter {
  /// In which form an answer comes that has two; read by `Request.wantsSheet()`.
  public static let format = About.Parameter(
    "format", .oneOf(["json", "csv"]), required: false,
    "`csv` for comma-separated values, `json` for JSON whatever `Accept` says. Without it `Accept: text/csv` asks for CSV."
  )
}

extension Request {
  /// Whether the caller asks for comma-separated values rather than JSON: by the query parameter `format`, else by
  /// `Accept` (RFC 9110, 12.5.1). JSON where both are as welcome.
  ///
  /// - Throws: `Problem` 400 for another format.
  public func wantsSheet() throws(Problem) -> Bool {
    let format = try optionalQuery(About.Parameter.format.name) { ["json": false, "csv": true][$0] }
    if let format { return format }
    let accept = headers[values: .accept].joined(separator: ",")
    return MediaPreference(accept)("text/csv") > MediaPreference(accept)("application/json")
  }
}

/// How welcome media types are by an `Accept` field.
struct MediaPreference {
  private var weights: [(range: String, weight: Double)] = []

  /// The most ranges of a field that are looked at.
  private static let most = 32

  init(_ accept: String) {
    for part in accept.split(separator: ",").prefix(Self.most) {
      let words = part.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
      guard let range = words.first else { continue }
      let weight = words.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      weights.append((range, min(max(weight, 0), 1)))
    }
  }

  /// From 0 to 1; the most exact range decides. 1 where there is no field.
  func callAsFunction(_ type: String) -> Double {
    guard !weights.isEmpty else { return 1 }
    let group = "\(type.prefix { $0 != "/" })/*"
    for range in [type, group, "*/*"] {
      if let found = weights.first(where: { $0.range == range }) { return found.weight }
    }
    return 0
  }
}

extension Response {
  /// An answer as JSON, or as the file that the caller asks for; a page with a `Link` to the next either way.
  ///
  /// - Throws: `Problem` 400 for an unknown format.
  static func sheet(_ answer: some Sheet, of request: Request) throws -> Response {
    var response = try request.wantsSheet() ? file(answer) : json(answer)
    response.headers[.vary] = "Accept"
    return (answer as? any AnyPage).map { response.linked($0, of: request) } ?? response
  }

  private static func file(_ answer: some Sheet) throws -> Response {
    let (name, bytes) = try answer.sheet()
    return .bytes(
      bytes, contentType: "text/csv; charset=utf-8; header=present",
      headers: [.contentDisposition: "attachment; filename=\"\(name).csv\""])
  }
}
