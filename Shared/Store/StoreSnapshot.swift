public import GRDB
import Synchronization

/// The store as it was at a moment, read in parts. It keeps the file's log from being cleared: so it ends by itself when
/// nothing was read from it for a while, or when it was kept for too long.
public final class StoreSnapshot: Sendable {
  /// How long a snapshot may be kept.
  public struct Limits: Sendable, Hashable {
    /// The longest pause between two reads.
    public var idle: Duration
    /// The longest time from beginning to end.
    public var whole: Duration
    /// The most snapshots of the store at the same time.
    public var atOnce: Int

    public init(idle: Duration = .seconds(30), whole: Duration = .seconds(3_600), atOnce: Int = 2) {
      self.idle = idle
      self.whole = whole
      self.atOnce = atOnce
    }
  }

  private struct State {
    var lastRead = ContinuousClock.now
    var reading = 0
    var place: SnapshotPlaces.Place?
  }

  private let snapshot: DatabaseSnapshot
  private let limits: Limits
  private let begun = ContinuousClock.now
  private let state: Mutex<State>
  private let watch = Mutex<Task<Void, Never>?>(nil)

  init(_ snapshot: DatabaseSnapshot, _ limits: Limits, _ place: SnapshotPlaces.Place) {
    self.snapshot = snapshot
    self.limits = limits
    state = Mutex(State(place: place))
    let task = Task { [weak self] in
      while let due = self?.due() {
        do { try await Task.sleep(until: due, clock: .continuous) } catch { return }
        self?.closeIfDue()
      }
    }
    watch.withLock { $0 = task }
  }

  deinit {
    watch.withLock { $0?.cancel() }
    try? snapshot.close()
  }

  /// Reads a part.
  ///
  /// - Throws: ``StoreError/snapshotEnded``, and what the body throws.
  public func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
    // What is refused is not being read: else the snapshot would be waited for and never end.
    let isOpen = state.withLock { state in
      let isOpen = state.place != nil && begun.duration(to: .now) < limits.whole
      if isOpen { state.reading += 1 }
      return isOpen
    }
    guard isOpen else { throw StoreError.snapshotEnded }
    defer {
      state.withLock { state in
        state.reading -= 1
        state.lastRead = .now
      }
    }
    return try await snapshot.read(body)
  }

  /// Ends it; nothing can be read any more.
  public func close() {
    watch.withLock { $0?.cancel() }
    let place = state.withLock { state in
      defer { state.place = nil }
      return state.place
    }
    guard place != nil else { return }
    try? snapshot.close()
  }

  /// Waits until it has ended by itself or was closed.
  func ended() async { await watch.withLock { $0 }?.value }

  /// When it must be looked at again; `nil` once it has ended.
  private func due() -> ContinuousClock.Instant? {
    state.withLock { state in
      guard state.place != nil else { return nil }
      // A part that is being read is waited for.
      return state.reading > 0 ? .now + limits.idle : min(state.lastRead + limits.idle, begun + limits.whole)
    }
  }

  private func closeIfDue() {
    let isDue = state.withLock { state in
      state.reading == 0 && (state.lastRead + limits.idle <= .now || begun + limits.whole <= .now)
    }
    if isDue { close() }
  }
}

/// How many snapshots are being read. A place is given up when nobody has it any more.
public final class SnapshotPlaces: Sendable {
  private let taken = Mutex(0)

  /// One of them.
  public final class Place: Sendable {
    private let places: SnapshotPlaces

    fileprivate init(_ places: SnapshotPlaces) { self.places = places }

    deinit { places.taken.withLock { $0 -= 1 } }
  }

  /// `nil` when as many are taken.
  func take(of most: Int) -> Place? {
    let isFree = taken.withLock { taken in
      guard taken < most else { return false }
      taken += 1
      return true
    }
    return isFree ? Place(self) : nil
  }
}
