import Contracts
import GRDB
import Messaging
import Rulebook
import Synchronization

/// The identifiers of schools' children in published events, kept from one event to the next: a page of the feed has
/// dozens of sessions of one school behind each other, and to read its roll for each takes longer than all else.
///
/// Under which identifier a mark was published never changes. So what was read is right for every event that there was
/// then and that came after the school's last change of identifiers, as long as no registration is erased.
final class PublishedIdentifiers: Sendable {
  private struct Kept {
    /// How many there are and the last number: neither can stay when one is entered or erased.
    let registrations: [Int64]
    let sequences: ClosedRange<Int64>
    let identifiers: [Int64: PupilID]
  }

  /// The most schools that are kept.
  private static let capacity = 50

  private let kept = Mutex<[URN: Kept]>([:])

  /// As ``Pupils/identifiers(of:publishedUnder:in:)``.
  func find(of school: URN, publishedUnder sequence: Int64, in db: Database) throws -> [Int64: PupilID] {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT count(*), coalesce(max(number), 0) FROM registrations WHERE school = ?"),
      arguments: [school])
    let registrations: [Int64] = row.map { [$0[0], $0[1]] } ?? []
    if let known = kept.withLock({ $0[school] }), known.registrations == registrations,
      known.sequences.contains(sequence)
    {
      return known.identifiers
    }
    let identifiers = try Pupils.identifiers(of: school, publishedUnder: sequence, in: db)
    let changed = try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT max(c.through_sequence) FROM registrations r JOIN identity_changes c ON c.registration = r.number
          WHERE r.school = ?
          """), arguments: [school])
    let first = (changed ?? 0) + 1
    let last = try Outbox.lastSequence(in: db)
    if first <= sequence, sequence <= last {
      kept.withLock { kept in
        if kept.count >= Self.capacity { kept.removeAll() }
        kept[school] = Kept(registrations: registrations, sequences: first...last, identifiers: identifiers)
      }
    }
    return identifiers
  }
}
