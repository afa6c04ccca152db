import Foundation
import ServiceKit
import ServiceLifecycle
import Store

/// Looks at what a program needs and cannot make itself: room on the disk, files it may open, a clock that goes forward.
/// Each shortage is an alarm; those that keep requests from being served keep the program from being ready, with the
/// reason, until they pass.
struct ResourceWatch: Service {
  /// The names of the alarms.
  enum Alarm: String, CaseIterable {
    case store
    case freeSpace = "free-space"
    case writeAheadLog = "write-ahead-log"
    case descriptors
    case clock
  }

  let store: Store
  let clock: any WallClock
  let alarms: Alarms
  let freeWarningBytes: Int64
  let walWarningBytes: Int64
  let clockBackSeconds: Int
  /// How often it looks when nobody asks, milliseconds.
  let everyMillis: Int64

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        _ = await look()
        do { try await Task.sleep(for: .milliseconds(everyMillis)) } catch { return }
      }
    }
  }

  /// Looks at everything, raises and clears the alarms.
  ///
  /// - Returns: why the program is not ready; `nil` when it is.
  func look() async -> String? {
    // Whoever cannot write finds out by trying: nothing else tells that there is room again.
    if store.trouble != nil { try? await store.probe() }
    let trouble = store.trouble.map { "\($0.rawValue): nothing can be written" }
    alarms.set(Alarm.store.rawValue, trouble)
    let free = store.freeBytes
    let isLow = free.map { $0 < freeWarningBytes } ?? false
    alarms.set(Alarm.freeSpace.rawValue, isLow ? "less than \(freeWarningBytes >> 20) MB are free for the store" : nil)
    let isLong = store.walBytes > walWarningBytes
    alarms.set(
      Alarm.writeAheadLog.rawValue, isLong ? "the write-ahead log is larger than \(walWarningBytes >> 20) MB" : nil)
    let descriptors = Descriptors.now
    let shortage = descriptors.areShort ? "\(descriptors.open) of \(descriptors.most) files are open" : nil
    // The figure changes at every look; the alarm is one.
    alarms.set(Alarm.descriptors.rawValue, shortage == nil ? nil : "nearly all \(descriptors.most) files are open")
    let behind = store.secondsAhead(of: clock.now())
    let isBehind = behind > Double(clockBackSeconds)
    alarms.set(
      Alarm.clock.rawValue,
      isBehind ? "the clock is more than \(clockBackSeconds) s behind the last moment on record" : nil)
    let reasons = [
      trouble.map { "store (\($0))" }, shortage.map { "descriptors (\($0))" },
      isBehind ? "clock (\(Int(behind)) s behind the last moment on record)" : nil,
    ].compactMap { $0 }
    return reasons.isEmpty ? nil : reasons.joined(separator: ", ")
  }
}
