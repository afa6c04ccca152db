import Foundation
import Rulebook
import Schemas

/// Checks the JSON of a form against the schema of its type before it is decoded, so that every fault is told at once:
/// unknown fields and missing ones, other types, values outside the allowed ones, and names that are given twice.
///
/// It keeps nothing of the bytes but the path to where it is.
struct FormCheck {
  /// Why a body cannot be checked.
  enum Failure: Error { case notJSON, tooDeep }

  /// How deep objects and lists may lie in each other.
  static let mostDeep = 32

  private let bytes: [UInt8]
  private let extent: FormExtent
  private var checksValues: Bool { if case .everything = extent { true } else { false } }
  private var at = 0
  private var depth = 0
  private var path: [String] = []
  private(set) var faults: [Fault] = []
  private(set) var omitted = 0

  /// Checks a body.
  ///
  /// - Throws: ``Failure``.
  init(_ data: Data, of schema: JSONSchema, extent: FormExtent = .everything) throws(Failure) {
    bytes = Array(data)
    self.extent = extent
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .notJSON }
    try value(schema)
    skipSpace()
    guard at == bytes.count else { throw .notJSON }
    noteRepeated(RepeatedNames(in: data))
  }

  /// Whether a name that is given twice is for the reader of the rows to judge: it stands in one of them.
  private func isOfARow(_ place: RepeatedNames.Place) -> Bool {
    guard case .rows(let member) = extent else { return false }
    return place.row(of: member) != nil
  }

  private mutating func noteRepeated(_ names: RepeatedNames) {
    for place in names.places where !isOfARow(place) {
      path = place.steps
      note(place.isWhole ? "is given twice" : "has a name in it that is given twice")
    }
    guard names.count > names.places.count else { return }
    path = []
    note("has more than \(RepeatedNames.most) names that are given twice")
  }

  // MARK: Values

  /// Goes over one value; `nil` for one of which nothing is known.
  private mutating func value(_ schema: JSONSchema?) throws(Failure) {
    skipSpace()
    switch schema {
    case .nullable(let wrapped)?: try value(peek == UInt8(ascii: "n") ? .any : wrapped)
    case .anyOf(let schemas)?: try any(of: schemas)
    default:
      switch peek {
      case UInt8(ascii: "{"): try nested { (check) throws(Failure) in try check.object(schema) }
      case UInt8(ascii: "["): try nested { (check) throws(Failure) in try check.list(schema) }
      case UInt8(ascii: "\""): try text(schema)
      case UInt8(ascii: "t"): try word("true", isTruth: true, schema)
      case UInt8(ascii: "f"): try word("false", isTruth: true, schema)
      case UInt8(ascii: "n"): try word("null", isTruth: false, schema)
      default: try number(schema)
      }
    }
  }

  /// What one of the schemas admits is right; else the faults are those of the one that fits the kind of value.
  private mutating func any(of schemas: [JSONSchema]) throws(Failure) {
    let (start, known, knownOmitted) = (at, faults, omitted)
    var best: (faults: [Fault], omitted: Int)?
    let fitting = schemas.filter { Self.fits(peek, $0) }
    guard !fitting.isEmpty else {
      note("must be \(ValueCheck.words(.anyOf(schemas)))")
      return try value(nil)
    }
    for schema in fitting {
      (at, faults, omitted) = (start, known, knownOmitted)
      try value(schema)
      if faults.count == known.count && omitted == knownOmitted { return }
      best = best ?? (faults, omitted)
    }
    if let best { (faults, omitted) = best }
  }

  private static func fits(_ byte: UInt8, _ schema: JSONSchema) -> Bool {
    switch schema {
    case .object, .map: byte == UInt8(ascii: "{")
    case .array: byte == UInt8(ascii: "[")
    case .string, .oneOf: byte == UInt8(ascii: "\"")
    case .boolean: byte == UInt8(ascii: "t") || byte == UInt8(ascii: "f")
    case .integer, .number: byte == UInt8(ascii: "-") || isDigit(byte)
    case .nullable(let wrapped): byte == UInt8(ascii: "n") || fits(byte, wrapped)
    case .anyOf(let schemas): schemas.contains { fits(byte, $0) }
    case .any: true
    }
  }

  private mutating func nested(_ body: (inout FormCheck) throws(Failure) -> Void) throws(Failure) {
    guard depth < Self.mostDeep else { throw .tooDeep }
    depth += 1
    try body(&self)
    depth -= 1
  }

  private mutating func object(_ schema: JSONSchema?) throws(Failure) {
    let fields: [JSONSchema.Field]?
    var (keys, values): (String?, JSONSchema?) = (nil, nil)
    switch schema {
    case .object(let known)?: fields = known
    case .map(let pattern, let schema)?: (fields, keys, values) = (nil, pattern, schema)
    case .any?, nil: fields = nil
    default:
      fields = nil
      mismatch(schema)
    }
    var seen: Set<String> = []
    try members(closing: UInt8(ascii: "}")) { (check) throws(Failure) in
      guard check.peek == UInt8(ascii: "\"") else { throw .notJSON }
      let name = try check.string()
      check.skipSpace()
      try check.take(UInt8(ascii: ":"))
      if let keys, check.checksValues, let fault = ValueCheck.fault(name, .string(pattern: keys)) {
        check.note("has a name in it that \(fault)")
      }
      try check.member(name, fields, values, &seen)
    }
    guard let fields, checksValues else { return }
    for field in fields where field.required && !seen.contains(field.name) { note("is required", at: field.name) }
  }

  private mutating func member(
    _ name: String, _ fields: [JSONSchema.Field]?, _ values: JSONSchema?, _ seen: inout Set<String>
  ) throws(Failure) {
    guard let fields else {
      return try under(name, values)
    }
    guard let field = fields.first(where: { $0.name == name }) else {
      noteUnknown(name, fields)
      return try under(name, nil)
    }
    seen.insert(name)
    // What may be left out may be null as well: decoding takes one for the other.
    try under(name, field.required ? field.schema : .nullable(field.schema))
  }

  private mutating func list(_ schema: JSONSchema?) throws(Failure) {
    let element: JSONSchema? = if case .array(let element)? = schema { element } else { nil }
    if element == nil { mismatch(schema) }
    var place = 0
    try members(closing: UInt8(ascii: "]")) { (check) throws(Failure) in
      try check.under(String(place), element)
      place += 1
    }
  }

  private mutating func text(_ schema: JSONSchema?) throws(Failure) {
    let text = try string()
    guard let schema, checksValues, let fault = ValueCheck.fault(text, schema) else { return }
    note(fault)
  }

  private mutating func word(_ word: StaticString, isTruth: Bool, _ schema: JSONSchema?) throws(Failure) {
    let end = at + word.utf8CodeUnitCount
    guard end <= bytes.count, word.withUTF8Buffer({ $0.elementsEqual(bytes[at..<end]) }) else { throw .notJSON }
    at = end
    if isTruth, case .boolean? = schema { return }
    mismatch(schema)
  }

  private mutating func number(_ schema: JSONSchema?) throws(Failure) {
    let start = at
    if peek == UInt8(ascii: "-") { at += 1 }
    if peek == UInt8(ascii: "0") { at += 1 } else { try digits() }
    if peek == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if peek | 0x20 == UInt8(ascii: "e") {
      at += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    switch schema {
    case .number?: break
    case .integer(let minimum)?:
      guard let number = Int(text) ?? Double(text).flatMap(Int.init(exactly:)), number >= minimum ?? .min else {
        return mismatch(schema)
      }
    default: mismatch(schema)
    }
  }

  // MARK: Faults

  /// The value is of another kind than the schema's.
  private mutating func mismatch(_ schema: JSONSchema?) {
    guard let schema, schema != .any, checksValues else { return }
    note("must be \(ValueCheck.words(schema))")
  }

  private mutating func note(_ detail: String, at name: String? = nil) {
    guard faults.count < Problem.mostFaults else {
      omitted += 1
      return
    }
    let steps = path + (name.map { [$0] } ?? [])
    faults.append(.init(steps.map { JSONPointer.step($0) }.joined(), detail))
  }

  /// Names that could not be a field's are not repeated: they may be anything.
  private mutating func noteUnknown(_ name: String, _ fields: [JSONSchema.Field]) {
    let allowed = fields.prefix(ValueCheck.mostNamed).map(\.name).joined(separator: ", ")
    let isName = RepeatedNames.isPlain(name)
    note(
      isName
        ? "is not a field of this form. Use: \(allowed)" : "has a field that this form does not have. Use: \(allowed)",
      at: isName ? name : nil)
  }

  // MARK: Bytes

  /// The next byte; 0 at the end, where nothing of JSON begins with it.
  private var peek: UInt8 { at < bytes.count ? bytes[at] : 0 }

  private mutating func under(_ step: String, _ schema: JSONSchema?) throws(Failure) {
    path.append(step)
    try value(schema)
    path.removeLast()
  }

  private mutating func take(_ byte: UInt8) throws(Failure) {
    guard peek == byte else { throw .notJSON }
    at += 1
  }

  private mutating func skipSpace() {
    while peek == 0x20 || peek == 0x0A || peek == 0x0D || peek == 0x09 { at += 1 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private mutating func digits() throws(Failure) {
    let start = at
    while Self.isDigit(peek) { at += 1 }
    guard at > start else { throw .notJSON }
  }

  /// The members of an object or a list, from its first bracket to its last.
  private mutating func members(
    closing: UInt8, _ member: (inout FormCheck) throws(Failure) -> Void
  ) throws(Failure) {
    at += 1
    skipSpace()
    if peek == closing {
      at += 1
      return
    }
    while true {
      skipSpace()
      try member(&self)
      skipSpace()
      if peek == closing {
        at += 1
        return
      }
      try take(UInt8(ascii: ","))
    }
  }

  /// A text at its first quotation mark.
  private mutating func string() throws(Failure) -> String {
    let start = at
    at += 1
    var isPlain = true
    while peek != UInt8(ascii: "\"") {
      guard peek >= 0x20 else { throw .notJSON }
      if peek == UInt8(ascii: "\\") {
        isPlain = false
        at += 1
        guard at < bytes.count else { throw .notJSON }
      }
      at += 1
    }
    at += 1
    if isPlain { return String(decoding: bytes[(start + 1)..<(at - 1)], as: UTF8.self) }
    guard let text = try? JSONDecoder().decode(String.self, from: Data(bytes[start..<at])) else { throw .notJSON }
    return text
  }
}
