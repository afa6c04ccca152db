import CoreMetrics
import Logging

/// The registers' own metrics: names and labels in one place. No label holds an identifier.
struct Telemetry: Sendable {
  let factory: any MetricsFactory
  /// Where alarms are raised; no line holds an identifier of a child.
  var logger = Logger(label: "registers")

  /// Counts the rows of an upload by what became of them.
  func count(_ counts: IntakeCounts) {
    for (outcome, count) in [
      ("recorded", counts.recorded), ("amended", counts.amended), ("unchanged", counts.unchanged),
      ("missing", counts.missing), ("quarantined", counts.quarantined), ("rejected", counts.rejected),
    ] where count > 0 {
      Counter(label: "registers_marks_total", dimensions: [("outcome", outcome)], factory: factory)
        .increment(by: count)
    }
  }

  /// Counts an entry that a person amended.
  func countAmended() { Counter(label: "registers_amendments_total", factory: factory).increment() }

  /// Counts waiting marks that went in by themselves.
  func countReleased(_ count: Int) {
    guard count > 0 else { return }
    Counter(label: "registers_released_total", factory: factory).increment(by: count)
  }

  /// Counts what was found and what lapsed.
  func countFindings(raised: Int, lapsed: Int) {
    for (change, count) in [("raised", raised), ("lapsed", lapsed)] where count > 0 {
      Counter(label: "registers_findings_total", dimensions: [("change", change)], factory: factory)
        .increment(by: count)
    }
  }

  /// A protection of a child was taken away: somebody should know today.
  func countLowered(_ protection: Registers.Protection) {
    Counter(
      label: "registers_protections_lowered_total", dimensions: [("protection", protection.rawValue)], factory: factory
    ).increment()
    logger.critical("protection lowered", metadata: ["protection": "\(protection.rawValue)"])
  }

  /// Counts reads of children's records.
  func countRead() { Counter(label: "registers_child_reads_total", factory: factory).increment() }
}
