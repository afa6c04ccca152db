import CMEDomain
import Contracts
import Foundation
import SchoolFiles
import SealedAlerts

/// What comes from other authorities and from the store of lost pupils.
extension FuzzTarget {
  static func lostPupils(_ bytes: [UInt8]) -> String? {
    guard let file = try? LostPupilFile.read(bytes) else { return nil }
    guard file.pupils.count + file.unreadable.count == file.received else { return "a pupil is read or unreadable" }
    guard file.received <= LostPupilFile.limits.pupils else { return "no more pupils than the limit" }
    for pupil in file.pupils.values {
      guard pupil.likeness(to: pupil) != nil else { return "a child is like itself" }
      let again = try? LostPupilFile.read(LostPupilFile.write(pupil, from: nil, at: "2026-11-30T00:00:00"))
      guard again?.received == 1 else { return "what is written can be read" }
    }
    return nil
  }

  /// The beginning of an alert, before anything of it is proven.
  static func alertEnvelope(_ bytes: [UInt8]) -> String? {
    let envelope = Data(bytes)
    guard let header = try? AlertHeader(of: envelope) else { return nil }
    guard header.sequence > 0, header.sent.millis >= 0 else { return "numbers count from 1" }
    return (try? AlertHeader(of: envelope)) == header ? nil : "the same is read the same"
  }

  /// What was sealed, as an authority that signs it may have made it.
  static func alertMessage(_ bytes: [UInt8]) -> String? {
    guard let message = try? AlertMessage(encoded: Data(bytes)) else { return nil }
    guard let written = try? message.encoded() else { return "what is read can be written" }
    return (try? AlertMessage(encoded: written)) == message ? nil : "what is written is what was read"
  }

  /// The lines of keys that authorities send to the national root.
  static func alertKeys(_ bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let lines = try? KeyDirectory.fingerprints(text) else { return nil }
    return lines.count <= text.split(separator: "\n").count ? nil : "a line is a key"
  }
}
