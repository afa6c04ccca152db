import Foundation
import HTTPTypes
import Hummingbird
import Schemas
import SchoolFiles

/// A line of a list that comes in pages: what a page of it is called and what it says beside its lines.
///
/// ```swift
/// struct NoticeLine: Listed {
///   static let list = "notices"
///   let number: Int64
///   let issuedOn: Day
/// }
///
/// func list(after: Int64) async throws -> Page<NoticeLine> {
///   try await transactions.read { db in
///     Page(try Notices.after(after, limit: 100, in: db), of: 100, endsAt: \.number) { NoticeLine($0) }
///   }
/// }
/// ```
///
/// The route answers `{"notices": [...], "next": 17}` with a `Link` to the next page, or the lines as comma-separated
/// values.
public protocol Listed: Codable, Sendable {
  /// What stands beside the lines of a page; ``NoHead`` unless there is something.
  associatedtype Head: Codable & Sendable = NoHead
  /// Where a page ends; a ``PageCursor`` but for lists that are in the order of something that callers know.
  associatedtype Position: Codable & Sendable & CustomStringConvertible = PageCursor

  /// The field that holds the lines, and the name of the file.
  static var list: String { get }
  /// The query parameter that takes a page's `next`.
  static var cursor: String { get }
  /// A page as a file: its name without an ending, with nothing about a person, and its bytes. A row a line, a column a
  /// field, unless a list does it otherwise.
  static func sheet(of page: Page<Self>) throws -> (name: String, bytes: [UInt8])
}

extension Listed {
  public static var cursor: String { About.Parameter.after.name }

  public static func sheet(of page: Page<Self>) throws -> (name: String, bytes: [UInt8]) {
    (list, try LineTable.bytes(page.lines))
  }
}

/// A page says nothing but its lines.
public struct NoHead: Codable, Sendable {
  public init() {}
}

/// Where a page of a list ends and the next begins: a whole number from 0, in JSON and in the query.
public struct PageCursor: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Lists in groups have room for 2⁴⁰ lines in each.
  private static let lineBits: Int64 = 40

  public let position: Int64

  public init(_ position: Int64) { self.position = position }

  /// In a list that goes by groups, such as days, and by numbers in each.
  public init(group: Int64, _ number: Int64) { position = group << Self.lineBits | number }

  public var group: Int64 { position >> Self.lineBits }
  public var number: Int64 { position & (1 << Self.lineBits - 1) }

  public init(from decoder: any Decoder) throws { position = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(position)
  }

  public var description: String { String(position) }

  /// `nil` unless it is a whole number from 0.
  static func position(_ text: String) -> Int64? { Int64(text).flatMap { $0 >= 0 ? $0 : nil } }
}

extension About.Parameter {
  /// Where a page of a list begins; read by ``Call/after``.
  public static let after = QueryParameter<Int64>.after.about
}

extension QueryParameter where Value == Int64 {
  /// Behind what a page of a list begins; 0 when it is left out.
  public static var after: QueryParameter<Int64> {
    QueryParameter("after", .integer(minimum: 0), "The `next` of the page before.", { PageCursor.position($0) }).or(0)
  }
}

extension QueryParameter where Value == Int64? {
  /// Before what a page of a list that goes backwards begins.
  public static func before(_ description: String) -> Self {
    QueryParameter<Int64>("before", .integer(minimum: 0), description, { PageCursor.position($0) }).optional
  }
}

/// One page of a list.
public struct Page<Line: Listed>: Codable, Sendable {
  public let head: Line.Head
  public let lines: [Line]
  /// What to give as ``Listed/cursor`` for the next page; `nil` on the last.
  public let next: Line.Position?

  public init(_ lines: [Line], _ head: Line.Head, next: Line.Position?) {
    self.head = head
    self.lines = lines
    self.next = next
  }

  /// The page that rows make which were read up to a limit: where there are as many, there may be more.
  ///
  /// - Parameter position: where a row stands in the list.
  public init<Row>(
    _ rows: [Row], of limit: Int, _ head: Line.Head, endsAt position: (Row) -> Int64, line: (Row) throws -> Line
  ) rethrows where Line.Position == PageCursor {
    self.init(
      try rows.map(line), head, next: rows.count == limit ? rows.last.map { PageCursor(position($0)) } : nil)
  }

  /// The same of a list whose pages say nothing beside.
  public init<Row>(
    _ rows: [Row], of limit: Int, endsAt position: (Row) -> Int64, line: (Row) throws -> Line
  ) rethrows where Line.Position == PageCursor, Line.Head == NoHead {
    try self.init(rows, of: limit, NoHead(), endsAt: position, line: line)
  }

  public init(from decoder: any Decoder) throws {
    head = try Line.Head(from: decoder)
    let container = try decoder.container(keyedBy: PageField.self)
    lines = try container.decode([Line].self, forKey: PageField(Line.list))
    next = try container.decodeIfPresent(Line.Position.self, forKey: .next)
  }

  public func encode(to encoder: any Encoder) throws {
    try head.encode(to: encoder)
    var container = encoder.container(keyedBy: PageField.self)
    try container.encode(lines, forKey: PageField(Line.list))
    try container.encodeIfPresent(next, forKey: .next)
  }
}

private struct PageField: CodingKey {
  static let next = PageField("next")

  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

/// A page of whatever list.
protocol AnyPage: Sheet {
  /// The type of its lines.
  static var line: any Decodable.Type { get }
  /// The query of the next page: parameter and value.
  var onward: (parameter: String, value: String)? { get }
}

extension Page: Sheet {
  public func sheet() throws -> (name: String, bytes: [UInt8]) { try Line.sheet(of: self) }
}

extension Page: AnyPage {
  static var line: any Decodable.Type { Line.self }
  var onward: (parameter: String, value: String)? { next.map { (Line.cursor, "\($0)") } }
}

extension Response {
  /// The answer with a `Link` to the next page (RFC 8288) where there is one.
  func linked(_ page: some AnyPage, of request: Request) -> Response {
    guard let (parameter, value) = page.onward else { return self }
    var response = self
    let kept = (request.uri.query ?? "").split(separator: "&")
      .filter { $0 != parameter && !$0.hasPrefix("\(parameter)=") }
    let text = request.uri.path + "?" + (kept.map(String.init) + ["\(parameter)=\(value)"]).joined(separator: "&")
    // What may not stand in a URI as it is, above all what would end the link.
    let link = text.addingPercentEncoding(withAllowedCharacters: Self.linkCharacters) ?? ""
    response.headers[.link] = "<\(link)>; rel=\"next\""
    return response
  }

  private static let linkCharacters = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?@!$&'()*+,=%")
}

/// An answer whose one list is whole: it comes as comma-separated values as a page of a list does.
public protocol WholeList: Sheet, Codable {
  associatedtype Row: Codable
  /// What the file is called, and the lines.
  var list: (name: String, rows: [Row]) { get }
}

extension WholeList {
  public func sheet() throws -> (name: String, bytes: [UInt8]) { (list.name, try LineTable.bytes(list.rows)) }
}

/// Lines of one type as comma-separated values: a column for each field that the type's description has. The fields of
/// an object in a line stand under both names, `owner.role`; a list of values is one cell with semicolons; a list of
/// objects is one cell of JSON.
public enum LineTable {
  /// - Throws: `UndescribableType`.
  public static func bytes<Line: Codable>(_ lines: [Line]) throws -> [UInt8] {
    let columns = columns(of: try JSONSchema.describing(Line.self), [])
    var table = CSVTable(columns.map { $0.joined(separator: ".") })
    for line in lines {
      let value = try JSONDecoder().decode(JSONValue.self, from: Data(Response.encoded(line)))
      let cells = try columns.map { path in (path.joined(separator: "."), try cell(value, path[...])) }
      table.add(Dictionary(uniqueKeysWithValues: cells))
    }
    return table.bytes
  }

  private static func columns(of schema: JSONSchema, _ path: [String]) -> [[String]] {
    switch schema {
    case .object(let fields): fields.flatMap { columns(of: $0.schema, path + [$0.name]) }
    case .nullable(let schema): columns(of: schema, path)
    default: [path]
    }
  }

  private static func cell(_ value: JSONValue, _ path: ArraySlice<String>) throws -> String? {
    if let name = path.first {
      guard case .object(let members) = value, let member = members[name] else { return nil }
      return try cell(member, path.dropFirst())
    }
    switch value {
    case .string(let text): return text
    case .integer(let number): return String(number)
    case .number(let number): return String(number)
    case .bool(let isTrue): return String(isTrue)
    case .null: return nil
    case .array(let elements):
      let texts = try elements.map { element -> String? in
        if case .object = element { nil } else { try cell(element, []) }
      }
      if texts.allSatisfy({ $0 != nil }) { return texts.compactMap { $0 }.joined(separator: "; ") }
      return String(decoding: try Response.encoded(value), as: UTF8.self)
    case .object: return String(decoding: try Response.encoded(value), as: UTF8.self)
    }
  }
}
