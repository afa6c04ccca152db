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

  /// The type of a message by which a receiver is tested.
  public static let testType = "uk.everyschoolday.notifier.test.v1"

  /// A message that says nothing about anybody: who tests, and under which subscription.
  public static func test(of subscription: String, authority: String, at time: Timestamp) -> Message {
    Message(
      type: testType, timestamp: time, level: .nothing,
      data: ["authority": .string(authority), "subscription": .string(subscription)], fields: [.authority])
  }

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
  /// address is protected is disclosed at ``DisclosureLevel/identity`` at most, without the school.
  public static func cut(_ report: Report, _ context: ReportContext, to requested: DisclosureLevel) -> Message {
    let addressProtected = context.identity?.addressProtected ?? false
    let level = addressProtected ? min(requested, .identity) : requested
    let allowed = DisclosedField.allowed(at: level, addressProtected: addressProtected)
    var data = report.facts.merging(frame(of: report, context)) { $1 }.filter { allowed.contains($0.key) }
    var fields = Set(data.keys)
    for field in DisclosedField.allCases {
      guard let (parent, key) = field.place, let elements = data[parent] else { continue }
      if allowed.contains(field) {
        fields.insert(field)
      } else {
        data[parent] = elements.removing(key)
      }
    }
    return Message(
      type: outwardType(of: report, at: level),
      timestamp: level == .nothing ? startOfDay(context.time) : context.time, level: level,
      data: Dictionary(uniqueKeysWithValues: data.map { ($0.key.rawValue, $0.value) }),
      fields: DisclosedField.allCases.filter(fields.contains))
  }

  /// Who tells, of whom and of which school: in every message, as far as its level allows.
  private static func frame(of report: Report, _ context: ReportContext) -> [DisclosedField: JSONValue] {
    var data: [DisclosedField: JSONValue] = [
      .authority: .string(context.authority),
      .contact: .string("attendance service of authority \(context.authority)"),
    ]
    if let urn = report.school {
      var school: [String: JSONValue] = ["urn": .string(urn.text)]
      school["name"] = context.schoolName.map { .string($0) }
      data[.school] = .object(school)
    }
    data[.pupil] = report.pupil.map { .string($0.text) }
    guard let identity = context.identity else { return data }
    data[.givenName] = .string(identity.givenName)
    data[.familyName] = .string(identity.familyName)
    data[.dateOfBirth] = .string(identity.dateOfBirth.iso)
    return data
  }

  /// "An identity link only" would be broken by a type that names a penalty notice beside a child's name. Where there is
  /// no child there is nothing to hide.
  private static func outwardType(of report: Report, at level: DisclosureLevel) -> String {
    guard level == .identity, report.pupil != nil else { return report.type.name }
    return report.course == .withdraws ? contactWithdrawnType : contactType
  }

  private static func startOfDay(_ time: Timestamp) -> Timestamp {
    let dayMillis: Int64 = 86_400_000
    return Timestamp(millis: (time.millis / dayMillis) * dayMillis)
  }
}

extension JSONValue {
  /// An array of objects without one of their keys; anything else as it is.
  fileprivate func removing(_ key: String) -> JSONValue {
    guard case .array(let elements) = self else { return self }
    return .array(
      elements.map { element in
        guard case .object(let fields) = element else { return element }
        return .object(fields.filter { $0.key != key })
      })
  }
}
