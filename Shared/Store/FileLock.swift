import Synchronization
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An exclusive lock on a file, held until it is released, or the process or the value ends. It is tried for half a
/// second.
final class FileLock: Sendable {
  private let descriptor: Mutex<FileDescriptor?>

  /// - Throws: ``StoreError/inUse(path:)`` when another process holds it.
  init(path: String) throws(StoreError) {
    let opened: FileDescriptor
    do {
      opened = try FileDescriptor.open(
        FilePath(path), .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
    } catch {
      throw .lockFailed(path: path, errno: (error as? Errno)?.rawValue ?? 0)
    }
    var code = Self.lock(opened)
    // A program that is being started holds a copy of every lock of the one that starts it, until it runs.
    for _ in 0..<50 where code == EWOULDBLOCK {
      poll(nil, 0, 10)
      code = Self.lock(opened)
    }
    guard code == 0 else {
      try? opened.close()
      if code == EWOULDBLOCK { throw .inUse(path: path) }
      throw .lockFailed(path: path, errno: code)
    }
    // Last: an initializer that throws with everything set runs deinit, which would close the number a second time,
    // by then perhaps somebody else's.
    descriptor = Mutex(opened)
  }

  deinit { release() }

  /// How far the store beside it had come, outside the store: so that one that was put back from a copy is known.
  struct Mark: Hashable, Sendable {
    /// How often the store was opened.
    var generation: Int64
    /// The last event that it published.
    var sequence: Int64
    /// The name of its epoch: two copies of a store that were put back in turn have been opened as often.
    var epoch: String
  }

  /// What the file remembers; `nil` when it remembers nothing, or is not held any more.
  var mark: Mark? {
    get {
      descriptor.withLock { file in
        var bytes = [UInt8](repeating: 0, count: Self.markBytes)
        let count = bytes.withUnsafeMutableBytes { try? file?.read(fromAbsoluteOffset: 0, into: $0) } ?? 0
        let words = String(decoding: bytes.prefix(count), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 3, let generation = Int64(words[0]), let sequence = Int64(words[1]) else { return nil }
        return Mark(generation: generation, sequence: sequence, epoch: String(words[2]))
      }
    }
    set {
      // One write of one length: there is never half of it.
      let text = newValue.map { "\($0.generation) \($0.sequence) \($0.epoch)" } ?? ""
      let line = text + String(repeating: " ", count: max(0, Self.markBytes - 1 - text.utf8.count)) + "\n"
      descriptor.withLock { file in _ = try? file?.writeAll(toAbsoluteOffset: 0, line.utf8) }
    }
  }

  private static let markBytes = 80

  /// - Returns: 0, or the number of the error.
  private static func lock(_ file: FileDescriptor) -> Int32 { flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 ? 0 : errno }

  /// Lets another have it.
  func release() {
    let held = descriptor.withLock { descriptor in
      defer { descriptor = nil }
      return descriptor
    }
    try? held?.close()
  }
}
