import Synchronization
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An exclusive lock on a file, held until it is released, or the process or the value ends.
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
    guard flock(opened.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      try? opened.close()
      if code == EWOULDBLOCK { throw .inUse(path: path) }
      throw .lockFailed(path: path, errno: code)
    }
    // Last: an initializer that throws with everything set runs deinit, which would close the number a second time,
    // by then perhaps somebody else's.
    descriptor = Mutex(opened)
  }

  deinit { release() }

  /// Lets another have it.
  func release() {
    let held = descriptor.withLock { descriptor in
      defer { descriptor = nil }
      return descriptor
    }
    try? held?.close()
  }
}
