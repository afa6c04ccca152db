public import HTTPTypes

/// Routes for people without a token.
extension ServiceRouter {
  /// Adds an open route that one place may use so many times a minute; beyond that it is answered 429. Behind a proxy all
  /// requests are of one place.
  ///
  /// - Parameters:
  ///   - about: what it is for.
  ///   - limit: times a minute.
  public func open(
    _ method: HTTPRequest.Method, _ path: String, _ about: About, perMinute limit: Int,
    bodyLimitBytes: Int = ServiceRouter.defaultBodyLimitBytes, _ handler: @escaping Handler
  ) {
    let allowance = edge.allowance(perMinute: limit)
    on(method, path, .open, about, bodyLimitBytes: bodyLimitBytes) { request, context in
      if let seconds = allowance.take(context.peer) {
        throw Problem(
          "too-many-requests", "Too many requests came from here", .tooManyRequests, retryAfterSeconds: seconds)
      }
      return try await handler(request, context)
    }
  }
}
