public import Foundation
public import Rulebook
import Store

/// The identifier of one alert between two authorities: 128 random bits, chosen by the sender.
public struct AlertID: Hashable, Sendable, Codable, CustomStringConvertible {
  /// 32 lower-case hexadecimal digits.
  public let text: String

  public init() { text = Data((0..<16).map { _ in UInt8.random(in: 0 ... .max) }).hex }

  /// `nil` unless the text is of the exact form.
  public init?(_ text: String) {
    guard text.utf8.count == 32, Data(digits: text[...]) != nil else { return nil }
    self.text = text
  }

  public var description: String { text }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = AlertID(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not an alert id"))
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}

/// What one authority tells another, sealed: a step in the life of an alert, or of a blind question.
public struct AlertMessage: Hashable, Sendable, Codable {
  /// A person's confirmation that the alert was received.
  public struct Receipt: Hashable, Sendable, Codable {
    /// The officer who received it, and when.
    public let officer: String
    public let on: Day
    /// Under which reference it is kept there.
    public let reference: String
    /// Whether the child is known there.
    public let isKnown: Bool

    public init(officer: String, on: Day, reference: String, isKnown: Bool) {
      self.officer = officer
      self.on = on
      self.reference = reference
      self.isKnown = isKnown
    }
  }

  public enum Step: Hashable, Sendable, Codable {
    case raised(MissingChildRecord)
    /// The other program has it; no person has seen it yet.
    case received
    /// The sender asks for the receipt.
    case reminded
    case acknowledged(Receipt)
    /// The child is there: the school or provision.
    case sighted(provision: String)
    case notHere
    case closed
    /// A blind question's elements, evaluated.
    case evaluated([Data])
    /// What only the asked authority can compare with the children that it knows.
    case compared([Data])
    /// Whether one of them is such a child; a yes only once an officer there has looked. It is a lead, not proof.
    case matched(Bool)
  }

  public let alert: AlertID
  public let step: Step

  public init(_ alert: AlertID, _ step: Step) {
    self.alert = alert
    self.step = step
  }

  /// The most characters of a text in an answer.
  private static let textCharacters = 200

  /// - Throws: ``AlertError/beyondLimits``.
  public func encoded() throws(AlertError) -> Data {
    guard isWithinLimits else { throw .beyondLimits }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return try encoder.encode(self) } catch { throw .beyondLimits }
  }

  /// - Throws: ``AlertError/malformed``, ``AlertError/beyondLimits``.
  public init(encoded data: Data) throws(AlertError) {
    do { self = try JSONDecoder().decode(AlertMessage.self, from: data) } catch { throw .malformed }
    guard isWithinLimits else { throw .beyondLimits }
  }

  private var isWithinLimits: Bool {
    switch step {
    case .raised(let record): record.isWithinLimits
    case .acknowledged(let receipt): [receipt.officer, receipt.reference].allSatisfy(Self.isShort)
    case .sighted(let provision): Self.isShort(provision)
    case .evaluated(let elements): elements.count == BlindQuestion.count
    case .compared(let tokens): tokens.count == BlindQuestion.count
    case .received, .reminded, .notHere, .closed, .matched: true
    }
  }

  private static func isShort(_ text: String) -> Bool { text.isPlain(upTo: textCharacters) }
}

extension String {
  /// Whether it has 1 to so many characters and no control characters.
  public func isPlain(upTo most: Int) -> Bool {
    !isEmpty && utf16.count <= most && unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}
