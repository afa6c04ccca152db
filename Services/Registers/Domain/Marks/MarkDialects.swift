import Rulebook
import SchoolFiles

extension MarkDialect {
  /// The service's own: what is sent when nothing is declared.
  public static let standard = MarkDialect(
    title: "One row a mark, as this service describes it",
    columns: Columns(
      upn: ["upn"], date: ["date"], session: ["session"], code: ["code"], detail: ["detail"],
      minutesLate: ["minuteslate"]))

  /// The ready dialects by name. They are named for the shapes that the common systems of English schools export; the
  /// names of columns and the tokens are from knowledge of such files and not from their makers' descriptions, and
  /// reports can be laid out anew in each system: an authority replaces them with its own under the same name.
  public static let ready: [String: MarkDialect] = [
    "standard": standard,
    "sims": MarkDialect(
      title: "SIMS: one row a mark", dates: .slashes,
      columns: Columns(
        upn: ["upn", "unique pupil number"], date: ["date", "mark date", "attendance date"],
        session: ["session", "am/pm", "session name"], code: ["mark", "code", "attendance mark"],
        detail: ["comment", "comments"], minutesLate: ["minutes late", "late minutes"]),
      sessions: ["A": .am, "P": .pm, "MORNING": .am, "AFTERNOON": .pm],
      pupils: PupilLayout(
        columns: ["enrolledOn": ["Date of Admission", "DOA"], "leftOn": ["Date of Leaving", "DOL"]],
        words: ["status": ["Single Registration": "single"]])),
    "arbor": MarkDialect(
      title: "Arbor: one row a pupil and day", layout: .days, dates: .slashes,
      columns: Columns(
        upn: ["upn"], date: ["date"], am: ["am", "am mark", "am code"], pm: ["pm", "pm mark", "pm code"],
        detail: ["note", "notes"]),
      pupils: PupilLayout(
        columns: [
          "enrolledOn": ["Enrolment start date", "Enrolled from"], "leftOn": ["Enrolment end date", "Enrolled to"],
          "status": ["Enrolment type"],
        ])),
    "bromcom": MarkDialect(
      title: "Bromcom: one row a mark, months by name", dates: .monthName,
      columns: Columns(
        upn: ["upn"], date: ["date", "calendardate", "calendar date"], session: ["session", "period", "ampm"],
        code: ["mark", "attendancemark", "code"], detail: ["comment", "note"],
        minutesLate: ["minuteslate", "minutes late"]),
      sessions: ["AM REG": .am, "PM REG": .pm, "A": .am, "P": .pm],
      pupils: PupilLayout(columns: ["enrolledOn": ["Admission Date"], "leftOn": ["Leaving Date"]])),
    "scholarpack": MarkDialect(
      title: "ScholarPack: one row a pupil, one column a day or session", layout: .grid, dates: .slashes,
      columns: Columns(upn: ["upn"]),
      pupils: PupilLayout(columns: [PupilLayout.fullName: ["Name", "Pupil Name", "Pupil"]])),
    "isams": MarkDialect(
      title: "iSAMS: one row a mark, 1 for present", separator: .semicolon, dates: .slashes,
      columns: Columns(
        upn: ["upn", "pupil upn"], date: ["date", "register date"], session: ["session", "register", "time"],
        code: ["code", "registration code", "status"], detail: ["reason", "comment"],
        minutesLate: ["minutes late"]),
      sessions: ["AM REGISTRATION": .am, "PM REGISTRATION": .pm, "1": .am, "2": .pm],
      codes: ["1": present],
      pupils: PupilLayout(
        columns: ["enrolledOn": ["Enrolment Date", "Date of Entry"], "leftOn": ["Date Left", "Leaving Date"]])),
    "present-as-p": MarkDialect(
      title: "One row a pupil and day, P for present and SP for sport", layout: .days,
      columns: Columns(upn: ["upn"], date: ["date"], am: ["am"], pm: ["pm"]),
      codes: ["P": present, "SP": "P"]),
  ]

  /// Names that an authority cannot declare: the service's own dialect, and what is no dialect of CSV.
  public static let reservedNames: Set = ["standard", "wonde", "json"]

  /// Whether a dialect may have this name.
  public static func isName(_ text: String) -> Bool {
    1...40 ~= text.utf8.count && !reservedNames.contains(text)
      && text.utf8.allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 || $0 == UInt8(ascii: "-") }
  }
}
