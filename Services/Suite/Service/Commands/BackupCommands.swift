import ArgumentParser
import Foundation
import Messaging
import Store

/// `suite backup-key`.
struct BackupKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup-key", abstract: "Makes the key that backups are sealed to, and prints its public half.",
    discussion: "Keep the file away from the backups and from the machine that makes them: it alone opens them.")

  @Option(help: "The key file; one that is there stays.") var out: String

  func run() throws { print(try BackupKey.make(path: out)) }
}

/// `suite backup`.
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copies every program's store as it is now, sealed to a key.",
    discussion: """
      The programs go on. Each store is copied by itself: when they are put back, readers find out what their sources no \
      longer have. The keys in the state folder are not copied; keep them elsewhere.
      """)

  @OptionGroup var stateOption: StateOption
  @Option(help: "The public half of the backup key, as suite backup-key prints it.") var to: String
  @Option(help: "The folder for the backups; each run makes a folder of its own in it.") var out: String

  func run() throws {
    let folder = stateOption.folder
    let key = try BackupKey.recipient(to)
    let now = Date()
    let stamp = "\(Int64(now.timeIntervalSince1970))"
    for program in try folder.readState().programs {
      guard let authority = program.authority else { continue }
      let store = folder.storePath(authority: authority, service: program.service)
      let (backup, head) = try Backup.make(of: store, to: key, in: "\(out)/\(stamp)", now: now)
      print("\(backup.path): \(head.bytes) bytes, \(head.rows["outbox"] ?? 0) events")
    }
  }
}

/// `suite verify`.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Opens backups and proves them: the copy, the file, the events, the audit log.",
    discussion: "Exits 1 unless all are whole. Needs room for one opened copy beside each backup.")

  @OptionGroup var stateOption: StateOption
  @Option(help: "The file of the backup key.") var key: String
  @Argument(help: "The backups.") var files: [String]

  func run() throws {
    let secret = try BackupKey.secret(path: key)
    let folder = stateOption.folder
    var allWhole = true
    for file in files {
      do {
        let (head, proof, faults) = try Backup(path: file).verify(with: secret) { owner in
          let parts = owner.split(separator: ".").map(String.init)
          guard parts.count == 2 else { return nil }
          return try AuditKeys(path: folder.auditKeyPath(authority: parts[0], service: parts[1]))
        }
        allWhole = allWhole && faults.isEmpty
        let state = faults.isEmpty ? "whole" : "not whole"
        print("\(head.owner): \(state), \(proof.events) events, \(proof.auditEntries) audit entries")
        for fault in faults { print("  \(fault)") }
      } catch {
        allWhole = false
        print("\(file): \(error)")
      }
    }
    if !allWhole { throw ExitCode(1) }
  }
}

/// `suite restore`.
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Puts backups in the place of the stores of programs that do not run.",
    discussion: """
      Any of them and in any order. What was there is kept beside it. At the next start each program begins another epoch, \
      and its readers list what they had applied that it no longer has.
      """)

  @OptionGroup var stateOption: StateOption
  @Option(help: "The file of the backup key.") var key: String
  @Argument(help: "The backups.") var files: [String]

  func run() throws {
    let secret = try BackupKey.secret(path: key)
    let folder = stateOption.folder
    for file in files {
      let owner = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
      let parts = owner.split(separator: ".").map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("\(file): a backup is named after its program, for example 880.registers.esdbackup")
      }
      let store = folder.storePath(authority: parts[0], service: parts[1])
      let kept = try Backup(path: file).restore(to: store, owner: owner, with: secret, now: Date())
      print("\(store) restored from \(file)" + (kept.map { "; what was there is in \($0)" } ?? ""))
    }
  }
}
