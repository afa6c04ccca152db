import Foundation
import FuzzTargets

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Gives libFuzzer's bytes to the target that the environment names.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  switch target {
  case .marksCSV: fuzzMarksCSV(bytes)
  case .marksGrid: fuzzMarksGrid(bytes)
  case .marksJSON: fuzzMarksJSON(bytes)
  case .marksWonde: fuzzMarksWonde(bytes)
  case .pupilsCSV: fuzzPupilsCSV(bytes)
  case .ctf: fuzzCTF(bytes)
  case .paymentsCSV: fuzzPaymentsCSV(bytes)
  case .feedPage: fuzzFeedPage(bytes)
  case .scheduleCSV: fuzzScheduleCSV(bytes)
  case .scheduleCalendar: fuzzScheduleCalendar(bytes)
  case .lostPupils: fuzzLostPupils(bytes)
  case .alertEnvelope: fuzzAlertEnvelope(bytes)
  case .alertMessage: fuzzAlertMessage(bytes)
  case .alertKeys: fuzzAlertKeys(bytes)
  }
  return 0
}

/// The package manager calls a program's main by the name of its module; libFuzzer's own is called from here.
@_cdecl("fuzz_main")
public func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  var (count, arguments) = (count, arguments)
  return runDriver(&count, &arguments, testOneInput)
}

private let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"].flatMap(FuzzTarget.init) ?? .marksCSV
