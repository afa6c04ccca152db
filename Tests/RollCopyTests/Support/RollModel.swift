import Contracts
import Messaging
import Rulebook
import Seeded

@testable import RollCopy

/// What the copy should hold, in plain dictionaries. A place is a child at a school.
struct RollModel {
  struct Place: Hashable {
    let pupil: PupilID
    let school: URN
  }

  var schools: [URN: SchoolRecorded] = [:]
  var calendars: [URN: [String: CalendarRecorded]] = [:]
  var children: [PupilID: PupilEnrolled] = [:]
  var numbered: [Int64: Registration] = [:]
  var unnumbered: [Place: Registration] = [:]
  /// The places that say that the child's address is protected.
  var protected: Set<Place> = []
  var became: [PupilID: PupilID] = [:]
  /// The program's own rows: the note of each watched child.
  var watched: [PupilID: String] = [:]

  func current(_ pupil: PupilID) -> PupilID {
    var pupil = pupil
    while let next = became[pupil] { pupil = next }
    return pupil
  }

  func registrations(of pupil: PupilID) -> Set<Registration> {
    Set((Array(numbered.values) + unnumbered.values).filter { $0.pupil == pupil })
  }

  func isProtected(_ pupil: PupilID) -> Bool { protected.contains { $0.pupil == pupil } }

  func pupil(_ pupil: PupilID, at detail: RollCopy.Detail) -> RolledPupil? {
    children[pupil].map {
      RolledPupil(
        id: pupil, dateOfBirth: detail == .opaque ? nil : $0.dateOfBirth,
        yearGroup: detail == .dates ? $0.yearGroup : nil, yearGroupYear: detail == .dates ? $0.yearGroupYear : nil,
        givenName: detail == .names ? $0.givenName : nil, familyName: detail == .names ? $0.familyName : nil,
        addressProtected: isProtected(pupil))
    }
  }

  mutating func enrol(_ data: PupilEnrolled) {
    let place = Place(pupil: current(data.pupil), school: data.school)
    children[place.pupil] = data
    var old: Registration?
    if let number = data.registration {
      old = numbered[number]
      if old == nil { old = unnumbered.removeValue(forKey: place) }
      set(place, data, after: old)
      // A registration that is another child's now says nothing of the one before.
      if let old, old.pupil != place.pupil || old.school != place.school {
        let before = Place(pupil: old.pupil, school: old.school)
        if !registrations(of: old.pupil).contains(where: { $0.school == old.school }) { protected.remove(before) }
      }
    } else if unnumbered[place] != nil || !registrations(of: place.pupil).contains(where: { $0.school == place.school })
    {
      set(place, data, after: unnumbered[place])
    }
    if data.addressProtected { protected.insert(place) } else { protected.remove(place) }
  }

  private mutating func set(_ place: Place, _ data: PupilEnrolled, after old: Registration?) {
    let registration = Registration(
      number: data.registration, pupil: place.pupil, school: place.school, first: data.enrolledOn, last: data.leftOn,
      ground: data.leftOn == nil ? nil : old?.ground,
      destinationKnown: data.leftOn == nil ? nil : old?.destinationKnown, isWithdrawn: false)
    if let number = data.registration { numbered[number] = registration } else { unnumbered[place] = registration }
  }

  mutating func leave(_ data: PupilLeft) {
    change(data.registration, data.pupil, data.school) {
      Registration(
        number: $0.number, pupil: $0.pupil, school: $0.school, first: $0.first, last: data.leftOn, ground: data.ground,
        destinationKnown: data.destinationKnown, isWithdrawn: $0.isWithdrawn)
    }
  }

  mutating func withdraw(_ data: RegistrationWithdrawn) {
    let changed = change(data.registration, data.pupil, data.school) {
      Registration(
        number: $0.number, pupil: $0.pupil, school: $0.school, first: $0.first, last: $0.last, ground: $0.ground,
        destinationKnown: $0.destinationKnown, isWithdrawn: true)
    }
    guard let changed else { return }
    let place = Place(pupil: changed.pupil, school: changed.school)
    let stands = registrations(of: place.pupil).contains { $0.school == place.school && !$0.isWithdrawn }
    if !stands, protected.contains(where: { $0.pupil == place.pupil && $0.school != place.school }) {
      protected.remove(place)
    }
  }

  @discardableResult
  private mutating func change(
    _ number: Int64?, _ pupil: PupilID, _ school: URN, _ body: (Registration) -> Registration
  ) -> Registration? {
    if let number, let found = numbered[number] {
      numbered[number] = body(found)
      return numbered[number]
    }
    let place = Place(pupil: current(pupil), school: school)
    unnumbered[place] = unnumbered[place].map(body)
    return unnumbered[place]
  }

  /// - Returns: whether it is no fact: a child merged into itself.
  mutating func merge(_ data: PupilsMerged) -> Bool {
    let (kept, merged) = (current(data.pupil), current(data.merged))
    guard kept != merged else { return data.pupil == data.merged || merged == data.merged }
    if children[kept] == nil { children[kept] = children[merged] }
    children[merged] = nil
    for (number, old) in numbered where old.pupil == merged { numbered[number] = Self.moved(old, to: kept) }
    for (place, old) in unnumbered where place.pupil == merged {
      unnumbered[place] = nil
      let here = Place(pupil: kept, school: place.school)
      unnumbered[here] = Self.joined(unnumbered[here], Self.moved(old, to: kept))
    }
    for place in protected where place.pupil == merged {
      protected.remove(place)
      protected.insert(Place(pupil: kept, school: place.school))
    }
    if let note = watched.removeValue(forKey: merged) { watched[kept] = note }
    became[merged] = kept
    return false
  }

  private static func moved(_ old: Registration, to pupil: PupilID) -> Registration {
    Registration(
      number: old.number, pupil: pupil, school: old.school, first: old.first, last: old.last, ground: old.ground,
      destinationKnown: old.destinationKnown, isWithdrawn: old.isWithdrawn)
  }

  private static func joined(_ kept: Registration?, _ moved: Registration) -> Registration {
    guard let kept else { return moved }
    var days = [kept, moved].filter { !$0.isWithdrawn }
    if days.count < 2 { days = [kept.isWithdrawn ? moved : kept] }
    return Registration(
      number: nil, pupil: kept.pupil, school: kept.school, first: days.compactMap(\.first).min(),
      last: days.contains { $0.last == nil } ? nil : days.compactMap(\.last).max(), ground: nil,
      destinationKnown: nil, isWithdrawn: kept.isWithdrawn && moved.isWithdrawn)
  }
}
