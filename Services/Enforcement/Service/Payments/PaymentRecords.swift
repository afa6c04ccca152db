import Keeping

/// The money of penalty notices in the export.
enum PaymentRecords {
  static let tables = [files, refused, payments, acts]

  /// Money of notices about a child. Whoever paid is somebody else, and may have written who: each line is looked at first.
  static let sections = [
    SubjectSection(payments, review: .thirdParty), SubjectSection(acts, review: .thirdParty),
  ]

  /// Payments that are or were on a notice about one of the subjects.
  private static let ofSubjects = """
    SELECT p.number FROM payment p WHERE p.notice IN (SELECT document FROM notice WHERE pupil IN
      (SELECT pupil FROM subjects)) UNION SELECT a.payment FROM payment_act a WHERE a.to_notice IN
      (SELECT document FROM notice WHERE pupil IN (SELECT pupil FROM subjects))
    """

  private static let at = KeptTable.Column("at", .moment, from: "t.at_millis", "When it was written down.")
  private static let by = KeptTable.Column("by", .text, from: "t.caller", "Who did it, by an opaque identifier.")

  private static let files = KeptTable(
    "paymentFiles", "Files of payments.",
    source: "payment_file t LEFT JOIN payment_file_settled s ON s.file = t.number",
    [
      .init("number", .integer, "The file."), .init("source", .text, "The bank or the pay service."), at, by,
      .init("received", .integer, "Rows."), .init("booked", .integer, "Rows that were booked."),
      .init("known", .integer, "Rows that a file before had told."),
      .init("passedOver", .integer, "Rows that are no payments."),
      .init("refused", .integer, "Rows that could not be read."),
      .init("settled", .text, optional: true, from: "s.reason", "What was done about those."),
    ])

  private static let refused = KeptTable(
    "paymentRowsRefused", "Rows of files that could not be read.", source: "payment_refused t", position: "t.file",
    order: "t.row", pageSize: 1,
    [
      .init("file", .integer, "The file."), .init("row", .integer, "The row, from 1."),
      .init("column", .text, from: "t.place", "The column; empty for the row as a whole."),
      .init("reason", .text, "Why."),
    ])

  private static let payments = KeptTable(
    "payments", "Payments and refunds as they came.", source: "payment t",
    ofSubjects: "t.number IN (\(ofSubjects))",
    [
      .init("number", .integer, "The payment."), .init("kind", .text, "Payment or refund."),
      .init("source", .text, "Bank, pay service or hand."), .init("on", .day, from: "t.on_day", "The day."),
      .init("pence", .integer, "The sum in pence."),
      .init("notice", .text, optional: true, "The notice that its reference named."),
      .init("reference", .text, optional: true, "What the payer wrote, where it named none for certain."),
      .init("file", .integer, optional: true, "The file."), .init("row", .integer, optional: true, "The row of it."),
      at,
      by,
    ])

  private static let acts = KeptTable(
    "paymentActs", "What people did with payments.", source: "payment_act t",
    ofSubjects: "t.payment IN (\(ofSubjects))",
    [
      .init("number", .integer, "The act."), .init("payment", .integer, "The payment."),
      .init("kind", .text, "Allocated, returned, or the reversal of an act."),
      .init("from", .text, optional: true, from: "t.from_notice", "The notice on which the money was."),
      .init("to", .text, optional: true, from: "t.to_notice", "The notice on which it is."),
      .init("pence", .integer, optional: true, "The sum in pence."),
      .init("on", .day, optional: true, from: "t.on_day", "The day on which it went back."),
      .init("reason", .text, "Why."), .init("reverses", .integer, optional: true, "The act that it takes back."), at,
      by,
    ])
}
