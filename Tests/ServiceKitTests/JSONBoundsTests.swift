import Foundation
import Schemas
import Testing

/// What JSON may hold, counted before it is decoded, and arrays that are decoded some elements at a time.
@Suite("JSON bounds") struct JSONBoundsTests {
  @Test(
    "values are counted by what opens and separates them",
    arguments: [
      ("7", 1), ("[]", 2), ("[1,2,3]", 4), (#"{"a":1,"b":[true,null]}"#, 5), (#"["[{,\"[{,"]"#, 2), (#"["\\",1]"#, 3),
      (#"["\\\"",1,2]"#, 4), (#""never ends, [ { "#, 1),
    ])
  func values(text: String, count: Int) throws {
    try JSONBounds(values: count).check(Data(text.utf8))
    #expect(throws: JSONBounds.Excess.values(limit: count - 1)) {
      try JSONBounds(values: count - 1).check(Data(text.utf8))
    }
  }

  @Test("depth is limited, and what is closed counts no more") func depth() throws {
    let bounds = JSONBounds(values: 1_000, depth: 3)
    try bounds.check(Data("[[[]],[[]],{}]".utf8))
    #expect(throws: JSONBounds.Excess.depth(limit: 3)) { try bounds.check(Data("[[[[]]]]".utf8)) }
    #expect(throws: JSONBounds.Excess.depth(limit: 3)) { try bounds.check(Data("[[[{".utf8)) }
  }

  @Test(
    "a name that an object has twice is found where it is, however it is written; one that is not plain is never told",
    arguments: [
      (#"{"code":"/","code":"I"}"#, ["code"]), (#"[{"a":1},{"b":[7,{"c":1,"d":2,"c":3}]}]"#, ["1/b/1/c"]),
      (#"{"code":"/","co\u0064e":"I"}"#, ["code"]), (#"{"a":{"b":1},"a":2,"a":3}"#, ["a", "a"]),
      (#"{"a":[{"a":1},{"a":2,"a":3}],"b":1}"#, ["a/1/a"]), (#"{"a b":{"c":1,"c":2}}"#, ["…"]),
      (#"{"x":[{"é":1,"e\u0301":2}]}"#, ["x/0…"]), (#"{"K":1,"\u212a":2}"#, ["…"]),
      (#"{"a":"b","b":"a","c":["a","a"]}"#, []), (#"["a","a"]"#, []), (#"{"a\"":1,"a":2}"#, []), ("]}],", []),
    ])
  func repeatedNames(text: String, expected: [String]) {
    let names = RepeatedNames(in: Data(text.utf8))
    #expect(names.places.map { $0.steps.joined(separator: "/") + ($0.isWhole ? "" : "…") } == expected)
    #expect(names.count == expected.count)
  }

  @Test("as many places as are kept apart, and how many there are") func manyRepeatedNames() {
    let rows = Array(repeating: #"{"a":1,"a":2}"#, count: 1_500).joined(separator: ",")
    let names = RepeatedNames(in: Data("[\(rows)]".utf8))
    #expect(names.places.count == RepeatedNames.most && names.count == 1_500)
  }

  @Test("an object has a limit of names") func names() throws {
    func object(_ count: Int) -> Data { Data("{\((0..<count).map { "\"\($0)\":1" }.joined(separator: ","))}".utf8) }
    let bounds = JSONBounds(values: 10_000)
    try bounds.check(object(1_000))
    #expect(throws: JSONBounds.Excess.names(limit: 1_000)) { try bounds.check(object(1_001)) }
  }

  @Test("a body may hold a value in eight bytes") func bodies() throws {
    #expect(JSONBounds.body(upTo: 100).values == 1_000)
    #expect(JSONBounds.body(upTo: 1 << 20).values == 131_072)
    let marks = Array(
      repeating: #"{"upn":"A880200000001","date":"2026-09-07","session":"AM","code":"I"}"#, count: 10_000)
    let usual = Data("[\(marks.joined(separator: ","))]".utf8)
    try JSONBounds.body(upTo: usual.count).check(usual)
    let dense = Data("[\(Array(repeating: "{}", count: 10_000).joined(separator: ","))]".utf8)
    #expect(throws: JSONBounds.Excess.values(limit: dense.count / 8)) {
      try JSONBounds.body(upTo: dense.count).check(dense)
    }
  }

  private struct Point: Codable, Equatable { let x: Int }
  private struct Frame: Decodable { let points: [Point] }
  private static let limits = JSONElements.Limits(elements: 2_000, valuesOfOne: 5, depth: 8)

  private func read(_ text: String) throws -> [Point] {
    let elements = try JSONElements(Data(text.utf8), of: "points", limits: Self.limits)
    _ = try JSONDecoder().decode(Frame.self, from: elements.frame)
    var iterator = elements.decoding(Point.self)
    var points: [Point] = []
    while let point = try iterator.next() { points.append(point) }
    #expect(points.count == elements.count)
    return points
  }

  @Test(
    "an array is read as a decoder reads it, whatever is around it",
    arguments: [
      #"{"points":[]}"#, #"{"points":[{"x":1}]}"#, " {\n\"points\" :\t[ {\"x\":1} , {\"x\":2} ] }\n",
      #"{"a":[1,[2]],"points":[{"x":1,"y":[1]}],"b":{"points":[7]}}"#, #"{"points":[{"x":1,"points":2}]}"#,
      #"{"points]":"}","points":[{"x":1,"s":"],[\"{"}]}"#, #"{"a":"points","points":[{"x":3}]}"#,
    ])
  func arrays(text: String) throws {
    #expect(try read(text) == (try JSONDecoder().decode(Frame.self, from: Data(text.utf8))).points)
  }

  @Test("batches make no difference", arguments: [499, 500, 501, 1_000, 1_001, 2_000])
  func batches(count: Int) throws {
    let points = (0..<count).map { Point(x: $0) }
    let text = String(decoding: try JSONEncoder().encode(["points": points]), as: UTF8.self)
    #expect(try read(text) == points)
  }

  @Test(
    "what a decoder refuses is refused",
    arguments: [
      "", "7", "[]", "{}", #"{"points":{}}"#, #"{"points":7}"#, #"{"points":[{"x":1},]}"#, #"{"points":[,{"x":1}]}"#,
      #"{"points":[{"x":1},,{"x":1}]}"#, #"{"points":[{"x":1}"#, #"{"points":[{"x":1}]"#, #"{"points":[{"x":}]}"#,
      #"{"points":[{"x":1}]]"#, #"{"points":[{"x":1}]}}"#, #"{"points":[{"x":1}],"a":tru}"#,
      #"{"points":[{"x":1}],"points":[]}"#, #"[{"points":[]}]"#, #"{"a":{"points":[]}}"#, #"{"points":[{"x":1}}"#,
      #"{"points":["#,
    ])
  func refused(text: String) { #expect(throws: (any Error).self) { try read(text) } }

  @Test("an element with a name twice is told by its index; around the elements it is for nobody to judge")
  func repeatedInElements() throws {
    let rows = (0..<600).map { $0 % 500 == 3 ? #"{"x":1,"y":{"z":1,"z":2},"x":2}"# : #"{"x":1}"# }
    let elements = try JSONElements(
      Data("{\"points\":[\(rows.joined(separator: ","))]}".utf8), of: "points",
      limits: .init(elements: 2_000, valuesOfOne: 9, depth: 8))
    #expect(elements.repeated.mapValues(\.steps) == [3: ["y", "z"], 503: ["y", "z"]])
    let many = Array(repeating: #"{"x":1,"x":2}"#, count: RepeatedNames.most + 1).joined(separator: ",")
    for text in [
      #"{"points":[{"x":1}],"points":[{"x":2}]}"#, #"{"a":{"b":1,"b":2},"points":[]}"#, #"{"points":7,"points":[]}"#,
      #"{"points":[\#(many)]}"#,
    ] {
      #expect(throws: JSONElements.Failure.repeatedName) { try read(text) }
    }
  }

  @Test("limits are those of elements, values and depth") func limits() throws {
    func text(_ elements: [String]) -> String { "{\"points\":[\(elements.joined(separator: ","))]}" }
    let point = #"{"x":1}"#
    #expect(try read(text(Array(repeating: point, count: 2_000))).count == 2_000)
    #expect(throws: JSONElements.Failure.tooManyElements(limit: 2_000)) {
      try read(text(Array(repeating: point, count: 2_001)))
    }
    #expect(throws: JSONElements.Failure.tooManyElements(limit: 2_000)) {
      try read(text(Array(repeating: "{}", count: 3_000_000)))
    }
    #expect(try read(text([#"{"x":1,"y":[2,3]}"#])).count == 1)
    #expect(throws: JSONElements.Failure.tooManyValues(limit: 5)) { try read(text([#"{"x":1,"y":[2,3,4,5,6]}"#])) }
    #expect(throws: JSONElements.Failure.tooDeep(limit: 8)) {
      _ = try JSONElements(
        Data(text(["{\"x\":1,\"y\":" + String(repeating: "[", count: 9)]).utf8), of: "points",
        limits: .init(elements: 1, valuesOfOne: 50, depth: 8))
    }
    #expect(throws: JSONElements.Failure.tooManyValues(limit: 10_000)) {
      try read(#"{"points":[],"a":["# + String(repeating: "1,", count: 10_000) + "1]}")
    }
  }
}
