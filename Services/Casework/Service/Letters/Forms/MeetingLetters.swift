import Letters
import Rulebook

/// The invitation to a meeting about a child's attendance: one for each person who is invited.
struct MeetingInvitation: Letter {
  let child: String
  let day: Day
  let place: String
  let purpose: String
  /// Who will be there, by role.
  let invited: [String]
  let writer: LetterWriter

  static let id = "casework.meeting-invitation"

  private static let guidance = "Working together to improve school attendance, multi-agency support"

  static let particulars: [Particular<Self>] = [
    .text("childName", guidance) { $0.child }, .text("meetingDay", guidance) { $0.day.inWordsWithWeekday },
    .text("place", guidance) { $0.place }, .text("purpose", guidance) { $0.purpose },
    .list("invited", guidance, atLeast: 1, of: \.invited, [.text("who", guidance) { $0 }]),
    .statement("companion", guidance), .statement("interpreter", "Equality Act 2010 s149"),
    .statement("sayingNo", guidance), .group("writer", guidance, of: { $0.writer }, LetterWriter.particulars(guidance)),
  ]

  static let template = """
    id: casework.meeting-invitation
    version: 1
    language: en
    format: letter
    title: An invitation to a meeting
    ---
    <p>I would like to invite you to a meeting about {{childName}} on {{meetingDay}}, at {{place}}.</p>
    <p>What it is for: {{purpose}}</p>
    <p>Who will be there:</p>
    <ul>{{#invited}}<li>{{who}}</li>{{/invited}}</ul>
    {{#companion}}<p>You can bring someone with you.</p>{{/companion}}
    {{#interpreter}}<p>If you need an interpreter, or this letter in another language or in large print, tell me. It is
    free.</p>{{/interpreter}}
    {{#sayingNo}}<p>If you cannot come, or do not want to, tell me. We can find another day, another place or another way to
    hear from you.</p>{{/sayingNo}}
    <p>Yours sincerely</p>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}

/// What a meeting decided, to each of those who were invited: decisions, and nothing else that was said.
struct MeetingNotes: Letter {
  /// Something that somebody is to do.
  struct Decision: Sendable {
    let what, owner: String
    let due: Day
  }

  let child: String
  let day: Day
  let place: String
  let decisions: [Decision]
  let writer: LetterWriter

  static let id = "casework.meeting-notes"

  private static let guidance = "Working together to improve school attendance, multi-agency support"

  static let particulars: [Particular<Self>] = [
    .text("childName", guidance) { $0.child }, .text("meetingDay", guidance) { $0.day.inWordsWithWeekday },
    .text("place", guidance) { $0.place },
    .list(
      "decisions", guidance, of: \.decisions,
      [
        .text("what", guidance) { $0.what }, .text("owner", guidance) { $0.owner },
        .text("due", guidance) { $0.due.inWords },
      ]), .group("writer", guidance, of: { $0.writer }, LetterWriter.particulars(guidance)),
  ]

  static let template = """
    id: casework.meeting-notes
    version: 1
    language: en
    format: letter
    title: What we decided
    ---
    <p>This is what was decided about {{childName}} at the meeting on {{meetingDay}}, at {{place}}.</p>
    <table>
    <tbody>
    <tr><th scope="col">What</th><th scope="col">Who</th><th scope="col">By</th></tr>
    {{#decisions}}<tr><td>{{what}}</td><td>{{owner}}</td><td>{{due}}</td></tr>{{/decisions}}
    </tbody>
    </table>
    {{^decisions}}<p>Nothing was decided.</p>{{/decisions}}
    <p>If you think any of this is wrong, tell me.</p>
    <p>Yours sincerely</p>
    {{#writer}}\(LetterWriter.signature){{/writer}}
    """
}
