import HTTPTypes

/// The fields that every answer carries, whoever made it.
struct SecurityHeaders: Sendable {
  private let fields: [(HTTPField.Name, String)]

  /// - Parameter hstsSeconds: how long browsers must use TLS only; the field is left out when 0.
  init(hstsSeconds: Int) {
    let fields: [(String, String)] =
      [
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), ("Cache-Control", "no-store"),
      ] + (hstsSeconds > 0 ? [("Strict-Transport-Security", "max-age=\(hstsSeconds); includeSubDomains")] : [])
    self.fields = fields.compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
  }

  /// Adds those that are not there: an answer may say something stricter or of its own.
  func add(to headers: inout HTTPFields) {
    for (name, value) in fields where headers[name] == nil { headers[name] = value }
  }
}
