public import GRDB

/// A store's file seen from outside, by who does not run the program: to copy it, to look at it, to put another in its
/// place.
public enum StoreFile {
  /// Copies a store as it is now into a new file that is whole by itself. The program that has it open goes on; nothing is
  /// written to the file and nothing is checkpointed.
  ///
  /// - Throws: GRDB's `DatabaseError`.
  public static func copy(of path: String, to target: String) throws {
    let source = try open(path)
    defer { try? source.close() }
    try Store.copy(source, to: target)
  }

  /// Opens it to be read and nothing else.
  public static func open(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    configuration.publicStatementArguments = false
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Holds a store so that no program can open it.
  public final class Hold: Sendable {
    private let lock: FileLock

    /// - Throws: ``StoreError/inUse(path:)`` while a program has it open.
    public init(_ path: String) throws(StoreError) { lock = try FileLock(path: path + ".lock") }

    /// Lets programs open it.
    public func release() { lock.release() }
  }
}

extension Store {
  /// Writes the store as it is now into a new file, which is whole by itself. Whoever writes goes on writing, and nothing
  /// is checkpointed.
  ///
  /// - Throws: GRDB's `DatabaseError`.
  public func copy(to path: String) throws {
    try Self.copy(pool, to: path)
  }

  /// The same from any connection that reads.
  static func copy(_ source: any DatabaseReader, to path: String) throws {
    let target = try DatabaseQueue(path: path)
    try source.backup(to: target)
    // Without a log beside it.
    try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try target.close()
    FileMode.close(path)
  }
}
