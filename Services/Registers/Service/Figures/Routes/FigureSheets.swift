import Contracts
import RegistersDomain
import Rulebook
import SchoolFiles
import ServiceKit

/// Figures as comma-separated values: one row a figure, with what it is a figure of. What is kept back is empty, and
/// `suppressed` says so, as in JSON.
protocol FigureSheet: Sheet {
  /// What the file is called, without its ending; nothing about a person.
  var sheetName: String { get }
  var table: CSVTable { get }
}

extension FigureSheet {
  func sheet() -> (name: String, bytes: [UInt8]) { (sheetName, table.bytes) }
}

extension PublishedFigure {
  static let columns = ["definition", "measure", "numerator", "denominator", "percent", "suppressed"]

  /// Its cells by ``columns``.
  var cells: [String: String?] {
    [
      "definition": definition, "measure": measure, "numerator": numerator.map(String.init),
      "denominator": denominator.map(String.init), "percent": percent, "suppressed": String(suppressed),
    ]
  }
}

extension [String: String?] {
  /// With other cells.
  func with(_ others: [String: String?]) -> [String: String?] { merging(others) { $1 } }
}

extension FigureAnswer: FigureSheet {
  var sheetName: String { "figures-\(from)-to-\(to)" }

  var table: CSVTable {
    var table = CSVTable(
      ["scope", "from", "to", "period", "groupBy", "cohort", "asOf", "row", "group"] + PublishedFigure.columns
        + ["code", "mornings", "afternoons", "enrolments", "shortRecords", "persistentThreshold", "notes"])
    let question: [String: String?] = [
      "scope": scope, "from": from.iso, "to": to.iso, "period": period, "groupBy": groupBy, "cohort": cohort.rawValue,
      "asOf": asOf.description, "persistentThreshold": persistentThreshold.map { "\($0.parts) of \($0.outOf)" },
      "notes": notes.joined(separator: " "),
    ]
    for (kind, group) in [("total", total)] + groups.map({ ("group", $0) }) {
      let line = question.with([
        "row": kind, "group": group.key, "enrolments": group.enrolments.map(String.init),
        "shortRecords": group.shortRecords.map(String.init),
      ])
      for figure in group.figures { table.add(line.with(figure.cells)) }
      for reason in group.reasons {
        table.add(
          line.with(reason.figure.cells).with([
            "code": reason.code.text, "mornings": reason.mornings.map(String.init),
            "afternoons": reason.afternoons.map(String.init),
          ]))
      }
    }
    return table
  }
}

extension FigureRoutes.Definitions: FigureSheet {
  var sheetName: String { "figure-definitions" }

  /// A row for each rule of a figure; one for a figure without any.
  var table: CSVTable {
    var table = CSVTable([
      "definition", "measure", "numerator", "denominator", "rule", "source", "inForceFrom", "inForceTo",
    ])
    for figure in definitions {
      let line: [String: String?] = [
        "definition": figure.definition, "measure": figure.measure, "numerator": figure.numerator,
        "denominator": figure.denominator,
      ]
      if figure.rules.isEmpty { table.add(line) }
      for rule in figure.rules {
        table.add(
          line.with([
            "rule": rule.value, "source": rule.source, "inForceFrom": rule.inForceFrom?.iso,
            "inForceTo": rule.inForceTo?.iso,
          ]))
      }
    }
    return table
  }
}

extension ReadPupil.Figures {
  static let columns = [
    "possible", "present", "attending", "approvedActivity", "absent", "authorised", "unauthorised", "notPossible",
    "notCollected", "lateBeforeClose", "lateAfterClose", "attendancePercent", "absencePercent", "authorisedPercent",
    "unauthorisedPercent",
  ]

  /// Its cells by ``columns``.
  var cells: [String: String?] {
    let counts = [
      possible, present, attending, approvedActivity, absent, authorised, unauthorised, notPossible, notCollected,
      lateBeforeClose, lateAfterClose,
    ]
    let shares = [attendancePercent, absencePercent, authorisedPercent, unauthorisedPercent]
    return Dictionary(uniqueKeysWithValues: zip(Self.columns, counts.map { String($0) as String? } + shares))
  }
}

extension ReadEnrolmentFigures.Enrolment {
  static func sheet(of page: Page<Self>) -> (name: String, bytes: [UInt8]) {
    let head = page.head
    var table = CSVTable(
      ["school", "from", "to", "cohort", "asOf", "pupil", "enrolledOn", "leftOn"] + ReadPupil.Figures.columns
        + ["persistentlyAbsent", "severelyAbsent", "shortRecord"])
    for enrolment in page.lines {
      table.add(
        enrolment.figures.cells.with([
          "school": head.school.text, "from": head.from.iso, "to": head.to.iso, "cohort": head.cohort.rawValue,
          "asOf": head.asOf.description, "pupil": enrolment.pupil.text, "enrolledOn": enrolment.enrolledOn.iso,
          "leftOn": enrolment.leftOn?.iso,
          "persistentlyAbsent": enrolment.persistentlyAbsent.map { String($0) },
          "severelyAbsent": enrolment.severelyAbsent.map { String($0) },
          "shortRecord": String(enrolment.shortRecord),
        ]))
    }
    return ("figures-of-enrolments-\(head.school)-\(head.from)-to-\(head.to)", table.bytes)
  }
}

extension ReadCareFigures.Answer: FigureSheet {
  var sheetName: String { "figures-children-in-care-\(year)-on-\(on)" }

  private static let childColumns = [
    "pupil", "inCareSince", "possible", "present", "authorised", "unauthorised", "attendancePercent", "daysOffRoll",
    "below90",
  ]

  /// Figures, then for those who look after these children a row a child and time.
  var table: CSVTable {
    var table = CSVTable(
      ["year", "on", "cohort", "asOf", "row", "time"] + PublishedFigure.columns + ["minimumSessions"]
        + Self.childColumns)
    let question: [String: String?] = [
      "year": year, "on": on.iso, "cohort": cohort.rawValue, "asOf": asOf.description,
    ]
    for (time, measure) in [("since-entering", sinceEntering), ("year-to-date", yearToDate)] {
      let line = question.with(["time": time, "minimumSessions": String(measure.minimumSessions)])
      let figures = [
        measure.headline, measure.adjusted, measure.attendance, measure.authorised, measure.unauthorised,
      ]
      for figure in figures { table.add(line.with(["row": "figure"]).with(figure.cells)) }
      let bands = [
        ("above-95", measure.bands.above95), ("from-90-to-95", measure.bands.from90To95),
        ("below-90", measure.bands.below90),
      ]
      for (name, count) in bands {
        table.add(
          line.with([
            "row": "band", "definition": "I22", "measure": name, "numerator": count.map(String.init),
            "suppressed": String(count == nil),
          ]))
      }
    }
    for child in children ?? [] {
      for (time, sessions) in [("since-entering", child.sinceEntering), ("year-to-date", child.yearToDate)] {
        table.add(
          question.with([
            "row": "child", "time": time, "pupil": child.pupil.text, "inCareSince": child.inCareSince.iso,
            "possible": String(sessions.possible), "present": String(sessions.present),
            "authorised": String(sessions.authorised), "unauthorised": String(sessions.unauthorised),
            "attendancePercent": sessions.attendancePercent, "daysOffRoll": String(child.daysOffRoll),
            "below90": String(child.below90),
          ]))
      }
    }
    return table
  }
}

extension ReadMissingOut.Answer: FigureSheet {
  var sheetName: String { "figures-missing-out-on-education-\(on)" }

  var table: CSVTable {
    var table = CSVTable(["definition", "on", "asOf", "row", "school", "children", "challenged", "rule"])
    let question: [String: String?] = [
      "definition": definition, "on": on.iso, "asOf": asOf.description, "rule": rule,
    ]
    table.add(
      question.with(["row": "total", "children": String(children), "challenged": String(challenged)]))
    for school in schools {
      table.add(
        question.with(["row": "school", "school": school.school.text, "children": String(school.children)]))
    }
    return table
  }
}

extension ReadPupil.Attendance: FigureSheet {
  // A file's name says nothing about whose it is.
  var sheetName: String { "attendance-\(from)-to-\(to)" }

  /// All rolls together, then each.
  var table: CSVTable {
    var table = CSVTable(
      ["pupil", "from", "to", "asOf", "row", "school", "enrolledOn", "leftOn"] + ReadPupil.Figures.columns
        + ["persistentlyAbsent", "severelyAbsent", "shortRecord", "codes"])
    let question: [String: String?] = [
      "pupil": pupil.text, "from": from.iso, "to": to.iso, "asOf": asOf.description,
    ]
    table.add(
      question.with(figures.cells).with([
        "row": "total", "persistentlyAbsent": String(persistentlyAbsent), "severelyAbsent": String(severelyAbsent),
        "shortRecord": String(shortRecord),
      ]))
    for roll in registrations {
      table.add(
        question.with(roll.figures.cells).with([
          "row": "roll", "school": roll.school.text, "enrolledOn": roll.enrolledOn.iso, "leftOn": roll.leftOn?.iso,
          "codes": roll.codes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "; "),
        ]))
    }
    return table
  }
}
