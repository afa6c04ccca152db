import Contracts
import Foundation
public import Schemas

/// The OpenAPI 3.1 description of a service, made from its routes and the types that they read and answer.
public enum OpenAPI {
  /// A route that cannot be described.
  public enum Failure: Error, Hashable, Sendable {
    /// A path parameter that neither the route nor ``sharedParameters`` explains.
    case unknownParameter(name: String, route: String)
    /// A parameter that the route explains and its path has not.
    case strayParameter(name: String, route: String)
    /// Two types of one name and different schemas.
    case nameTwice(String)
    case noSummary(route: String)
    /// A path with a school whose reach is not ``Reach/ownSchool``, or the other way round.
    case wrongReach(route: String)
    /// A route that replaces or removes a resource and takes no `If-Match`.
    case noIfMatch(route: String)
    /// A status that no problem has.
    case unknownProblem(status: Int, route: String)
  }

  /// The document.
  ///
  /// - Parameter service: the name, for example `registers`.
  /// - Throws: ``Failure``, `UndescribableType`.
  public static func document(of service: String, routes: [ServiceRouter.Route]) throws -> JSONValue {
    var components = Components()
    var paths: [String: [String: JSONValue]] = [:]
    for route in routes {
      paths[route.path, default: [:]][route.method.lowercased()] = try operation(route, &components)
    }
    let problem = try components.reference(Problem.Body.self)
    return [
      "openapi": "3.1.0",
      "info": [
        "title": .string("Every School Day: \(service)"), "version": "1",
        "description": .string(
          "Made from the routes of the program. Every error is a Problem Details document (RFC 9457). A `GET` with a JSON "
            + "answer carries a strong `ETag`; send it in `If-None-Match` to get 304 when nothing changed, and in "
            + "`If-Match` with an edit to get 412 when someone else changed it. Query parameters and fields of a form "
            + "that are not described here are refused."),
      ],
      "servers": [["url": "/"]],
      "paths": .object(paths.mapValues { .object($0) }),
      "components": [
        "schemas": .object(components.schemas),
        "responses": .object(
          Dictionary(
            uniqueKeysWithValues: problems.map { status, meaning in
              (name(ofProblem: status), response(meaning, problem: problem, status: status))
            })),
        "securitySchemes": [
          "bearer": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "A signed token of the authority's identity provider with the caller's role and schools.",
          ]
        ],
      ],
    ]
  }

  /// Path parameters that mean the same in every service: by name, or by the segment before it and its name.
  static let sharedParameters: [String: About.Parameter] = [
    "urn": .init("urn", .urn, "The school's unique reference number."),
    "date": .init("date", .day, "The day."),
    "session": .init("session", .session, "Morning or afternoon."),
    "year": .init("year", .schoolYear, "The school year, for example 2026-27."),
    "pupils/id": .init("id", .pupil, "The child's opaque identifier."),
    "children/id": .init("id", .pupil, "The child's opaque identifier."),
    "sibling": .init("sibling", .pupil, "The other child's opaque identifier."),
    "authorities/code": .init("code", .string(pattern: "^[2-9][0-9]{2}$"), "The authority's three-digit number."),
    "number": .init("number", .integer(minimum: 1), "The number under which it is known."),
    "action": .init("action", .integer(minimum: 1), "The number of the action."),
    "kind": .init("kind", .string(pattern: "^[a-z]+(-[a-z]+)*$"), "Of which kind it is."),
    "name": .init("name", .string(pattern: "^[a-z0-9-]+$"), "Its name: small letters, digits and hyphens."),
    "code": .init("code", .string(pattern: "^[A-Za-z0-9-]+$"), "Its code: letters, digits and hyphens."),
  ]

  /// The schemas that are named in the document.
  private struct Components {
    var schemas: [String: JSONValue] = [:]

    /// A reference to a type's schema; the schema itself where the type has no name of its own.
    ///
    /// - Parameter isForm: whether fields beside the named ones are refused.
    mutating func reference(_ type: any Decodable.Type, isForm: Bool = false) throws -> JSONValue {
      let schema = try JSONSchema.describing(type)
      guard case .object = schema, let name = Self.name(of: type) else { return schema.json(isForm: isForm) }
      let json = schema.json(isForm: isForm)
      guard schemas[name, default: json] == json else { throw Failure.nameTwice(name) }
      schemas[name] = json
      return ["$ref": .string("#/components/schemas/\(name)")]
    }

    /// The type's name without its module and without where a private one stands: `EnrolPupils.Answer`. A page has its
    /// line's: `RollLine.Page`.
    private static func name(of type: any Decodable.Type) -> String? {
      if let page = type as? any AnyPage.Type { return name(of: page.line).map { "\($0).Page" } }
      let parts = String(reflecting: type).replacing(#/\(unknown context at [^)]*\)\./#, with: "").split(separator: ".")
      let name = parts.dropFirst().joined(separator: ".")
      return name.wholeMatch(of: #/[A-Za-z0-9._]+/#) == nil ? nil : name
    }
  }

  private static func operation(_ route: ServiceRouter.Route, _ components: inout Components) throws -> JSONValue {
    let about = route.about
    guard !about.summary.isEmpty else { throw Failure.noSummary(route: "\(route.method) \(route.path)") }
    guard about.takesIfMatch || !["PUT", "PATCH", "DELETE"].contains(route.method) else {
      throw Failure.noIfMatch(route: "\(route.method) \(route.path)")
    }
    let path = try pathParameters(of: route)
    var operation: [String: JSONValue] = [
      "operationId": .string(operationID(of: route)),
      "summary": .string(about.summary),
      "description": .string(description(of: route)),
      "tags": [.string(String(route.segments.first ?? ""))],
      "security": [],
    ]
    if case .roles(let roles, let reach) = route.policy {
      guard (reach == .ownSchool) == route.segments.contains("{urn}") else {
        throw Failure.wrongReach(route: "\(route.method) \(route.path)")
      }
      operation["security"] = [["bearer": []]]
      operation["x-reach"] = .string(reach.rawValue)
      operation["x-roles"] = .array(roles.map(\.rawValue).sorted().map { .string($0) })
    }
    let parameters =
      path.map { json($0, in: "path") } + about.query.map { json($0, in: "query") } + headerParameters(of: route)
    if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
    if let content = try bodyContent(about, &components) {
      operation["requestBody"] = ["required": .bool(!about.bodyIsOptional), "content": .object(content)]
    }
    var responses: [String: JSONValue] = [String(about.status): try success(route, &components)]
    if route.isConditional { responses["304"] = ["description": "What the caller has is current.", "headers": tag] }
    for status in problemStatuses(of: route) {
      guard problems.contains(where: { $0.key == status }) else {
        throw Failure.unknownProblem(status: status, route: "\(route.method) \(route.path)")
      }
      responses[String(status)] = ["$ref": .string("#/components/responses/\(name(ofProblem: status))")]
    }
    operation["responses"] = .object(responses)
    return .object(operation)
  }

  /// `GET /pupils/{id}/attendance` is `getPupilsIdAttendance`.
  private static func operationID(of route: ServiceRouter.Route) -> String {
    let words = route.path.split { !$0.isLetter && !$0.isNumber }
    return route.method.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private static func description(of route: ServiceRouter.Route) -> String {
    var sentences: [String] =
      switch route.policy {
      case .open: ["Open: no token is needed."]
      case .roles(let roles, let reach):
        ["Roles: \(roles.map(\.rawValue).sorted().joined(separator: ", ")).", reach.sentence]
      }
    if !route.about.details.isEmpty { sentences.append(route.about.details) }
    if route.about.takesBody { sentences.append("The body may have \(route.bodyLimitBytes) bytes.") }
    return sentences.joined(separator: " ")
  }

  private static func pathParameters(of route: ServiceRouter.Route) throws -> [About.Parameter] {
    let label = "\(route.method) \(route.path)"
    var before = ""
    var found: [About.Parameter] = []
    for segment in route.segments {
      defer { before = String(segment) }
      guard segment.hasPrefix("{") else { continue }
      let name = String(segment.dropFirst().dropLast())
      let own = route.about.path.first { $0.name == name }
      guard let parameter = own ?? sharedParameters["\(before)/\(name)"] ?? sharedParameters[name] else {
        throw Failure.unknownParameter(name: name, route: label)
      }
      found.append(parameter)
    }
    for parameter in route.about.path where !found.contains(where: { $0.name == parameter.name }) {
      throw Failure.strayParameter(name: parameter.name, route: label)
    }
    return found
  }

  private static func json(_ parameter: About.Parameter, in place: String) -> JSONValue {
    [
      "name": .string(parameter.name), "in": .string(place), "required": .bool(place == "path" || parameter.required),
      "schema": parameter.schema.json, "description": .string(parameter.description),
    ]
  }

  private static func headerParameters(of route: ServiceRouter.Route) -> [JSONValue] {
    var headers: [JSONValue] = []
    if route.about.takesIdempotencyKey {
      headers.append(
        json(
          .init(
            "Idempotency-Key", .string(pattern: "^[!-~]{8,128}$"), required: false,
            "The caller's name for the request: sent again, it has no second effect and the same answer."), in: "header"
        ))
    }
    if route.about.takesIfMatch {
      headers.append(
        json(
          .init(
            "If-Match", .string(), required: false,
            "The `ETag` that reading the resource gave: refused when someone else changed it since."), in: "header"))
    }
    if route.isConditional {
      headers.append(
        json(
          .init(
            "If-None-Match", .string(), required: false, "The `ETag` of an earlier answer, or several, or `*`."),
          in: "header"))
    }
    return headers
  }

  private static func bodyContent(_ about: About, _ components: inout Components) throws -> [String: JSONValue]? {
    var content: [String: JSONValue] = [:]
    if let body = about.body {
      content["application/json"] = ["schema": try components.reference(body, isForm: about.bodyIsForm)]
    }
    for upload in about.uploads where content[upload] == nil { content[upload] = ["schema": schema(ofMedia: upload)] }
    return content.isEmpty ? nil : content
  }

  /// What is known of a body by its media type alone.
  private static func schema(ofMedia media: String) -> JSONValue { media.hasPrefix("text/") ? ["type": "string"] : [:] }

  private static let tag: JSONValue = [
    "ETag": ["description": "A strong tag of the answer's bytes.", "schema": ["type": "string"]]
  ]

  private static func success(_ route: ServiceRouter.Route, _ components: inout Components) throws -> JSONValue {
    let about = route.about
    var response: [String: JSONValue] = ["description": .string("\(about.summary).")]
    var headers: [String: JSONValue] = [:]
    if route.isConditional, case .object(let tag) = tag { headers = tag }
    if let answer = about.answer {
      let schema: JSONValue = ["schema": try components.reference(answer)]
      var content: [String: JSONValue] = [about.downloads.first ?? "application/json": schema]
      if about.sheet {
        content["text/csv"] = ["schema": ["type": "string"]]
        headers["Content-Disposition"] = [
          "description": "A file's name; with CSV only.", "schema": ["type": "string"],
        ]
      }
      response["content"] = .object(content)
      if answer is any AnyPage.Type {
        headers["Link"] = [
          "description": "The next page, as `rel=\"next\"`; absent on the last.", "schema": ["type": "string"],
        ]
      }
    } else if !about.downloads.isEmpty {
      let content = about.downloads.map { ($0, ["schema": schema(ofMedia: $0)] as JSONValue) }
      response["content"] = .object(Dictionary(uniqueKeysWithValues: content))
    }
    if !headers.isEmpty { response["headers"] = .object(headers) }
    return .object(response)
  }
}

extension Reach {
  /// What the reach means to a caller.
  var sentence: String {
    switch self {
    case .ownSchool: "Callers bound to schools may use it for their own schools only."
    case .ownRecords: "Callers bound to schools see only what belongs to their schools."
    case .wholeAuthority: "Callers bound to schools may not use it."
    case .shared: "It is the same for every caller."
    }
  }
}

extension About {
  var takesBody: Bool { body != nil || !uploads.isEmpty }
}
