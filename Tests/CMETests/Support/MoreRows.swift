import ServiceTestKit

/// How the routes of letters, of home education and of lost pupils are called.
enum MoreRows {
  static let writer = #""writer":{"name":"An Officer","role":"CME officer","contact":"01632 960000"}"#
  static let people = #"\#(writer),"recipients":[\#(person)]"#
  static let person = #"{"id":"c000000001","name":"A Parent","address":["1 Made-up Street"]}"#
  static let school = #"{"authority":"880","establishment":"1234","urn":"900101","name":"Harbour Lane"}"#
  static let child = #"{"givenName":"Ada","familyName":"Made-Up","dateOfBirth":"2016-11-30","sex":"F","upn":null}"#
  private static let home = ["id": "c6"]
  private static let document = ["document": "880-CM-2627-000001-K"]

  static let bodies: [String: String] = [
    "enquiry-opened": #"{"child":"Ada Made-Up",\#(people)}"#,
    "joint-enquiries":
      #"{"child":"Ada Made-Up","absences":[{"day":"2026-11-02","mark":"Absent"}],"authorityOfficer":"CME officer","recipients":[\#(person)]}"#,
    "information-request": #"""
    {"child":"Ada Made-Up","dateOfBirth":"2016-11-30","question":"Is the child known, and where?","basis":"s436A",
    "purpose":"to find the child","answerBy":"2026-12-14",\#(people)}
    """#,
    "place-offer": #"""
    {"child":"Ada Made-Up","school":"Made-up Academy","start":"2027-01-05","answerBy":"2026-12-14","fairAccess":false,
    \#(people)}
    """#,
    "search-closed": #"{"child":"Ada Made-Up",\#(people)}"#,
    "home-education": #"""
    {"purpose":"acknowledgement","child":"Ada Made-Up","asked":"How do you teach?","answerBy":"2026-12-14",\#(people)}
    """#,
    "receipt": #"{"reference":"CME-7",\#(people)}"#,
  ]

  private static func letter(_ name: String, _ path: [String: String] = [:]) -> RouteWalk.Row {
    .init(path: path, body: bodies[name])
  }

  static let all: [String: RouteWalk.Row] = [
    "POST /cases/{id}/statement/signature": .init(),
    "GET /reported-children": .init(holdsRecords: false),
    "POST /reported-children": .init(
      body: #"{"child":\#(child),"trigger":"T11","source":"A refuge","reason":"Came last week"}"#),
    "POST /reported-children/{id}/decision": .init(
      path: ["id": "p000000099"], body: #"{"candidate":"p000000001","isSame":true,"reason":"Seen both"}"#),
    "POST /home-education": .init(
      body: #"{"pupil":"p000000003","notice":"oral","from":"2026-11-30","reason":"Said so"}"#),
    "GET /home-education": .init("", "state=all&after=0"),
    "GET /home-education/{id}": .init(path: home, "", "asAt=2026-12-01T00:00:00Z"),
    "GET /home-education/{id}/history": .init(path: home, "", "after=1"),
    "GET /home-education/{id}/why": .init(path: home, holdsRecords: false),
    "POST /home-education/{id}/acts": .init(path: home, body: #"{"act":"ask","reason":"Wrote to the family"}"#),
    "POST /home-education/{id}/allocation": .init(
      path: home, body: #"{"owner":{"role":"cme-officer","person":"u-officer"},"reason":"Named officer"}"#),
    "POST /home-education/{id}/second": .init(path: home, body: #"{"agrees":true}"#),
    "POST /home-education/{id}/decisions/{number}/uphold": .init(path: home, body: #"{"reason":"Still so"}"#),
    "POST /cases/{id}/lost-pupil-files": .init(body: #"{"school":\#(school),"reason":"Destination unknown"}"#),
    "GET /cases/{id}/lost-pupil-files": .init(holdsRecords: false),
    "POST /cases/{id}/lost-pupil-files/{number}/content": .init(
      path: ["number": "1"], body: #"{"child":\#(child),"school":\#(school)}"#),
    "POST /cases/{id}/lost-pupil-files/{number}/receipt": .init(path: ["number": "1"], body: #"{"on":"2026-11-30"}"#),
    "POST /cases/{id}/lost-pupil-results": .init(
      body: #"{"child":\#(child),"file":"<CTfile/>","reason":"Searched the store"}"#),
    "POST /cases/{id}/letters/enquiry-opened": letter("enquiry-opened"),
    "POST /cases/{id}/letters/joint-enquiries": letter("joint-enquiries"),
    "POST /cases/{id}/letters/information-request": letter("information-request"),
    "POST /cases/{id}/letters/place-offer": letter("place-offer"),
    "POST /cases/{id}/letters/search-closed": letter("search-closed"),
    "POST /home-education/{id}/letters/home-education": letter("home-education", home),
    "POST /alerts/{id}/letters/receipt": letter("receipt", ["id": "c3"]),
    "GET /cases/{id}/letters/{document}": .init(path: document, "", "format=html", holdsRecords: false),
    "GET /home-education/{id}/letters/{document}": .init(
      path: home.merging(document) { $1 }, "", "format=html", holdsRecords: false),
    "GET /alerts/{id}/letters/{document}": .init(
      path: ["id": "c3"].merging(document) { $1 }, "", "format=html", holdsRecords: false),
  ]

  static let questions: Set<String> = [
    "POST /cases/{id}/lost-pupil-files/{number}/content", "POST /cases/{id}/lost-pupil-results",
  ]

  static let refused: Set<String> = [
    // Nobody of the identifier was reported.
    "POST /reported-children/{id}/decision", "POST /home-education/{id}/allocation", "POST /home-education/{id}/second",
    "POST /home-education/{id}/decisions/{number}/uphold",
    // The search is neither in need of a place nor closed.
    "POST /cases/{id}/letters/place-offer", "POST /cases/{id}/letters/search-closed",
  ]
}
