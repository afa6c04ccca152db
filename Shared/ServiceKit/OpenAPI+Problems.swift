import Schemas

/// The errors of a description.
extension OpenAPI {
  /// What each status of a problem means, for all routes.
  static let problems: KeyValuePairs<Int, String> = [
    400: "A parameter, a header or the body cannot be read.",
    401: "The request needs a valid bearer token.",
    403: "The caller does not have permission.",
    404: "The path names nothing that the caller may see.",
    408: "The body arrived too slowly.",
    409: "The present state does not allow this.",
    412: "Someone else changed the resource after the `ETag` in `If-Match` was read.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    422: "The request failed validation; `errors` has every fault.",
    429: "Too many requests of this caller; try again after a while.",
    503: "The program is busy or not ready; try again after a while.",
  ]

  static func name(ofProblem status: Int) -> String { "Problem\(status)" }

  static func response(_ meaning: String, problem: JSONValue, status: Int) -> JSONValue {
    var response: [String: JSONValue] = [
      "description": .string(meaning), "content": ["application/problem+json": ["schema": problem]],
    ]
    if status == 503 || status == 429 {
      response["headers"] = ["Retry-After": ["description": "Seconds.", "schema": ["type": "integer"]]]
    }
    if status == 401 {
      response["headers"] = ["WWW-Authenticate": ["description": "`Bearer`.", "schema": ["type": "string"]]]
    }
    return .object(response)
  }

  /// Which problems a route can answer with.
  static func problemStatuses(of route: ServiceRouter.Route) -> [Int] {
    let about = route.about
    // Any query may hold what the route does not take.
    var statuses = about.problems + [400, 503]
    if route.policy != .open { statuses += [401, 403, 429] }
    if about.takesBody { statuses += [408, 413, 415, 422] }
    if !about.query.isEmpty || about.takesIdempotencyKey { statuses.append(422) }
    if about.takesIfMatch { statuses.append(412) }
    if route.path.contains("{") { statuses.append(404) }
    if route.method != "GET" { statuses.append(409) }
    return Array(Set(statuses)).sorted()
  }
}
