public import Rulebook
public import Schemas

extension JSONSchema {
  /// A day, `YYYY-MM-DD`.
  public static let day = JSONSchema.string(format: "date")
  /// A moment, RFC 3339.
  public static let timestamp = JSONSchema.string(format: "date-time")
  /// A pupil's opaque identifier.
  public static let pupil = JSONSchema.string(pattern: PupilID.pattern)
  /// A parent's or another contact's opaque identifier.
  public static let person = JSONSchema.string(pattern: PersonID.pattern)
  /// A school's six-digit unique reference number.
  public static let urn = JSONSchema.string(pattern: "^[0-9]{6}$")
  /// A unique pupil number; the check letter is in front.
  public static let upn = JSONSchema.string(pattern: "^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$")
  /// Morning or afternoon.
  public static let session = JSONSchema.oneOf(["AM", "PM"])
  /// An attendance code in canonical form.
  public static let code = JSONSchema.string(pattern: "^([/\\\\#A-Z]|[A-Z][0-9])$")
  /// A school year, for example `2026-27`.
  public static let schoolYear = JSONSchema.string(pattern: "^[0-9]{4}-[0-9]{2}$")
}

extension Day: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .day }
  public static var sample: JSONValue { "2026-09-07" }
}

extension Timestamp: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .timestamp }
  public static var sample: JSONValue { "2026-09-07T09:00:00.000Z" }
}

extension PupilID: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .pupil }
  public static var sample: JSONValue { "p000000000" }
}

extension PersonID: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .person }
  public static var sample: JSONValue { "c000000000" }
}

extension URN: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .urn }
  public static var sample: JSONValue { "900101" }
}

extension UPN: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .upn }
  public static var sample: JSONValue { "A000000000000" }
}

extension AuthorityCode: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .string(pattern: "^[2-9][0-9]{2}$") }
  public static var sample: JSONValue { "880" }
}

extension AttendanceCode: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .code }
  public static var sample: JSONValue { .string(CodeBook.england.tables[1].value.words(.noReasonFound)) }
}

extension YearGroup: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .string(pattern: "^(N1|N2|R|[1-9]|1[0-4])$") }
  public static var sample: JSONValue { "5" }
}
