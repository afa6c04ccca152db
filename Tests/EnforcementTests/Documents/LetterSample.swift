import Contracts
import EnforcementDomain
import Letters
import Rulebook
import Testing

@testable import EnforcementService

/// A made-up document and what a reader must find in it.
struct LetterSample: Sendable, CustomTestStringConvertible {
  let title: String
  let says: [String]
  let omits: [String]
  let make: @Sendable (Say) throws -> any Letter

  init(
    _ title: String, says: [String], omits: [String] = [], _ make: @escaping @Sendable (Say) throws -> any Letter
  ) {
    (self.title, self.says, self.omits, self.make) = (title, says, omits, make)
  }

  var testDescription: String { title }
}

/// Gives the texts of a sample under the names of their particulars, and leaves one of them blank.
final class Say {
  private let blank: String?
  /// The particulars that could have been left blank.
  private(set) var names: Set<String> = []

  init(without blank: String? = nil) { self.blank = blank }

  func callAsFunction(_ name: String, _ text: String) -> String {
    names.insert(name)
    return name == blank ? " \n" : text
  }

  /// Texts of a list, each of them under one name.
  func texts(_ each: String, _ texts: [String]) -> [String] { texts.map { self(each, $0) } }

  /// What there must be at least one of.
  func rows<Row>(_ name: String, _ rows: [Row]) -> [Row] {
    names.insert(name)
    return name == blank ? [] : rows
  }

  func lines(_ name: String, of each: String, _ texts: [String]) -> [String] { rows(name, self.texts(each, texts)) }

  var child: String { self("childName", "Ann Sample") }
  var parent: String { self("parentName", "Mary Sample") }
  var school: String { self("schoolName", "Example Primary School") }
  var writer: LetterWriter {
    LetterWriter(
      name: self("writerName", "Pat Officer"), role: self("writerRole", "Attendance officer"),
      contact: self("writerContact", "01632 960001"))
  }
  var meeting: EnforcementLetters.Appointment {
    .init(
      day: day("2026-12-11"), time: self("meetingTime", "10:30am"),
      place: lines("meetingPlace", of: "meetingPlaceLine", ["County Hall", "Room 4"]))
  }
  var wishes: EnforcementLetters.Wishes {
    .init(
      child: self("childWishes", "Ann wants to be with her friends."), parents: self("parentWishes", "To be helped."))
  }
}

func day(_ iso: String) -> Day { Day(iso: iso) ?? Day(ordinal: 0) }

func days(_ first: String, _ last: String) -> DayRange { DayRange(first: day(first), last: day(last)) }

func noticeNumber() throws -> DocumentNumber { try #require(DocumentNumber("880-EN-2627-000042-B")) }
