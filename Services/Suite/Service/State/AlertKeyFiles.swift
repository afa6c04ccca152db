import Foundation
import Rulebook
import SealedAlerts

/// The keys by which the authorities of a suite alert each other, and the directory of them. A deployment has the root on
/// a machine without a network; a suite has it in its folder.
extension StateFolder {
  func alertKeysPath(authority: String) -> String { "\(path)/keys/\(authority).alert.keys" }
  var alertDirectoryPath: String { "\(path)/keys/alert-directory" }
  private var alertRootPath: String { "\(path)/keys/alert-root.key" }

  /// Makes sure that each authority has keys, and that the directory has all of them.
  ///
  /// - Parameter day: the first day of new keys, and that on which the directory is signed.
  /// - Returns: the public key of the root.
  /// - Throws: `AlertKeyFault`.
  func makeAlertKeys(_ authorities: [String], on day: Day) throws -> String {
    try DirectoryRoot.make(path: alertRootPath)
    let root = try DirectoryRoot(path: alertRootPath)
    var lines: [String] = []
    for authority in authorities {
      let path = alertKeysPath(authority: authority)
      try AlertKeyRing.make(path: path, first: day)
      let ring = try AlertKeyRing(try AuthorityCode(authority), path: path)
      lines += ring.publicLines.split(separator: "\n").map(String.init)
    }
    var before: (number: Int, lines: [String]) = (0, [])
    if let text = try? String(contentsOfFile: alertDirectoryPath, encoding: .utf8) {
      before = try root.lines(of: text)
    }
    if before.lines != lines.sorted() {
      let text = try root.sign(lines, number: before.number + 1, on: day)
      try write(Data(text.utf8), to: alertDirectoryPath)
    }
    return root.publicDigits
  }
}
