import CaseFlow
import CaseKit
import Contracts
import Crypto
import EnforcementDomain
import Foundation
import GRDB
import Messaging
import RollCopy
import Rulebook

/// What a prosecution is about, with the notices and earlier prosecutions of the same parent and child.
struct ProsecutionMatter {
  let prosecution: StoredProsecution
  let person: PersonID
  let sessions: [StoredProsecution.Charged]
  /// All notices to the parent about the child.
  let ofParent: [StoredNotice]
  /// Those that were issued for a session that is charged.
  let notices: [StoredNotice]
  /// The sessions of the parent's other prosecutions about the child.
  let tried: Set<RegisterSession>
  let program: PenaltyNotices

  var charged: [RegisterSession] { sessions.filter { $0.bar == nil }.map(\.place) }

  /// The charge on a day: that of laying, once it is laid, so that time alone changes nothing afterwards.
  func charge(_ unit: UnitOfWork) throws -> Charge {
    Charge(
      Set(charged), notices: try program.entries(to: person, about: prosecution.pupil, in: unit.db), tried: tried,
      on: prosecution.laid ?? unit.today)
  }

  /// The facts of the flow.
  func facts(id: String, _ unit: UnitOfWork) throws -> Facts<Prosecution.Fact> {
    let db = unit.db
    let days = prosecution.breach.map { [$0] } ?? charged.map(\.date)
    var facts = Facts<Prosecution.Fact>([
      .barred: .number(try charge(unit).barred.count), .liable: .flag(try isLiable(on: days, in: db)),
      .moneyHeld: .flag(try isMoneyHeld(unit)), .conflict: .text(try conflicts(unit).answer.rawValue),
      .packSigned: .flag(try isPackSigned(id, in: db)), .register: .text(try register(unit)),
    ])
    facts[.chargedFrom] = days.first.map(FactValue.day)
    facts[.chargedTo] = days.last.map(FactValue.day)
    if prosecution.breach == nil { facts[.sessions] = .number(charged.count) }
    facts[.proceedingsFrom] = try notices.compactMap { try program.period(of: $0, in: db)?.firstDayOfProceedings }.max()
      .map(FactValue.day)
    return facts
  }

  /// Whether the child was of compulsory school age and on the roll on each day.
  private func isLiable(on days: [Day], in db: Database) throws -> Bool {
    guard let born = try Roll.pupil(prosecution.pupil, in: db)?.dateOfBirth else { return false }
    let times = try Roll.registrations(of: prosecution.pupil, at: prosecution.school, in: db)
    return days.allSatisfy { day in
      CompulsorySchoolAge.isCompulsory(dateOfBirth: born, on: day)
        && (prosecution.breach != nil || times.contains { $0.stands(on: day) })
    }
  }

  /// Before laying, any money that may have paid a notice stands in the way; afterwards that which came for it.
  private func isMoneyHeld(_ unit: UnitOfWork) throws -> Bool {
    try notices.contains { notice in
      guard let issue = notice.issue else { return false }
      let payable = PayableNotice(
        number: issue.document, school: notice.school, issued: issue.on,
        period: try program.period(of: notice, in: unit.db), withdrawnOn: notice.withdrawnOn)
      return try PaymentGuard.unresolved(payable, on: unit.today, in: unit.db).contains { hold in
        switch hold {
        case .onNotice, .refundWithoutPayment: true
        case .unmatched, .unread: prosecution.laid == nil
        }
      }
    }
  }

  /// What other matters say.
  func conflicts(_ unit: UnitOfWork) throws -> Conflicts.Judgement {
    let db = unit.db
    let day = prosecution.laid ?? unit.today
    var matters = try OtherMatters.ofNotices(
      notices + ofParent.filter { $0.state == .improving }, on: day, of: program, in: db)
    matters.formUnion(try OtherMatters.ofOrders(about: prosecution.pupil, in: db))
    if !tried.isDisjoint(with: charged) { matters.insert(.prosecution) }
    return Conflicts.judge(.prosecutionSameSessions, beside: matters, prosecution.circumstances, on: day)
  }

  /// Whether a pack for this prosecution and its charge as it is now is signed, and not frozen.
  private func isPackSigned(_ id: String, in db: Database) throws -> Bool {
    try Cases<CourtPackCase>.all(of: prosecution.pupil, in: db).contains { stored in
      guard let state = stored.file.state, [.signed, .served, .lodged].contains(state),
        let pack = try StoredPack.ofCase(stored.number, in: db)
      else { return false }
      let contents = try pack.contents(withBytes: false, in: db)
      return contents.matter == id && contents.person == person.text && Set(contents.charged) == Set(charged)
    }
  }

  /// A digest of the charged sessions with the codes that the register counts now.
  private func register(_ unit: UnitOfWork) throws -> String {
    let school = try program.judge.school(prosecution.school, in: unit.db)
    let counted = try program.judge.find(pupil: prosecution.pupil, at: school, asOf: unit.today, in: unit.db).sessions
    let codes = Dictionary(counted.map { (RegisterSession($0.date, $0.session), $0.code) }) { first, _ in first }
    let lines = charged.map { place in
      "\(place.date.iso) \(place.session.rawValue) \(codes[place]?.description ?? "-")"
    }
    return SHA256.hash(data: Data(lines.joined(separator: "\n").utf8)).prefix(16).map {
      ($0 < 16 ? "0" : "") + String($0, radix: 16)
    }.joined()
  }
}
