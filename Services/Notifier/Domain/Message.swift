public import Contracts
import Foundation
import Rulebook
public import Schemas

/// What a receiver is sent: the body of a webhook, and which fields it tells.
public struct Message: Hashable, Sendable {
  /// The type that the receiver sees. At ``DisclosureLevel/identity`` it does not say what the matter is.
  public let type: String
  /// When it happened; at ``DisclosureLevel/nothing`` the day only, so that it cannot be tied to a child.
  public let timestamp: Timestamp
  /// The level that it was cut to.
  public let level: DisclosureLevel
  /// What it tells.
  public let data: [String: JSONValue]
  /// The fields in `data`, for the log of disclosures.
  public let fields: [DisclosedField]

  /// The version of the bodies that ``cut(_:_:to:)`` makes; grows when one changes.
  public static let templateVersion = 1
  /// The type of a message that asks the receiver to contact the authority about a child, and says no more.
  public static let contactType = "uk.everyschoolday.notifier.contact-service.v1"
  /// The type of a message that takes such a request back.
  public static let contactWithdrawnType = "uk.everyschoolday.notifier.contact-withdrawn.v1"

  /// The body: compact JSON with sorted keys, so that equal messages are equal bytes.
  public func body() throws(ContractError) -> [UInt8] {
    let json: JSONValue = [
      "type": .string(type), "timestamp": .string(timestamp.description), "level": .string(level.rawValue),
      "data": .object(data),
    ]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let body = try? encoder.encode(json) else { throw .invalidData(path: "") }
    return Array(body)
  }

  /// Cuts a report to a level. Every field goes through ``DisclosedField/allowed(at:addressProtected:)``; a child whose
  /// address is protected is never told of above ``DisclosureLevel/identity``, and without a place.
  public static func cut(_ report: Report, _ context: ReportContext, to requested: DisclosureLevel) -> Message {
    let identity = context.identity
    let level = identity.addressProtected ? min(requested, .identity) : requested
    let allowed = DisclosedField.allowed(at: level, addressProtected: identity.addressProtected)
    let data = content(of: report, context, allowed).filter { allowed.contains($0.key) }
    // The codes travel inside the sessions.
    let nested: [DisclosedField] = data[.sessions] != nil && allowed.contains(.sessionCode) ? [.sessionCode] : []
    return Message(
      type: outwardType(of: report, at: level),
      timestamp: level == .nothing ? startOfDay(context.time) : context.time, level: level,
      data: Dictionary(uniqueKeysWithValues: data.map { ($0.key.rawValue, $0.value) }),
      fields: DisclosedField.allCases.filter { data[$0] != nil || nested.contains($0) })
  }

  private static func content(
    of report: Report, _ context: ReportContext, _ allowed: Set<DisclosedField>
  ) -> [DisclosedField: JSONValue] {
    var school: [String: JSONValue] = ["urn": .string(report.school.text)]
    school["name"] = context.schoolName.map { .string($0) }
    var data: [DisclosedField: JSONValue] = [
      .authority: .string(context.authority),
      .pupil: .string(report.pupil.text),
      .givenName: .string(context.identity.givenName),
      .familyName: .string(context.identity.familyName),
      .dateOfBirth: .string(context.identity.dateOfBirth.iso),
      .school: .object(school),
      .contact: .string("attendance service of authority \(context.authority)"),
      .proposal: .string(report.proposal),
    ]
    if case .lapsed(let lapsed) = report { data[.mostSessions] = .integer(lapsed.mostSessions) }
    guard let grounds = report.grounds else { return data }
    data[.metOn] = .string(grounds.metOn.iso)
    data[.windowFirstWeek] = .string(grounds.windowFirstWeek.iso)
    data[.windowLastWeek] = .string(grounds.windowLastWeek.iso)
    data[.sessions] = .array(
      grounds.sessions.map { counted in
        var session: [String: JSONValue] = [
          "date": .string(counted.date.iso), "session": .string(counted.session.rawValue),
        ]
        if allowed.contains(.sessionCode) { session["code"] = .string(counted.code.text) }
        return .object(session)
      })
    data[.unresolved] = .integer(grounds.unresolved)
    data[.rule] = [
      "id": .string(grounds.rule.id), "source": .string(grounds.rule.source),
      "inForceFrom": .string(grounds.rule.inForceFrom.iso),
    ]
    return data
  }

  /// "An identity link only" would be broken by a type that names a penalty notice beside a child's name.
  private static func outwardType(of report: Report, at level: DisclosureLevel) -> String {
    guard level == .identity else { return report.type.name }
    if case .lapsed = report { return contactWithdrawnType }
    return contactType
  }

  private static func startOfDay(_ time: Timestamp) -> Timestamp {
    let dayMillis: Int64 = 86_400_000
    return Timestamp(millis: (time.millis / dayMillis) * dayMillis)
  }
}
