import Testing

@testable import ServiceKit

/// How welcome media types are (RFC 9110, 12.5.1).
@Suite struct SheetTests {
  static let fields: [(accept: String, csv: Double, json: Double)] = [
    ("", 1, 1), ("*/*", 1, 1), ("text/csv", 1, 0), ("application/json", 0, 1), ("text/*;q=0.5, */*;q=0.1", 0.5, 0.1),
    ("text/csv;q=0.2,text/*;q=0.9", 0.2, 0), ("TEXT/CSV ; Q=0.3", 0.3, 0), ("text/csv;q=x", 0, 0),
    ("text/csv;q=7", 1, 0), ("application/json, text/csv;header=present;q=0.4", 0.4, 1), (";;,,", 1, 1),
  ]

  @Test(arguments: fields) func weighs(_ field: (accept: String, csv: Double, json: Double)) {
    let preference = MediaPreference(field.accept)
    #expect(preference("text/csv") == field.csv)
    #expect(preference("application/json") == field.json)
  }
}
