import Foundation
import TestKit
import Testing

@Suite("The codebase itself")
struct TidyTests {
  static let services = ["Registers", "Enforcement", "Notifier", "Casework", "Licensing", "CME", "Suite"]
  /// What a domain may import: plain values and rules.
  static let domainImports: Set = [
    "Foundation", "Rulebook", "CaseFlow", "Contracts", "Schemas", "SchoolFiles", "Search", "Seeded", "Algorithms",
    "Collections",
  ]

  static let rules: [TidyRule] = [
    TidyRule(
      name: "a domain imports plain values and rules only",
      breaches: { tree in
        tree.files.filter { file in services.contains { file.isIn("Services/\($0)/Domain") } }.flatMap { file in
          file.imports.filter { !domainImports.contains(String($0)) }.map { "\(file.path) imports \($0)" }
        }
      }, planted: .init(path: "Services/Registers/Domain/X.swift", text: "import GRDB\n")),
    TidyRule(
      name: "a service never imports another",
      breaches: { tree in
        tree.files.flatMap { file in
          services.filter { file.isIn("Services/\($0)") }.flatMap { own in
            file.imports.filter { module in
              services.contains { $0 != own && (module == "\($0)Service" || module == "\($0)Domain") }
            }.map { "\(file.path) imports \($0)" }
          }
        }
      }, planted: .init(path: "Services/Registers/Service/X.swift", text: "import NotifierDomain\n")),
    TidyRule(
      name: "the kits never import a service",
      breaches: { tree in
        tree.files.filter { $0.isIn("Shared") }.flatMap { file in
          file.imports.filter { module in services.contains { module.hasPrefix($0) } }
            .map { "\(file.path) imports \($0)" }
        }
      }, planted: .init(path: "Shared/Store/X.swift", text: "public import RegistersDomain\n")),
    TidyRule(
      name: "no file has more than 600 lines",
      breaches: { tree in tree.files.filter { $0.lines.count > 600 }.map { "\($0.path): \($0.lines.count)" } },
      planted: .init(path: "Shared/X.swift", text: String(repeating: "\n", count: 700))),
    TidyRule(
      name: "nothing is forced or left to crash",
      breaches: { lines($0, where: { !$0.isTest }, contain: ["try!", "as!", "fatalError("]) },
      planted: .init(path: "Services/X.swift", text: "let x = try! f()\n")),
    TidyRule(
      name: "only programs that talk to people print",
      breaches: {
        lines(
          $0, where: { ($0.isIn("Shared") || $0.isIn("Services")) && !$0.isIn("Services/Suite") }, contain: ["print("])
      }, planted: .init(path: "Shared/X.swift", text: "  print(pupil)\n")),
    TidyRule(
      name: "tests wait for signals and never sleep",
      breaches: {
        lines(
          $0, where: \.isTest, contain: ["Task" + ".sleep", "Clock()" + ".sleep", "u" + "sleep(", "Thread" + ".sleep"])
      },
      planted: .init(path: "Tests/X.swift", text: "try await Task" + ".sleep(for: .seconds(1))\n")),
    TidyRule(
      name: "what the compiler cannot check is argued for",
      breaches: { tree in
        tree.files.flatMap { file in
          file.lines.indices.filter { index in
            let line = file.lines[index]
            let isUnchecked = line.contains("@unchecked " + "Sendable") || line.contains("nonisolated" + "(unsafe)")
            let before = index > 0 ? file.lines[index - 1].trimmingCharacters(in: .whitespaces) : ""
            return isUnchecked && !before.hasPrefix("//")
          }.map { "\(file.path):\($0 + 1)" }
        }
      }, planted: .init(path: "Shared/X.swift", text: "\nfinal class X: @unchecked " + "Sendable {}\n")),
    TidyRule(
      name: "outgoing HTTP clients are made in one place",
      breaches: {
        lines(
          $0, where: { !$0.isTest && !$0.isIn("Shared/ServiceKit/Outgoing") },
          contain: ["HTTPClient" + "(eventLoop", "HTTPClient" + ".shared", "HTTPClient" + ".Configuration"])
      },
      planted: .init(path: "Shared/X.swift", text: "let answer = try await HTTPClient" + ".shared.execute(request)\n")),
    TidyRule(
      name: "a service writes by units of work",
      breaches: {
        lines($0, where: { $0.isIn("Services") && !$0.isIn("Services/Suite") }, contain: ["store" + ".write"])
      }, planted: .init(path: "Services/Notifier/Service/X.swift", text: "try await store" + ".write { body($0) }\n")),
    TidyRule(
      name: "units of work alone put on record",
      breaches: {
        lines(
          $0, where: { !$0.isTest && $0.path != "Shared/Messaging/Runtime/UnitOfWork.swift" },
          contain: ["AuditLog" + ".append(", "AuditLog" + ".Entry("])
      }, planted: .init(path: "Shared/Keeping/X.swift", text: "try AuditLog" + ".append(entry, in: db)\n")),
    TidyRule(
      name: "attendance codes are spelt in their tables only",
      breaches: { tree in
        tree.files.filter { mayNameNoCode($0) }.flatMap { file in
          file.lines.indices.filter { namesACode(file.lines[$0]) }.map { "\(file.path):\($0 + 1)" }
        }
      },
      planted: .init(
        path: "Services/Registers/Domain/X.swift",
        text: #"""
          /// C2 and "X" in a comment name none, and neither do "PM", "SI 2024/208", "ATT-1" and "L2".
          let words = ["PM", "SI 2024/208", "ATT-1", "L2", "reg 13", "an hour", "A register"]
          let partTime = AttendanceCode("C2")
          let present = AttendanceCode("/")
          let ill = codes.contains("I")
          let fix = "Use C2, or X where the pupil was not required to attend."
          """#), finds: 4),
    TidyRule(
      name: "nothing is left unfinished",
      breaches: { lines($0, where: { _ in true }, contain: ["TO" + "DO", "FIX" + "ME", "place" + "holder"]) },
      planted: .init(path: "Shared/X.swift", text: "// TO" + "DO later\n")),
  ]

  /// Where single letters are no attendance codes, by file: each with what they are.
  private static let otherLetters = [
    "Shared/Rulebook/YearGroup.swift": "year groups", "Shared/ServiceKit/ValueCheck.swift": "year groups",
    "Shared/Contracts/Events/RegistersEvents.swift": "year groups",
    "Services/Registers/Domain/Roll/PupilMessages.swift": "year groups and sexes",
    "Services/Registers/Domain/Roll/PupilField.swift": "year groups, sexes and headings of columns",
    "Shared/Rulebook/Sex.swift": "sexes",
    "Services/Registers/Domain/Roll/CTFWriter.swift": "the transfer file's own codes",
    "Shared/SchoolFiles/DateColumn.swift": "the T of a date and time",
    "Shared/SchoolFiles/DateParts.swift": "the T of a date and time",
    "Services/Registers/Domain/Marks/MarkDialects.swift": "other systems' words",
    "Services/Notifier/Domain/DisclosureMatrix.swift": "columns of the matrix",
    "Services/Enforcement/Domain/Payments/PaymentDays.swift": "the T of a date and time",
    "Services/Enforcement/Service/Documents/InterviewInvitation.swift": "a code of practice",
  ]

  /// Whether a file must leave attendance codes to their tables. The suite makes up what schools write, and checks the
  /// programs against an oracle of its own.
  private static func mayNameNoCode(_ file: SourceTree.File) -> Bool {
    (file.isIn("Shared") || file.isIn("Services")) && !file.isIn("Services/Suite") && otherLetters[file.path] == nil
      && file.path != "Shared/Rulebook/CodeTables.swift"
  }

  /// Whether a line makes a code from a literal, or has one as a word of a literal.
  private static func namesACode(_ line: Substring) -> Bool {
    guard line.contains("\""), !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") else { return false }
    if line.contains("AttendanceCode(\"") { return true }
    // A byte of the alphabet is named as one.
    let plain = line.replacing(/ascii: "."/, with: "")
    return plain.matches(of: /"((?:[^"\\]|\\.)*)"/).contains { literal in
      literal.1.contains(/(?:^|[\s,;:(])(?:C[12]|J1|Y[1-7]|[B-Z])(?:$|[\s,;:.)])/)
    }
  }

  private static func lines(
    _ tree: SourceTree, where isMeant: (SourceTree.File) -> Bool, contain words: [String]
  ) -> [String] {
    tree.files.filter(isMeant).flatMap { file in
      file.lines.indices.filter { index in words.contains { file.lines[index].contains($0) } }
        .map { "\(file.path):\($0 + 1)" }
    }
  }

  @Test(arguments: rules)
  func theTreeKeeps(rule: TidyRule) throws {
    let tree = try SourceTree()
    #expect(tree.files.count > 100, "the sources were found")
    #expect(rule.breaches(tree) == [])
  }

  /// Builds of today and of next year have the same packages: `Package.resolved` names commits, which differ between
  /// copies of a repository, so it is not kept, and the manifest fixes the versions instead.
  @Test func theManifestFixesEveryVersion() throws {
    let manifest = try String(contentsOf: projectFolder.appending(path: "Package.swift"), encoding: .utf8)
    let packages = manifest.split(separator: "\n").filter { $0.contains(".package(url:") }
    #expect(packages.count > 10)
    #expect(packages.filter { $0.firstMatch(of: /, exact: "\d+\.\d+\.\d+"/) == nil } == [])
  }

  @Test(arguments: rules)
  func theCheckFindsAPlantedBreach(rule: TidyRule) {
    #expect(rule.breaches(SourceTree([rule.planted])).count == rule.finds)
  }

  /// Reads the manifest with the package manager, in a scratch folder of its own: the tests' own is locked.
  private func targets() async throws -> [[String: Any]] {
    let scratch = NSTemporaryDirectory() + "describe-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let data = try await output(
      of: "swift", ["package", "--package-path", projectFolder.path, "--scratch-path", scratch, "dump-package"])
    let package = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(package["targets"] as? [[String: Any]])
  }

  @Test func theManifestHasNoForbiddenEdge() async throws {
    let targets = try await targets()
    let names = Set(targets.compactMap { $0["name"] as? String })
    #expect(names.isSuperset(of: Self.services.flatMap { ["\($0)Domain", "\($0)Service"] }))
    for target in targets {
      let name = try #require(target["name"] as? String)
      guard let own = Self.services.first(where: { name == "\($0)Domain" || name == "\($0)Service" }) else { continue }
      let text = String(
        decoding: try JSONSerialization.data(withJSONObject: target["dependencies"] ?? []), as: UTF8.self)
      for other in Self.services where other != own {
        #expect(!text.contains("\"\(other)Domain\"") && !text.contains("\"\(other)Service\""), "\(name) on \(other)")
      }
      guard name.hasSuffix("Domain") else { continue }
      for kit in ["ServiceKit", "Store", "Messaging", "Kafka", "GRDB", "Hummingbird"] {
        #expect(!text.contains("\"\(kit)\""), "\(name) on \(kit)")
      }
    }
  }

  /// What a page names as its proof, for example `StoreTests` or `test_sbom.py::test_name`, that is nowhere in the tests.
  private static func missingProofs(in page: String, _ tree: SourceTree) throws -> [String] {
    let swift = tree.files.filter(\.isTest).flatMap(\.lines).joined(separator: "\n")
    return try page.matches(of: /`([A-Za-z]+(?:Tests|Simulation)|test_[a-z_]+\.py(?:::test_[a-z_]+)?)`/).map {
      String($0.1)
    }
    .filter { name in
      guard name.hasPrefix("test_") else {
        let isTarget = FileManager.default.fileExists(atPath: projectFolder.appending(path: "Tests/\(name)").path)
        return !isTarget && !swift.contains("struct \(name) ") && !swift.contains("class \(name) ")
      }
      let parts = name.split(separator: ":", omittingEmptySubsequences: true).map(String.init)
      let path = projectFolder.appending(path: "Tests/ThirdParty/\(parts[0])").path
      guard FileManager.default.fileExists(atPath: path) else { return true }
      return try parts.count > 1 && !String(contentsOfFile: path, encoding: .utf8).contains("def \(parts[1])(")
    }
  }

  @Test func theThreatModelNamesTestsThatExist() throws {
    let tree = try SourceTree()
    let page = try String(contentsOf: projectFolder.appending(path: "docs/threat-model.md"), encoding: .utf8)
    #expect(page.contains("`StoreTests`"))
    #expect(try Self.missingProofs(in: page, tree) == [])
    let planted = "`NobodyTests`, `StoreTests`, `test_sbom.py::test_nothing`, `test_gone.py`, `test_sbom.py`"
    #expect(try Self.missingProofs(in: planted, tree) == ["NobodyTests", "test_sbom.py::test_nothing", "test_gone.py"])
  }

  @Test func everyServiceHasItsPage() {
    for service in Self.services {
      let page = projectFolder.appending(path: "Services/\(service)/CANVAS.md").path
      #expect(FileManager.default.fileExists(atPath: page), "\(service)")
    }
  }
}
