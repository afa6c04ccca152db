import Rulebook

/// A story that users must be able to live through, played with the real programs. Each is a file of its own, is listed in
/// ``DemoPlay/stories``, and can be played alone.
protocol DemoStory: Actor {
  /// Its number among the stories.
  static var number: Int { get }
  /// What it is about, as people say it.
  static var title: String { get }

  init(_ stage: Stage)

  /// What happens, in order of days.
  nonisolated var scenes: [DemoScene] { get }
}

/// What happens in a story on one day. It checks everything that it tells.
struct DemoScene: Sendable {
  let day: Day
  /// What is added to the story's title.
  let title: String
  let play: @Sendable () async throws -> Void

  init(_ day: Day, _ title: String = "", _ play: @Sendable @escaping () async throws -> Void) {
    self.day = day
    self.title = title
    self.play = play
  }
}
