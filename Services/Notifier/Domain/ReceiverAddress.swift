public import Foundation

/// Where a receiver listens: an `https` address of a host without credentials.
public struct ReceiverAddress: Hashable, Sendable {
  /// The address, scheme and host in lower case.
  public let url: URL
  /// Lower case, without the brackets of an IPv6 literal.
  public let host: String
  /// The port, also where the address names none.
  public let port: Int

  /// The longest address taken, in bytes.
  public static let longest = 2048

  /// Why an address is not taken.
  public enum Refusal: String, Error, Hashable, Sendable, CaseIterable {
    case notAnAddress = "is not an address"
    case tooLong = "is longer than 2048 bytes"
    case notSecure = "must begin with https"
    case hasCredentials = "must not contain a user name or password"
    case hasFragment = "must not contain a fragment"
    case privateHost = "must not be a private or local address"
  }

  /// - Parameter allowsLoopback: the demo switch: plain `http` and loopback hosts are taken.
  /// - Throws: why it is refused. A host name is judged again by its addresses at every attempt.
  public init(_ text: String, allowsLoopback: Bool) throws(Refusal) {
    guard text.utf8.count <= Self.longest else { throw .tooLong }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parts = URLComponents(string: text),
      let scheme = parts.scheme?.lowercased(), let rawHost = parts.host?.lowercased(), !rawHost.isEmpty
    else { throw .notAnAddress }
    guard parts.user == nil, parts.password == nil else { throw .hasCredentials }
    guard parts.fragment == nil else { throw .hasFragment }
    let host = rawHost.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    let literal = IPAddress(host)
    let isLoopback = host == "localhost" || literal.map { AddressGuard.classify($0) == .loopback } == true
    switch scheme {
    case "https": break
    case "http" where allowsLoopback && isLoopback: break
    case "http": throw .notSecure
    default: throw .notAnAddress
    }
    if let literal, !AddressGuard.permits(literal, allowsLoopback: allowsLoopback) { throw .privateHost }
    if host == "localhost" && !allowsLoopback { throw .privateHost }
    var normal = parts
    normal.scheme = scheme
    normal.host = rawHost
    let port = parts.port ?? (scheme == "https" ? 443 : 80)
    guard let url = normal.url, (1...65535).contains(port) else { throw .notAnAddress }
    self.url = url
    self.host = host
    self.port = port
  }
}
