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
