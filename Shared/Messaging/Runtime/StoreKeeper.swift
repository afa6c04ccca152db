import ServiceLifecycle
import Store

/// Closes a program's store once everything that uses it has ended: the file is then whole by itself.
struct StoreKeeper: Service {
  let store: Store

  func run() async throws {
    try? await gracefulShutdown()
    try store.close()
  }
}
