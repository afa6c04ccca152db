import Keeping
import RollCopy
import Store

/// The table of orders: what each case is about beside its child.
enum OrderSchema {
  static let columns = [PupilColumn("court_order")]

  static let migration = Migration(
    "enforcement 0008 orders",
    sql: """
      -- A school attendance order, an education supervision order or a parenting order, from its first step on.
      CREATE TABLE court_order (
        number INTEGER PRIMARY KEY, case_number INTEGER UNIQUE REFERENCES case_file (number), kind TEXT NOT NULL,
        pupil TEXT NOT NULL, school TEXT,
        -- The parent, where the order is made against one.
        person TEXT,
        -- What an officer knows of the child that stands in the way: a list of names.
        circumstances TEXT NOT NULL) STRICT;
      CREATE INDEX court_order_pupil ON court_order (pupil, number);
      CREATE INDEX court_order_person ON court_order (person);
      """)

  /// In the export.
  static let records = KeptTable(
    "orders", "School attendance orders, education supervision orders and parenting orders.", source: "court_order t",
    ofSubjects: "t.pupil IN (SELECT pupil FROM subjects)",
    [
      .init("number", .integer, "The order in this store."),
      .init("case", .numbered("c"), optional: true, from: "t.case_number", "Its case."),
      .init("kind", .text, "The kind of order."), .init("pupil", .pupil, "The child."),
      .init("school", .urn, optional: true, "The school."),
      .init("person", .text, optional: true, "The parent, by an opaque identifier."),
      .init("circumstances", .text, "What was known that stood in the way, as JSON."),
    ])
}
