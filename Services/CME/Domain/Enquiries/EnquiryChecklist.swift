public import CaseFlow
public import Rulebook

/// Who makes an enquiry: the child's school, or the authority.
public enum EnquiryPart: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
  case school, authority

  /// The school comes first.
  public static func < (a: EnquiryPart, b: EnquiryPart) -> Bool { a == .school && b == .authority }
}

/// The enquiries that are made for a child who cannot be found, in their order: dated guidance.
public struct EnquiryChecklist: Hashable, Sendable {
  /// One enquiry.
  public struct Item: Hashable, Sendable {
    /// Its place in the list, from 1.
    public let number: Int
    /// Whom or where to ask.
    public let title: String
    /// Who makes it; both, where it is on both parts.
    public let parts: Set<EnquiryPart>
    /// How long it may take, from the opening of the enquiry.
    public let within: Span
    /// Whether it is made again and again while the child is not found.
    public let isRepeated: Bool

    init(_ number: Int, _ title: String, _ parts: Set<EnquiryPart>, within: Span, isRepeated: Bool = false) {
      self.number = number
      self.title = title
      self.parts = parts
      self.within = within
      self.isRepeated = isRepeated
    }
  }

  public let items: [Item]
  /// Those that must have an answer before the authority certifies joint enquiries, by number.
  public let certified: ClosedRange<Int>
  /// How often the repeated ones are made again.
  public let repeatAfter: Span

  /// The item of a number; `nil` when there is none.
  public func item(_ number: Int) -> Item? { items.first { $0.number == number } }

  private static let sameDay = Span.days(0)
  private static let week = Span.workingDays(5)
  private static let fortnight = Span.workingDays(10)

  /// The national list in the product's order (CME-10).
  public static let inForce: Dated<EnquiryChecklist> = [
    InForce(
      EnquiryChecklist(
        items: [
          Item(
            1, "All numbers, e-mail, letter; emergency contacts; staff and friends; siblings here and elsewhere",
            [.school], within: sameDay),
          Item(
            2, "Home visit, with a risk assessment; news from neighbours, who are told nothing", [.school, .authority],
            within: week),
          Item(3, "Relatives and last known addresses", [.school, .authority], within: fortnight),
          Item(
            4,
            "The authority's own records: admissions, benefits, council tax, housing, early help, social care, SEN, "
              + "youth justice, licensing, home education", [.authority], within: sameDay),
          Item(
            5, "School-to-school search for missing and lost pupils; national pupil data where lawful", [.authority],
            within: sameDay, isRepeated: true),
          Item(
            6, "Previous and possible next school and authority", [.authority], within: week, isRepeated: true),
          Item(
            7, "Health visitor, school nurse, GP registration, emergency department", [.authority], within: fortnight),
          Item(8, "Police, refuge network, housing providers, youth justice", [.authority], within: fortnight),
          Item(
            9, "UK Visas and Immigration, Border Force; child benefit where a gateway exists", [.authority],
            within: fortnight),
          Item(10, "Armed forces: the advisory body for service children's education", [.authority], within: fortnight),
          Item(
            11, "Traveller education, community groups, provider of asylum accommodation", [.authority],
            within: fortnight),
          Item(
            12, "The authority where the child lives, where it is another than the school's", [.authority],
            within: fortnight),
          Item(
            13, "Embassy or consulate, Children and Families Across Borders, where harm abroad is feared", [.authority],
            within: fortnight),
        ], certified: 1...6, repeatAfter: .days(28)),
      source: "Children missing education: statutory guidance, reasonable enquiries; CME-10")
  ]
}
