import Foundation
import Rulebook
import Schemas
import Testing

@testable import ServiceKit

/// What is told of a form: every fault, each with its pointer and what is allowed, and never a value.
@Suite("Forms are checked whole") struct FormCheckTests {
  private enum Colour: String, Codable, CaseIterable { case red, green }

  private struct Form: Codable {
    struct Part: Codable {
      let day: Day
      let colour: Colour
    }

    let name: String
    let count: Int?
    let isGood: Bool?
    let parts: [Part]
    let byName: [String: Part]?
    let school: URN?
    let at: String?
  }

  static let right = #"{"name":"x","parts":[{"day":"2026-09-07","colour":"red"}]}"#

  @Test(arguments: [
    ("a/b~c", "/a~1b~0c"), ("/\u{301}x", "/~1\u{301}x"), ("~\u{20D2}", "/~0\u{20D2}"), ("", "/"),
  ])
  func aStepOfAPointerIsEscapedByScalars(_ name: String, _ step: String) {
    #expect(Array(JSONPointer.step(name).utf8) == Array(step.utf8))
  }

  private func faults(_ json: String, checking extent: FormExtent = .everything) -> [String] {
    do throws(Problem) {
      _ = try decodeJSON(Form.self, from: Data(json.utf8), checking: extent)
      return []
    } catch {
      return error.slug == "invalid" ? error.faults.map { "\($0.pointer) \($0.detail)" } : [error.slug]
    }
  }

  @Test(
    arguments: [
      (right, []),
      (#"{"parts":[]}"#, ["/name is required"]), ("{}", ["/name is required", "/parts is required"]),
      (#"{"name":null,"parts":[]}"#, ["/name must be text"]),
      (#"{"name":"x","parts":[],"count":null,"school":null}"#, []),
      (
        #"{"name":1,"parts":{},"count":"1","isGood":"yes"}"#,
        [
          "/name must be text", "/parts must be a list", "/count must be a whole number",
          "/isGood must be true or false",
        ]
      ),
      (#"{"name":"x","parts":[],"count":1.5}"#, ["/count must be a whole number"]),
      (#"{"name":"x","parts":[],"count":1e400}"#, ["/count must be a whole number"]),
      (
        #"{"name":"x","parts":[],"nmae":"y","Count":1}"#,
        [
          "/nmae is not a field of this form. Use: name, count, isGood, parts, byName, school, at",
          "/Count is not a field of this form. Use: name, count, isGood, parts, byName, school, at",
        ]
      ),
      (#"{"name":"x","name":"y","parts":[]}"#, ["/name is given twice"]),
      (#"{"name":"x","n\u0061me":"y","parts":[]}"#, ["/name is given twice"]),
      (
        #"{"name":"x","parts":[{"day":"2026-02-30","colour":"blue"},{"colour":"red","size":1},7]}"#,
        [
          "/parts/0/day must be a date like 2026-09-07", "/parts/0/colour must be one of: red, green",
          "/parts/1/size is not a field of this form. Use: day, colour", "/parts/1/day is required",
          "/parts/2 must be an object",
        ]
      ),
      (
        #"{"name":"x","parts":[],"byName":{"a/b~c":{"day":"2026-09-07","colour":"RED"}}}"#,
        [
          "/byName/a~1b~0c/colour must be one of: red, green"
        ]
      ),
      (
        #"{"name":"x","parts":[],"byName":{"a":{"day":"2026-09-07","colour":"red"},"a":null}}"#,
        [
          "/byName/a must be an object", "/byName/a is given twice",
        ]
      ),
      (
        #"{"name":1,"parts":[{"day":"2026-09-07","colour":"red","day":"2026-09-08"}],"name":"y"}"#,
        ["/name must be text", "/parts/0/day is given twice", "/name is given twice"]
      ),
      (
        #"{"name":"x","parts":[],"at":{"b":[1,{"c":1,"c":2}]}}"#,
        ["/at must be text", "/at/b/1/c is given twice"]
      ),
      (
        #"{"name":"x","parts":[],"byName":{"Anna Smith":null,"Anna Smith":null}}"#,
        [
          "/byName/Anna Smith must be an object", "/byName/Anna Smith must be an object",
          "/byName has a name in it that is given twice",
        ]
      ),
      (#"{"name":"x","parts":[],"school":"12345"}"#, ["/school must be a school's URN: six digits"]),
      (
        #"{"name":"x","parts":[],"a name with spaces":1}"#,
        [
          " has a field that this form does not have. Use: name, count, isGood, parts, byName, school, at"
        ]
      ),
      ("[]", [" must be an object"]), ("7", [" must be an object"]), ("null", [" must be an object"]),
    ]) func everyFaultIsTold(json: String, expected: [String])
  {
    #expect(faults(json) == expected, "\(json)")
  }

  @Test(
    arguments: [
      "", " ", "{", #"{"name""#, #"{"name":}"#, #"{"name":"x",}"#, #"{name:"x"}"#, "{} {}", "[1,]", "01", "1.", "-",
      #"{"name":"x\q"}"#, "{\"name\":\"\n\"}", #"{"name":"\ud800"}"#, "nul", "truee", "'a'", "\u{FEFF}{}",
    ]) func whatIsNotJSONIsRefused(json: String)
  {
    #expect(faults(json) == ["not-json"], "\(json)")
  }

  @Test func bytesThatAreNotUTF8AreRefused() throws {
    for bytes in [[0x22, 0xFF, 0x22], [0xFE, 0xFF, 0x00, 0x7B], [0x7B, 0x00, 0x7D, 0x00]] as [[UInt8]] {
      #expect(throws: Problem.badRequest("not-json", "The body is not JSON")) {
        try decodeJSON(Form.self, from: Data(bytes))
      }
    }
  }

  @Test func depthIsBounded() {
    for (depth, expected) in [(FormCheck.mostDeep - 1, "/x"), (FormCheck.mostDeep, "too-deep"), (100_000, "too-deep")] {
      let json = #"{"x":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
      #expect(faults(json).first?.hasPrefix(expected) == true, "\(depth): \(faults(json))")
    }
  }

  /// As many faults as a person can use, and how many more there are.
  @Test func faultsAreBounded() throws {
    let many = (0..<5_000).map { #""k\#($0)":1"# }.joined(separator: ",")
    do throws(Problem) {
      _ = try decodeJSON(Form.self, from: Data("{\(many)}".utf8))
      Issue.record("it was taken")
    } catch {
      #expect(error.faults.count == Problem.mostFaults)
      #expect(error.detail == "There are 4952 more faults than the 50 listed.")
    }
  }

  /// Of a form whose rows are judged one by one, unknown fields alone are refused, and what is given twice outside the rows.
  @Test func fieldsAloneCanBeChecked() {
    let rows = FormExtent.rows(of: "parts")
    let json = #"{"parts":[{"day":"yesterday","size":1}]}"#
    #expect(faults(json, checking: rows) == ["/parts/0/size is not a field of this form. Use: day, colour"])
    #expect(faults(#"{"name":"x","name":"x","parts":[]}"#, checking: rows) == ["/name is given twice"])
    #expect(faults(#"{"parts":[],"name":"x","parts":[]}"#, checking: rows) == ["/parts is given twice"])
    #expect(faults(Self.right, checking: rows) == [])
    let row = #"{"day":"2026-09-07","colour":"red","day":"2026-09-08"}"#
    #expect(faults(#"{"name":"x","parts":[\#(row)]}"#, checking: rows) == [])
    let many = Array(repeating: row, count: RepeatedNames.most + 1).joined(separator: ",")
    #expect(
      faults(#"{"name":"x","parts":[\#(many)]}"#, checking: rows) == [
        " has more than 1000 names that are given twice"
      ])
  }

  /// The check admits no JSON that decoding would not, and no value is ever told.
  @Test func theCheckAgreesWithTheDecoder() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let source = Array(
      #"{"name":"CANARY","count":12,"isGood":true,"parts":[{"day":"2026-09-07","colour":"red"}]}"#.utf8)
    let pieces = Array(#"{}[]",:\ 0123456789eE+-.tfn"#.utf8)
    for _ in 0..<20_000 {
      var bytes = source
      for _ in 0...next(3) {
        let at = next(bytes.count)
        switch next(3) {
        case 0: bytes[at] = pieces[next(pieces.count)]
        case 1: bytes.remove(at: at)
        default: bytes.insert(pieces[next(pieces.count)], at: at)
        }
      }
      let json = String(decoding: bytes, as: UTF8.self)
      let schema = try JSONSchema.describing(Form.self)
      let checked = try? FormCheck(Data(bytes), of: schema)
      let decoded = try? JSONDecoder().decode(Form.self, from: Data(bytes))
      if let checked, checked.faults.isEmpty { #expect(decoded != nil, "\(json)") }
      for fault in checked?.faults ?? [] { #expect(!fault.detail.contains("CANARY"), "\(json)") }
    }
  }
}
