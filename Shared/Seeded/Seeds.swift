/// Seeds in a row, each of which is a run of its own.
///
/// ```swift
/// let broken = await Seeds(10_000).deal(to: 2, from: 0, run: { if fails($0) { $1 += 1 } }, sum: { $0 += $1 })
/// ```
public struct Seeds: Sequence, Sendable {
  /// The first; numbers go round behind the greatest.
  public let from: UInt64
  public let count: Int

  public init(_ count: Int, from: UInt64 = 1) { (self.count, self.from) = (count, from) }

  public func makeIterator() -> some IteratorProtocol<UInt64> {
    (0..<count).lazy.map { from &+ UInt64($0) }.makeIterator()
  }

  /// Runs all of them on some threads, dealt out evenly.
  ///
  /// - Parameters:
  ///   - threads: at least one is used.
  ///   - empty: what came of no run at all.
  ///   - run: runs one seed and adds what came of it.
  ///   - sum: adds what another thread has. In which order threads end is not known.
  public func deal<Sum: Sendable>(
    to threads: Int, from empty: Sum, run: @Sendable @escaping (UInt64, inout Sum) -> Void,
    sum: @Sendable @escaping (inout Sum, Sum) -> Void
  ) async -> Sum {
    let threads = Swift.max(1, threads)
    return await withTaskGroup(of: Sum.self) { group in
      for thread in 0..<threads {
        group.addTask {
          stride(from: thread, to: count, by: threads).reduce(into: empty) { run(from &+ UInt64($1), &$0) }
        }
      }
      return await group.reduce(into: empty, sum)
    }
  }
}
