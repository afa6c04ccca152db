import Synchronization

extension Rehearsal {
  /// What was applied, for one who waits for it.
  final class Seen: Sendable {
    private struct State {
      var all: Set<String> = []
      var waiting: [String: CheckedContinuation<Bool, Never>] = [:]
    }
    private let state = Mutex(State())

    func add(_ text: String) {
      state.withLock { state in
        state.all.insert(text)
        return state.waiting.removeValue(forKey: text)
      }?.resume(returning: true)
    }

    /// Whether it was applied before the time was over.
    func wait(for text: String, upTo wait: Duration) async -> Bool {
      await withCheckedContinuation { continuation in
        let isThere = state.withLock { state in
          if state.all.contains(text) { return true }
          state.waiting[text] = continuation
          return false
        }
        if isThere { return continuation.resume(returning: true) }
        Task {
          try? await Task.sleep(for: wait)
          state.withLock { $0.waiting.removeValue(forKey: text) }?.resume(returning: false)
        }
      }
    }
  }
}
