import Foundation
import GRDB

@testable import Store

extension Pair {
  /// Closes the source and opens the file that a copy was made into in its place.
  func restored(from copy: String, keepingLock: Bool = false) throws -> Pair {
    let path = source.path
    let lock = FileManager.default.contents(atPath: path + ".lock")
    try source.close()
    for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    try FileManager.default.copyItem(atPath: copy, toPath: path)
    if let lock { try lock.write(to: URL(fileURLWithPath: path + ".lock")) }
    if keepingLock {
      // As when the whole machine is put back: nothing beside the file knows better.
      let queue = try DatabaseQueue(path: path)
      let mark = try queue.read {
        try String.fetchOne(
          $0,
          sql: """
            SELECT generation || ' ' || (SELECT max(sequence) FROM outbox) || ' '
              || (SELECT name FROM epochs ORDER BY number DESC LIMIT 1) FROM store_owner
            """)
      }
      try queue.close()
      try Data((mark ?? "").utf8).write(to: URL(fileURLWithPath: path + ".lock"))
    }
    return try withSource(at: path)
  }

  /// A copy of the source as it is now.
  func backup() throws -> String {
    let path = NSTemporaryDirectory() + "backup-\(UUID().uuidString).sqlite"
    try source.copy(to: path)
    return path
  }
}
