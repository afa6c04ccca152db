import ArgumentParser
import Contracts
import Foundation
import Processes
import Rulebook
import ServiceKit
import SuiteDomain
import Testing

@testable import SuiteService

@Suite("The demo", .serialized)
struct DemoTests {
  @Test("its world has what the stories are about, whatever the seed", arguments: 1...5 as ClosedRange<UInt64>)
  func world(seed: UInt64) throws {
    let world = try DemoWorld(seed: seed)
    #expect(Set(world.cast.values).count == DemoPart.allCases.count)
    #expect(world.unauthorised(.tenth).count == DemoWorld.threshold)
    #expect(world.unauthorised(.tenth).last?.day == world.friday)
    #expect(world.unauthorised(.unpaid).count == 10 && world.unauthorised(.second).count == 20)
    #expect(world.helped.before.percentage == "76.7" && world.helped.after.percentage == "89.0")
    for part in DemoPart.allCases {
      let born = world.pupil(part).dateOfBirth
      #expect(CompulsorySchoolAge.isCompulsory(dateOfBirth: born, on: world.friday))
    }
    for day in DemoWorld.performances + [DemoWorld.unlicensed] {
      #expect(world.school(of: .actor1).calendars[MadeUpAuthority.schoolYear]?.hasSession(day, .pm) == true)
    }
  }

  @Test("each story has a number and a title of its own, and is on the list")
  func list() {
    let numbers = DemoPlay.numbers
    #expect(Set(numbers).count == numbers.count && numbers == numbers.sorted())
    let help = DemoCommand.helpMessage(columns: 120)
    for story in DemoPlay.stories { #expect(help.contains("\(story.number)  \(story.title)")) }
  }

  @Test("a story that is not there is refused before anything starts")
  func unknownStory() {
    #expect(throws: (any Error).self) { try DemoCommand.parse(["--story", "99"]) }
  }

  @Test("what a story promises and is not so ends it, with what should have been")
  func brokenPromise() throws {
    let tell = Narrator()
    #expect(throws: SuiteError.unexpected("two people close the case: it should be closed, and is open")) {
      try Stage.promise("two people close the case", "open", is: "closed", tell)
    }
    #expect(tell.lines.isEmpty)
  }

  @Test(
    "every story goes as it should with another seed than the usual one, and leaves its letters and the court pack")
  func stories() async throws {
    let path = NSTemporaryDirectory() + "demo-\(UUID())/state"
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    let tell = Narrator()
    try await DemoCommand.parse(["--check", "--seed", "11", "--state", path]).play(telling: tell)
    for story in DemoPlay.stories {
      #expect(tell.lines.contains { $0.hasPrefix("Story \(story.number). \(story.title)") }, "story \(story.number)")
    }
    for promise in Self.promises {
      #expect(tell.lines.contains { $0.contains("✓") && $0.contains(promise) }, "\(promise)")
    }
    #expect(tell.lines.last == "Every story went as it should")
    let letters = path + "/letters"
    #expect(tell.lines.contains { $0.hasSuffix(letters) }, "the demo names the folder")
    try await check(letters: letters)
  }

  /// What the stories promise at their ends.
  private static let promises = [
    "the child with a social worker comes first", "the waiting mark goes in by itself", "lists the ten marks",
    "the proposal says what became of it", "an officer has it on the desk", "a third is refused",
    "his ledger is his own", "nobody can lay an information meanwhile", "suite verify-pack finds it sound",
    "the notice says what became of it", "12.3 points gained", "children missing out on education",
    "the permit comes up for review", "match the licences", "opens to the 5 children",
    "two people serve it", "the school enters her: the order is complied with",
  ]

  /// Every letter is there as a page and as a tagged PDF with its text, and says whom it is to.
  private func check(letters folder: String) async throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let names = files.filter { $0.hasSuffix(".pdf") }.map { String($0.dropLast(4)) }
    #expect(names == files.filter { $0.hasSuffix(".html") }.map { String($0.dropLast(5)) })
    #expect(Set(names.map { String($0.dropFirst(3)) }) == Set(Self.letters), "\(names)")
    #expect(files.contains("court-pack.zip") && files.contains("court-pack-keys.json"))
    for name in names {
      let file = "\(folder)/\(name).pdf"
      let about = try await said("/usr/bin/pdfinfo", file)
      #expect(about.contains { $0.hasPrefix("Tagged:") && $0.hasSuffix("yes") }, "\(name)")
      let text = try await said("/usr/bin/pdftotext", file, "-").joined(separator: "\n")
      #expect(text.contains("Made-up Council 880") && text.count > 500, "\(name)")
    }
  }

  private static let letters = [
    "story-4-penalty-notice", "story-4-withdrawal", "story-5-second-notice", "story-5-father-first-notice",
    "story-6-notice-to-improve", "story-6-penalty-notice", "story-7-first-contact", "story-7-contract",
    "story-7-review", "story-7-closing", "story-11-refused", "story-11-permit", "story-12-licence",
    "story-17-notice-to-satisfy", "story-17-notice-of-intention", "story-17-order",
  ]

  private func said(_ program: String, _ arguments: String...) async throws -> [String] {
    let (end, output) = try await BoundedProcess.run(
      program, arguments, environment: ["LANG=C.UTF-8"], input: [], outputBytes: 1 << 20, seconds: 30)
    #expect(end == .exited(0), "\(program) \(arguments)")
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
