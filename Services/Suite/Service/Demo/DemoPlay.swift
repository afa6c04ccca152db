import Foundation
import Rulebook
import SuiteDomain

/// Plays the stories by the calendar: all scenes of a day, then the clocks of all programs are set to the next day on
/// which something happens.
struct DemoPlay: Sendable {
  /// All stories, in order.
  static let stories: [any DemoStory.Type] = [
    MorningStory.self, BadRowsStory.self, TenInTenStory.self, CorrectionStory.self, SecondNoticeStory.self,
    UnpaidNoticeStory.self, FamilyStory.self, PartTimeStory.self, PaperRoundStory.self, TheatreStory.self,
    CareStory.self, AttendanceOrderStory.self,
  ]

  /// The numbers of the stories.
  static var numbers: [Int] { stories.map { kind in kind.number } }
  /// Each story with its number, a line each.
  static var list: String { stories.map { kind in "  \(kind.number)  \(kind.title)" }.joined(separator: "\n") }

  let stage: Stage

  /// A story that went wrong is left there, and the others go on.
  ///
  /// - Parameter numbers: the stories to play; all when there are none.
  /// - Throws: ``SuiteError/unexpected(_:)`` with each story that went wrong, and the first thing in it that is not as it
  ///   should be.
  func play(_ numbers: [Int]) async throws {
    try await Opening(stage: stage).play()
    let scenes = Self.stories.filter { numbers.isEmpty || numbers.contains($0.number) }.flatMap { kind in
      kind.init(stage).scenes.map { (story: kind, scene: $0) }
    }.enumerated().sorted { ($0.element.scene.day, $0.offset) < ($1.element.scene.day, $1.offset) }.map(\.element)
    var faults: [Int: String] = [:]
    for (story, scene) in scenes where faults[story.number] == nil {
      try await goOn(to: scene.day)
      let part = scene.title.isEmpty ? "" : ": \(scene.title)"
      stage.tell.chapter("Story \(story.number). \(story.title)\(part)")
      do { try await scene.play() } catch is CancellationError { throw CancellationError() } catch {
        faults[story.number] = "story \(story.number), \(story.title): \(error)"
        stage.tell.wrong("\(error)")
      }
    }
    guard faults.isEmpty else {
      throw SuiteError.unexpected(faults.sorted { $0.key < $1.key }.map(\.value).joined(separator: "\n"))
    }
    try await sumUp()
  }

  /// Lets time pass.
  private func goOn(to day: Day) async throws {
    guard stage.today < day else { return }
    try await stage.catchUp()
    let began = ContinuousClock.now
    stage.tell.chapter("Time passes: it is \(day.inWordsWithWeekday)")
    try await stage.suite.setClocks(to: stage.world.now(on: day))
    stage.tell.say("every program was started again, ready after \(Narrator.millis(ContinuousClock.now - began))")
  }

  private func sumUp() async throws {
    let tell = stage.tell
    tell.chapter("Afterwards")
    try await stage.letters.savePDFs(stage)
    try await stage.catchUp()
    let forged = stage.receiver.forged
    try stage.promise("every message that receivers got had a valid signature", forged, is: 0)
    tell.say("messages received: \(stage.receiver.messages.count)")
    let files = stage.letters.files
    if files > 0 { tell.say("\(files) files to open, letters as pages and as PDFs: \(stage.letters.path)") }
    tell.say("nothing is on its way any more; the demo took \(tell.elapsed)")
  }
}
