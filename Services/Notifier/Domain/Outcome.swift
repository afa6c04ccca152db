public import Foundation

/// What came of one attempt.
public enum Outcome: Hashable, Sendable {
  /// The receiver took the message: any 2xx.
  case accepted
  /// Anything else. The pause is what `Retry-After` asked for.
  case failed(Failure, retryAfterMillis: Int64?)
  /// 410: the receiver wants no more.
  case gone
  /// It was not sent at all, and never will be.
  case withheld(Decision.Reason)

  /// Why an attempt failed, for the log of deliveries.
  public enum Failure: Hashable, Sendable {
    /// The HTTP status, redirects among them: none is followed.
    case status(Int)
    case timeout
    /// What came is no HTTP answer, or one that no receiver may give, for example a status below 200.
    case invalidAnswer
    /// The name does not resolve, the connection or the TLS handshake failed.
    case unreachable
    /// The name resolves to an address that ``AddressGuard`` does not permit.
    case forbiddenAddress
    /// This program could not make the message; nothing left it.
    case internalFault
  }

  /// Judges an HTTP answer (Standard Webhooks 1.0.0, "Delivery success and failure").
  ///
  /// - Parameters:
  ///   - retryAfter: the header: seconds or an HTTP date (RFC 9110 section 10.2.3); anything else is ignored.
  ///   - now: for the date form.
  public init(status: Int, retryAfter: String?, now: Date) {
    switch status {
    case 200..<300: self = .accepted
    case 410: self = .gone
    default: self = .failed(.status(status), retryAfterMillis: retryAfter.flatMap { Self.millis($0, now: now) })
    }
  }

  private static func millis(_ retryAfter: String, now: Date) -> Int64? {
    let text = retryAfter.trimmingCharacters(in: .whitespaces)
    if !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return Int64(text).map { $0 * 1000 }
    }
    guard text.utf8.count <= 40 else { return nil }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.isLenient = false
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    guard let date = formatter.date(from: text) else { return nil }
    return max(0, Int64((date.timeIntervalSince(now) * 1000).rounded(.up)))
  }
}

extension Outcome: CustomStringConvertible {
  /// A short word for logs, metrics and the log of disclosures; never anything that the receiver said.
  public var description: String {
    switch self {
    case .accepted: "accepted"
    case .failed(let failure, _): failure.description
    case .gone: "gone"
    case .withheld(let reason): "withheld-\(reason.rawValue)"
    }
  }
}

extension Outcome.Failure: CustomStringConvertible {
  /// A short word, as in ``Outcome/description``.
  public var description: String {
    switch self {
    case .status(let code): "status-\(code)"
    case .timeout: "timeout"
    case .invalidAnswer: "invalid-answer"
    case .unreachable: "unreachable"
    case .forbiddenAddress: "forbidden-address"
    case .internalFault: "internal-fault"
    }
  }
}
