import Foundation
public import HTTPTypes
import Schemas
public import ServiceKit
import Testing

/// Calls every route of a program as callers who are bound to another school, and as ones who may, so that a route that
/// forgets whom it is for, what it reads of the query or that it edits what others edit cannot be added.
///
/// A program's test gives the routes as the program has them, a row for each one that needs more than its path, and
/// texts that stand only in what belongs to its school.
public struct RouteWalk: Sendable {
  /// How one route is called so that it does what it is for.
  public struct Row: Sendable {
    let path: [String: String]
    let queries: [String]
    let type: String
    let body: String?
    let holdsRecords: Bool

    /// - Parameters:
    ///   - path: values of path parameters that are the route's own.
    ///   - queries: together they name every parameter of the route; each is a call. The first is one that everybody may
    ///     ask who may use the route, and that finds something.
    ///   - holdsRecords: whether what the route answers with names something of the school. Where it does not, only
    ///     what a foreign caller is refused is looked at.
    public init(
      path: [String: String] = [:], _ queries: String..., type: String = "application/json", body: String? = nil,
      holdsRecords: Bool = true
    ) {
      self.path = path
      self.queries = queries.isEmpty ? [""] : queries
      self.type = type
      self.body = body
      self.holdsRecords = holdsRecords
    }
  }

  public struct Request: Sendable {
    public let method: HTTPRequest.Method
    public let path: String
    /// Another one each time: who is refused too often in a minute is told so instead.
    public let subject: String
    public let role: Role
    /// The schools that the token names; `nil` for none.
    public let schools: [String]?
    public let headers: HTTPFields
    public let type: String
    public let body: String?
  }

  public struct Answer: Sendable {
    let status: Int
    let text: String

    public init(status: Int, text: String) {
      self.status = status
      self.text = text
    }
  }

  let routes: [ServiceRouter.Route]
  let school, otherSchool: String
  let path: [String: String]
  let rows: [String: Row]
  let ofTheSchool: [String]
  let send: @Sendable (Request) async throws -> Answer
  let contents: @Sendable () throws -> [String: [String]]

  /// - Parameters:
  ///   - school: the school that has what the rows name.
  ///   - otherSchool: the school that foreign callers are bound to.
  ///   - path: values of path parameters by name.
  ///   - rows: by method and path, for example `GET /pupils/{id}`.
  ///   - ofTheSchool: texts of which one at least stands in every record of the school, and in nothing else.
  ///   - contents: everything that is kept but what was asked for, by table.
  public init(
    _ routes: [ServiceRouter.Route], school: String, otherSchool: String, path: [String: String], rows: [String: Row],
    ofTheSchool: [String], send: @escaping @Sendable (Request) async throws -> Answer,
    contents: @escaping @Sendable () throws -> [String: [String]]
  ) {
    self.routes = routes
    self.school = school
    self.otherSchool = otherSchool
    self.path = path.merging(["urn": school]) { $1 }
    self.rows = rows
    self.ofTheSchool = ofTheSchool
    self.send = send
    self.contents = contents
  }

  /// A route that needs a token, with how it is called.
  private struct Step {
    let route: ServiceRouter.Route
    let roles: [Role]
    let reach: Reach
    let row: Row
    let path: String

    var name: String { "\(route.method) \(route.path)" }
    var reads: Bool { route.method == "GET" }
  }

  /// Every route with a policy. One that lacks a row, or a value of its path, is a failure.
  private func steps() -> [Step] {
    let known = Set(routes.map { "\($0.method) \($0.path)" })
    let stray = Set(rows.keys).subtracting(known)
    #expect(stray.isEmpty, "rows of no route: \(stray.sorted())")
    return routes.compactMap { route in
      guard case .roles(let roles, let reach) = route.policy else { return nil }
      let name = "\(route.method) \(route.path)"
      let row = rows[name] ?? Row()
      let path = self.path.merging(row.path) { $1 }.reduce(route.path) { $0.replacing("{\($1.key)}", with: $1.value) }
      let lacks = path.contains("{") || route.about.body != nil && !route.about.bodyIsOptional && row.body == nil
      guard !lacks else {
        Issue.record("\(name) is not covered: it needs a row with its path parameters and body")
        return nil
      }
      return Step(route: route, roles: roles.sorted { $0.rawValue < $1.rawValue }, reach: reach, row: row, path: path)
    }
  }

  private func call(
    _ step: Step, _ query: String, as role: Role, _ schools: [String]?, headers: HTTPFields = [:],
    body: String? = nil, subject: String = "walk-\(UUID().uuidString)"
  ) async throws -> Answer {
    let method = try #require(HTTPRequest.Method(step.route.method))
    return try await send(
      Request(
        method: method, path: step.path + (query.isEmpty ? "" : "?\(query)"), subject: subject, role: role,
        schools: schools, headers: headers, type: step.row.type, body: body ?? step.row.body))
  }

  private func own(_ role: Role) -> [String]? { role == .school ? [school] : nil }

  /// No route hands out or changes anything of the school to a caller who is bound to another, or to none.
  public func foreignCallersAreKeptOut() async throws {
    let before = try contents()
    let steps = steps()
    for step in steps {
      for role in step.roles {
        // A caller of the role `school` whose token names none is bound to none as well.
        let bindings = [[otherSchool], []] + (role == .school ? [nil] : [])
        for (binding, query) in bindings.flatMap({ binding in step.row.queries.map { (binding, $0) } }) {
          let answer = try await call(step, query, as: role, binding)
          let what = "\(step.name)?\(query) as \(role) of \(binding ?? ["no school"])"
          switch step.reach {
          case .ownSchool, .wholeAuthority: #expect(answer.status == 403, "\(what): \(answer.status)")
          case .ownRecords:
            #expect([200, 403, 404].contains(answer.status), "\(what): \(answer.status)")
            // What names a record in its path, or changes one, has nothing to give at all.
            let isOneRecord = step.route.path.contains("{") || !step.reads && step.row.holdsRecords
            #expect(!isOneRecord || answer.status != 200 || !step.row.holdsRecords, "\(what): \(answer.status)")
            for text in ofTheSchool { #expect(!answer.text.contains(text), "\(what) tells \(text)") }
          case .shared:
            guard step.reads else { continue }
            let own = try await call(step, query, as: role, own(role))
            #expect(answer.status == own.status && answer.text == own.text, "\(what) is not the same for all")
          }
        }
      }
    }
    #expect(try contents() == before, "something was written")
  }

  /// The same requests give callers of the school, and of the whole authority, what they are for: it was not something
  /// else that refused them.
  public func ownCallersAreLetIn() async throws {
    for step in steps() where step.reads {
      for role in step.roles {
        let answer = try await call(step, step.row.queries[0], as: role, own(role))
        let what = "\(step.name)?\(step.row.queries[0]) as \(role)"
        guard step.row.holdsRecords else { continue }
        #expect(answer.status == 200, "\(what): \(answer.status) \(answer.text)")
        if step.reach == .ownRecords || step.reach == .ownSchool {
          #expect(ofTheSchool.contains { answer.text.contains($0) }, "\(what) gives nothing of the school")
        }
      }
    }
  }

  /// Somebody who must not know of what the rows name is handed out nothing of it, by no route, and changes nothing of it:
  /// roles and schools would let the caller in.
  ///
  /// - Parameter texts: of which none may stand in an answer.
  public func nothingIsShown(to subject: String, as role: Role, of texts: [String]) async throws {
    var asked = 0
    for step in steps() where step.roles.contains(role) {
      for query in step.row.queries {
        let answer = try await call(step, query, as: role, own(role), subject: subject)
        let what = "\(step.name)?\(query)"
        for text in texts { #expect(!answer.text.contains(text), "\(what) tells \(text)") }
        #expect(answer.status != 429, "\(what): asked too often")
        guard step.route.path.contains("{id}"), step.row.holdsRecords else { continue }
        #expect(!(200...299).contains(answer.status), "\(what): \(answer.status)")
        asked += 1
      }
    }
    #expect(asked > 0, "no route is about a record")
  }

  /// Every route reads exactly the query parameters that it describes, and refuses any other by name.
  public func queriesAreAsDescribed() async throws {
    for step in steps() {
      guard let role = step.roles.first else { continue }
      let described = Set(step.route.about.query.map(\.name))
      let unknown = try await call(step, "surplus=1", as: role, own(role))
      #expect(unknown.status == 400, "\(step.name): \(unknown.status)")
      #expect(unknown.text.contains("\"surplus\""), "\(step.name) does not name the parameter")
      for name in described { #expect(unknown.text.contains(name), "\(step.name) does not name \(name)") }
      guard step.reads else { continue }
      let read = Locked<Set<String>>([])
      for query in step.row.queries {
        for role in step.roles {
          _ = try await QueryReads.$names.withValue(read) { try await call(step, query, as: role, own(role)) }
        }
      }
      let names = read.withLock { $0 }
      #expect(names == described, "\(step.name) reads \(names.sorted()) and describes \(described.sorted())")
    }
  }

  /// Every form refuses a field that it does not have, at any depth, by name, and changes nothing.
  public func formsRefuseUnknownFields() async throws {
    let before = try contents()
    var asked = 0
    for step in steps() {
      guard let type = step.route.about.body, step.route.about.bodyIsForm, let body = step.row.body,
        let role = step.roles.first
      else { continue }
      let form = try JSONDecoder().decode(JSONValue.self, from: Data(body.utf8))
      for (pointer, changed) in try JSONSchema.describing(type).withUnknownFields(form) {
        let text = String(decoding: try JSONEncoder().encode(changed), as: UTF8.self)
        let answer = try await call(step, step.row.queries[0], as: role, own(role), body: text)
        #expect(answer.status == 422, "\(step.name) with \(pointer): \(answer.status) \(answer.text)")
        #expect(answer.text.contains("\"\(pointer)\""), "\(step.name) does not name \(pointer): \(answer.text)")
        asked += 1
      }
    }
    #expect(asked > 0, "no route has a form")
    #expect(try contents() == before, "something was written")
  }

  /// Every route that takes an `If-Match` refuses one that is not the present tag, and changes nothing.
  public func staleEditsAreRefused() async throws {
    let before = try contents()
    for step in steps() where step.route.about.takesIfMatch {
      for role in step.roles {
        for tag in ["\"stale\"", "W/\"stale\"", "\"a\", \"b\""] {
          let answer = try await call(step, step.row.queries[0], as: role, own(role), headers: [.ifMatch: tag])
          #expect(answer.status == 412, "\(step.name) as \(role): \(answer.status) \(answer.text)")
        }
      }
    }
    #expect(try contents() == before, "something was written")
  }

  /// Every route that changes something takes an `Idempotency-Key`: sent again under its key, a request has the same
  /// answer and no second effect; another request under the key is refused and changes nothing. What is left is a
  /// question that is asked by `POST`, and keeps nothing.
  ///
  /// - Parameters:
  ///   - questions: by method and path.
  ///   - refused: the writes that the walk has nothing for, so that their requests are refused however often they come.
  public func writesAreDoneOnce(questions: Set<String> = [], refused: Set<String>) async throws {
    let name = try #require(HTTPField.Name("Idempotency-Key"))
    var (asked, notDone): (Set<String>, Set<String>) = ([], [])
    // What removes something comes last: what is asked about it goes before.
    let writes = steps().filter { !$0.reads }
    for step in writes.filter({ $0.route.method != "DELETE" }) + writes.filter({ $0.route.method == "DELETE" }) {
      guard let role = step.roles.first else { continue }
      let before = try contents()
      let headers: HTTPFields = [name: "walk-\(UUID().uuidString)"]
      func send(_ body: String?) async throws -> (answer: Answer, contents: [String: [String]]) {
        let answer = try await call(
          step, step.row.queries[0], as: role, own(role), headers: headers, body: body, subject: "walk-\(step.name)")
        return (answer, try contents())
      }
      let first = try await send(nil)
      guard step.route.about.takesIdempotencyKey else {
        asked.insert(step.name)
        #expect(first.contents == before, "\(step.name) changes something and takes no key")
        continue
      }
      let again = try await send(nil)
      #expect(again.answer.status == first.answer.status && again.contents == first.contents, "\(step.name) twice")
      guard (200...299).contains(first.answer.status) else {
        notDone.insert(step.name)
        continue
      }
      #expect(again.answer.text == first.answer.text, "\(step.name) answers otherwise")
      let other = try await send((step.row.body ?? (step.route.about.body == nil ? "" : "{}")) + " ")
      #expect(other.answer.status == 422 && other.contents == first.contents, "\(step.name): \(other.answer.text)")
      #expect(other.answer.text.contains("idempotency-key-reused"), "\(step.name): \(other.answer.text)")
    }
    #expect(asked == questions)
    #expect(notDone == refused, "refused, and why is for the test to know: \(notDone.symmetricDifference(refused))")
  }
}
