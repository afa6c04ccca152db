import ServiceTestKit

/// How the routes of the books, and those beside them, are walked. The numbers are those that entries get when every write
/// is done once, in the order in which the routes are added.
enum BookRows {
  static let entries: [(book: String, body: String, query: String)] = [
    (
      "school-allocations", #"{"urn":"900101","officer":"u-officer","cluster":"north","from":"2026-09-01"}"#,
      "school=900101"
    ),
    (
      "targeting-meetings", #"{"urn":"900101","on":"2026-11-20","present":["Head teacher"],"agreed":"Two actions"}"#,
      "school=900101"
    ),
    (
      "school-actions",
      """
      {"urn":"900101","meeting":2,"objective":"Fewer late marks","action":"Call on the first day","owner":"Lead",
      "due":"2026-12-18","measure":"Late marks halved","review":"2027-01-15"}
      """, "school=900101"
    ),
    ("school-action-outcomes", #"{"action":3,"on":"2026-11-30","outcome":"done","evidence":"Seen"}"#, ""),
    (
      "transitions",
      """
      {"child":"p000000001","from":"900101","to":"900102","on":"2027-07-20","needs":"Afraid of the bus",
      "support":["Ride along in July"]}
      """, "pupil=p000000001"
    ),
    ("transition-outcomes", #"{"transition":5,"on":"2026-11-30","outcome":"settled"}"#, ""),
    ("blitzes", #"{"urn":"900101","on":"2026-11-27","officers":["u-officer"],"criteria":"Absent on Monday"}"#, ""),
    ("blitz-outcomes", #"{"blitz":7,"on":"2026-11-30","visited":9,"seen":6,"back":5}"#, ""),
    (
      "health-absence-surveys",
      """
      {"urn":"900101","from":"2026-11-02","to":"2026-11-27","counts":[{"session":"AM","service":"dentist","missed":7}]}
      """, ""
    ),
    (
      "traded-agreements",
      """
      {"urn":"900101","package":"Ten hours","from":"2026-09-01","to":"2027-07-31","hours":10,"pence":50000,
      "contact":"Business manager"}
      """, ""
    ),
    (
      "traded-deliveries",
      """
      {"agreement":10,"on":"2026-11-30","kind":"training","minutes":90,"officer":"u-officer","what":"Codes",
      "schoolAgreed":false}
      """, ""
    ),
    ("traded-agreement-ends", #"{"agreement":10,"on":"2026-11-30","reason":"The school closes"}"#, ""),
    (
      "advice-given",
      #"{"urn":"900101","on":"2026-11-30","kind":"advice","topic":"Codes","people":2,"minutes":30}"#, ""
    ),
    (
      "support-organisations",
      """
      {"title":"Made-up Carers","offers":"A club","areas":["North"],"fromAge":5,"toAge":18,"referral":"Call them",
      "checked":"2026-11-01"}
      """, ""
    ),
    ("support-organisation-checks", #"{"organisation":14,"on":"2026-11-30","stands":true}"#, ""),
    (
      "coordinated-lists",
      """
      {"title":"Top 100","criterion":"lowest-attendance","size":100,"from":"2026-11-01","to":"2026-12-18",
      "purpose":"Weekly meeting of three services"}
      """, ""
    ),
    (
      "intake-rules",
      #"{"from":"2026-11-30","state":"waiting-list","criteria":"Severe absence first","reason":"Two posts vacant"}"#, ""
    ),
    (
      "unmet-demands",
      """
      {"child":"p000000001","urn":"900101","referral":"r1","on":"2026-11-30","answer":"waiting","reason":"No officer"}
      """, ""
    ),
    ("unmet-demand-outcomes", #"{"demand":18,"on":"2026-11-30","outcome":"taken-on"}"#, ""),
    (
      "placements",
      """
      {"child":"p000000001","urn":"900101","reason":"care","provider":"AP-7","authority":"881","from":"2026-11-01"}
      """, ""
    ),
    ("placement-marks", #"{"placement":20,"on":"2026-11-30","morning":"/"}"#, ""),
    ("placement-ends", #"{"placement":20,"on":"2026-11-30"}"#, ""),
    (
      "sharing-agreements",
      """
      {"agency":"Health","practitioners":["u-nurse"],"purpose":"Joint work","basis":"Children Act 2004 s10",
      "from":"2026-09-01","to":"2027-08-31","review":"2027-03-01"}
      """, ""
    ),
    ("sharing-agreement-ends", #"{"agreement":23,"on":"2026-11-30","reason":"Replaced"}"#, ""),
    (
      "characteristics",
      #"{"child":"p000000001","urn":"900101","group":"young-carer","from":"2026-10-01","source":"School"}"#, ""
    ),
    ("characteristic-ends", #"{"characteristic":25,"on":"2026-11-30"}"#, ""),
    ("register-inspections", #"{"urn":"900101","on":"2026-11-27","officer":"u-officer"}"#, "school=900101"),
    (
      "register-inspection-reports",
      """
      {"inspection":27,"on":"2026-11-27","wasMade":true,"checks":[{"name":"codes","outcome":"not-met",
      "note":"Three marks without a reason"}],"summary":"Two actions"}
      """, ""
    ),
    (
      "register-inspection-actions",
      #"{"report":28,"action":"Establish the reasons","owner":"Head teacher","due":"2026-12-04"}"#, ""
    ),
    (
      "register-inspection-action-outcomes", #"{"action":29,"on":"2026-11-30","evidence":"Seen in the register"}"#, ""
    ),
    ("statutory-time", #"{"urn":"900101","from":"2026-09-01","minutes":600,"reason":"Need"}"#, ""),
    (
      "officer-bars",
      #"{"officer":"u-else","child":"p000000001","urn":"900101","from":"2026-11-01","ground":"neighbour"}"#, ""
    ),
    ("officer-bar-ends", #"{"bar":32,"on":"2026-11-30"}"#, ""),
    (
      "officer-involvements",
      """
      {"officer":"u-else","child":"p000000001","urn":"900101","from":"2026-11-01","to":"2027-01-29",
      "reason":"Finishes the assessment"}
      """, ""
    ),
    ("officer-departures", #"{"officer":"u-else","on":"2026-11-29"}"#, ""),
    ("officer-returns", #"{"departure":35,"on":"2026-11-30"}"#, ""),
  ]

  private static let letter = """
    "schoolName":"Made-up Primary","writer":{"name":"An Officer","role":"Attendance officer","contact":"01632 960000"},
    "recipients":[{"id":"k1","name":"A Head","address":["1 Made-up Street"]}]
    """
  private static let span = "from=2026-09-01&to=2026-11-30"
  /// A whole term that is over, as partners may ask.
  private static let term = "from=2026-04-01&to=2026-08-31"
  private static let section19 = ["id": "c5"]

  static var all: [String: RouteWalk.Row] {
    var rows = beside
    for entry in entries {
      rows["POST /\(entry.book)"] = .init(body: entry.body)
      if !entry.book.hasPrefix("characteristic") {
        rows["GET /\(entry.book)"] = .init(
          "", "school=900101&pupil=p000000001&open=true&after=0", holdsRecords: false)
      }
    }
    return rows
  }

  private static let beside: [String: RouteWalk.Row] = [
    "GET /figures": .init(term, "\(span)&cluster=north&budgetPence=25000000"),
    "GET /allocation-proposals": .init(), "GET /cases/{id}/allocation-proposal": .init(),
    "GET /continuity": .init(holdsRecords: false),
    "GET /statutory-shares": .init(
      "hours=10&floorMinutes=60", "hours=10&floorMinutes=60&on=2026-11-30", holdsRecords: false),
    "GET /schools/{urn}/inspection-evidence": .init(span, holdsRecords: false),
    "POST /placement-marks/file": .init(
      type: "text/csv", body: "placement,date,session,code\n20,2026-11-30,PM,\\\n", holdsRecords: false),
    "GET /figures/cases": .init("\(span)&figure=I08", "\(span)&figure=I07&part=route%20R1&cluster=north&after=0"),
    "GET /figures/clusters": .init(term), "GET /children/{id}/support-record": .init(path: ["id": "p000000001"]),
    "GET /schools/{urn}/meeting-pack": .init(span, holdsRecords: false),
    "GET /schools/{urn}/health-absence": .init(span, holdsRecords: false),
    "GET /schools/{urn}/traded-statements": .init(holdsRecords: false),
    "GET /children/{id}/groups": .init(path: ["id": "p000000001"], "purpose=support"),
    "GET /siblings": .init("purpose=early-help"), "GET /placed": .init("", "on=2026-11-30"),
    "GET /coordinated-lists/{number}/children": .init(path: ["number": "1"], holdsRecords: false),
    "GET /shared-cases/{id}/notes": .init(holdsRecords: false),
    "POST /shared-cases/{id}/notes": .init(body: #"{"note":"Seen at the clinic"}"#),
    "GET /cases/{id}/partner-notes": .init(holdsRecords: false),
    "POST /cases/{id}/letters/referral": .init(
      body: #"{"referral":"r1","child":"Ada Made-Up",\#(person)}"#),
    "POST /cases/{id}/letters/plan": .init(body: #"{"plan":7,"child":"Ada Made-Up",\#(person)}"#),
    "POST /schools/{urn}/letters/action-plan": .init(body: #"{"actions":[3],\#(letter)}"#),
    "POST /schools/{urn}/letters/register-inspection": .init(
      body: """
        {"on":"2026-11-27","checks":["Codes of October"],"findings":["Three marks without a reason"],
        "actions":[{"what":"Establish the reasons","due":"2026-12-04"}],\(letter)}
        """),
    "POST /schools/{urn}/letters/traded-statement": .init(body: #"{"agreement":10,\#(letter)}"#),
    "GET /section-19": .init("", "state=all&after=0"),
    "GET /section-19/{id}": .init(path: section19, "", "asAt=2026-12-01T00:00:00Z"),
    "GET /section-19/{id}/history": .init(path: section19, "", "after=1"),
    "GET /section-19/{id}/why": .init(path: section19, holdsRecords: false),
    "GET /section-19/{id}/page": .init(path: section19),
    "POST /section-19": .init(
      body: """
        {"pupil":"p000000003","school":"900101","ground":"exclusion","since":"2026-11-20","reason":"Excluded for good"}
        """),
    "POST /section-19/{id}/acts": .init(
      path: section19, body: #"{"act":"consider","reason":"Looked at","facts":{"evidence":"A letter of the clinic"}}"#),
    "POST /section-19/{id}/allocation": .init(
      path: section19, body: #"{"owner":{"role":"attendance-officer","person":"u-officer"},"reason":"Named officer"}"#),
    "POST /section-19/{id}/second": .init(path: section19, body: #"{"agrees":true}"#),
    "POST /section-19/{id}/decisions/{number}/uphold": .init(path: section19, body: #"{"reason":"Still so"}"#),
  ]

  private static let person = """
    "writer":{"name":"An Officer","role":"Attendance officer","contact":"01632 960000"},
    "recipients":[{"id":"k1","name":"A Parent","address":["2 Made-up Street"]}]
    """

  /// A coordinated list, the first entry where nothing else was written.
  static let list = entries.first { $0.book == "coordinated-lists" }?.body ?? ""

  /// The writes that a walk has nothing for.
  static let refused: Set<String> = [
    // Nobody walks as a practitioner whom an agreement names.
    "POST /shared-cases/{id}/notes",
    // Only a manager allocates, and nothing waits for a second person or is in question.
    "POST /section-19/{id}/allocation", "POST /section-19/{id}/second",
    "POST /section-19/{id}/decisions/{number}/uphold",
  ]
}
