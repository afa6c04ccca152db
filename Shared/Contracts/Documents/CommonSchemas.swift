public import Schemas

extension JSONSchema {
  /// A day, `YYYY-MM-DD`.
  public static let day = JSONSchema.string(format: "date")
  /// A pupil's opaque identifier.
  public static let pupil = JSONSchema.string(pattern: PupilID.pattern)
  /// A school's six-digit unique reference number.
  public static let urn = JSONSchema.string(pattern: "^[0-9]{6}$")
  /// Morning or afternoon.
  public static let session = JSONSchema.oneOf(["AM", "PM"])
  /// An attendance code in canonical form.
  public static let code = JSONSchema.string(pattern: "^([/\\\\#A-Z]|[A-Z][0-9])$")
}
