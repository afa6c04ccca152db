/// What a program lets in: how much at once, how slowly, and from whom.
public struct EdgeSettings: Sendable {
  static let keys = [
    concurrencyKey, shareKey, bodiesLimitKey, bodyDeadlineKey, answerDeadlineKey, rateKey, rateWindowKey, idleKey,
    connectionsKey, refusalsKey, hstsKey,
  ]

  static let concurrencyKey = ConfigurationKey(
    "http.concurrency", default: "64",
    "The most requests handled at once, 1 to 4096; more are answered 503. Health and metrics are never refused.")
  static let shareKey = ConfigurationKey(
    "http.share", default: "16",
    "The most requests of one caller in hand at once, from its token to the end of its answer, 1 to 4096; more are "
      + "answered 429.")
  static let bodiesLimitKey = ConfigurationKey(
    "http.bodies.limit", default: "134217728",
    "The most bytes of all bodies in hand at once, 1048576 to 17179869184, and no less than twice http.body.limit; one "
      + "caller may have half of it.")
  static let bodyDeadlineKey = ConfigurationKey(
    "http.body.seconds", default: "300", "The longest time that a body may take to arrive, seconds, 1 to 3600.")
  static let answerDeadlineKey = ConfigurationKey(
    "http.answer.seconds", default: "900",
    "The longest time that a caller may take to fetch an answer once it began, seconds, 1 to 86400.")
  static let rateKey = ConfigurationKey(
    "http.rate", default: "4096",
    "The least bytes a second at which a body must arrive and an answer must be fetched, 0 to 1048576; 0 for any.")
  static let rateWindowKey = ConfigurationKey(
    "http.rate.seconds", default: "10", "The time over which http.rate is measured, seconds, 1 to 300.")
  static let idleKey = ConfigurationKey(
    "http.idle.seconds", default: "60",
    "How long a connection may be open without a complete request head, seconds, 1 to 3600.")
  static let connectionsKey = ConfigurationKey(
    "http.connections", default: "512",
    "The most connections, 8 to 65536; for one more, one that waits for a request is closed.")
  static let refusalsKey = ConfigurationKey(
    "http.refusals", default: "120",
    "How often in a minute one address may show a token that is refused, and one caller ask for what it may not have, "
      + "before it is answered 429, 1 to 100000.")
  static let hstsKey = ConfigurationKey(
    "http.hsts.seconds", default: "31536000",
    "How long browsers must use TLS only, Strict-Transport-Security, seconds, 0 to 63072000; not sent when 0.")

  public var concurrency = 64
  public var share = 16
  public var bodiesLimitBytes = 134_217_728
  public var bodySeconds = 300
  public var answerSeconds = 900
  public var leastRate = 4_096
  public var rateWindowSeconds = 10
  public var idleSeconds = 60
  public var connections = 512
  public var refusalsPerMinute = 120
  public var hstsSeconds = 31_536_000
  /// The largest body of any route, bytes.
  public var largestBodyBytes = 33_554_432

  public init() {}

  /// - Throws: ``ConfigurationError``.
  init(_ source: ConfigurationSource, largestBodyBytes: Int) throws(ConfigurationError) {
    concurrency = try source.integer(Self.concurrencyKey, in: 1...4_096)
    share = try source.integer(Self.shareKey, in: 1...4_096)
    bodiesLimitBytes = max(
      try source.integer(Self.bodiesLimitKey, in: 1_048_576...17_179_869_184), 2 * largestBodyBytes)
    bodySeconds = try source.integer(Self.bodyDeadlineKey, in: 1...3_600)
    answerSeconds = try source.integer(Self.answerDeadlineKey, in: 1...86_400)
    leastRate = try source.integer(Self.rateKey, in: 0...1_048_576)
    rateWindowSeconds = try source.integer(Self.rateWindowKey, in: 1...300)
    idleSeconds = try source.integer(Self.idleKey, in: 1...3_600)
    connections = try source.integer(Self.connectionsKey, in: 8...65_536)
    refusalsPerMinute = try source.integer(Self.refusalsKey, in: 1...100_000)
    hstsSeconds = try source.integer(Self.hstsKey, in: 0...63_072_000)
    self.largestBodyBytes = largestBodyBytes
  }
}

extension TokenRules {
  static let keys = [issuerKey, algorithmsKey, longestLifeKey, skewKey, refreshKey, staleKey]

  static let issuerKey = ConfigurationKey("auth.issuer", default: nil, "The only accepted issuer of tokens.")
  static let algorithmsKey = ConfigurationKey(
    "auth.algorithms", default: TokenAlgorithm.usual.map(\.rawValue).joined(separator: ","),
    "The only accepted algorithms, of \(TokenAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")), separated by "
      + "commas. A published key that names none is used with the first that fits its type.")
  static let longestLifeKey = ConfigurationKey(
    "auth.token.hours", default: "24",
    "The longest life of a token, from iat (from now where it has none) to exp, hours, 1 to 168; longer ones are refused."
  )
  static let skewKey = ConfigurationKey(
    "auth.skew.seconds", default: "60",
    "How far the issuer's clock may be ahead of this machine's, seconds, 0 to 300. The end of a token is never put off."
  )
  static let refreshKey = ConfigurationKey(
    "auth.keys.seconds", default: "120",
    "How old the issuer's keys may grow before they are asked for again, seconds, 10 to 140. A key that the issuer "
      + "removed is not trusted for longer than twice that.")
  static let staleKey = ConfigurationKey(
    "auth.keys.hours", default: "24",
    "How long the issuer's keys are used while it does not answer, hours, 1 to 168; after that every token is answered 503."
  )

  /// - Throws: ``ConfigurationError``.
  init(_ source: ConfigurationSource, authority: String) throws(ConfigurationError) {
    self.init(issuer: try source.string(Self.issuerKey), authority: authority)
    guard let list = TokenAlgorithm.list(try source.string(Self.algorithmsKey)) else {
      throw ConfigurationError(key: Self.algorithmsKey.name, reason: "must name accepted algorithms, each once")
    }
    algorithms = list
    longestLifeSeconds = Double(try source.integer(Self.longestLifeKey, in: 1...168)) * 3_600
    skewSeconds = Double(try source.integer(Self.skewKey, in: 0...300))
    refreshSeconds = try source.integer(Self.refreshKey, in: 10...140)
    staleSeconds = try source.integer(Self.staleKey, in: 1...168) * 3_600
  }
}
