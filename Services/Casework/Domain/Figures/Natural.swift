/// A whole number from 0 without an upper bound: the mean of many percentages has a denominator that no machine word holds.
struct Natural: Hashable, Comparable, Sendable {
  /// Base 2^32, the least significant first; the last is not 0.
  private var limbs: [UInt32]

  init(_ value: UInt) {
    limbs = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
    trim()
  }

  var isZero: Bool { limbs.isEmpty }

  private mutating func trim() { while limbs.last == 0 { limbs.removeLast() } }

  static func < (a: Natural, b: Natural) -> Bool {
    guard a.limbs.count == b.limbs.count else { return a.limbs.count < b.limbs.count }
    return a.limbs.reversed().lexicographicallyPrecedes(b.limbs.reversed())
  }

  static func + (a: Natural, b: Natural) -> Natural {
    var sum = a
    var carry: UInt64 = 0
    for place in 0..<max(a.limbs.count, b.limbs.count) + 1 {
      if place == sum.limbs.count { sum.limbs.append(0) }
      carry += UInt64(sum.limbs[place]) + (place < b.limbs.count ? UInt64(b.limbs[place]) : 0)
      sum.limbs[place] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    sum.trim()
    return sum
  }

  /// The difference; the right must not be greater than the left.
  static func - (a: Natural, b: Natural) -> Natural {
    precondition(b <= a, "a natural number is not negative")
    var difference = a
    var borrow: Int64 = 0
    for place in a.limbs.indices {
      borrow += Int64(a.limbs[place]) - (place < b.limbs.count ? Int64(b.limbs[place]) : 0)
      difference.limbs[place] = UInt32(truncatingIfNeeded: borrow)
      borrow >>= 32
    }
    difference.trim()
    return difference
  }

  static func * (a: Natural, b: Natural) -> Natural {
    var product = Natural(0)
    product.limbs = [UInt32](repeating: 0, count: a.limbs.count + b.limbs.count)
    for (place, limb) in a.limbs.enumerated() {
      var carry: UInt64 = 0
      for (other, factor) in b.limbs.enumerated() {
        carry += UInt64(limb) * UInt64(factor) + UInt64(product.limbs[place + other])
        product.limbs[place + other] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      product.limbs[place + b.limbs.count] = UInt32(truncatingIfNeeded: carry)
    }
    product.trim()
    return product
  }

  /// How often the divisor, which is not 0, goes into it: a quotient that fits a machine word.
  func quotient(by divisor: Natural) -> Int {
    precondition(!divisor.isZero, "nothing is divided by 0")
    var steps = [divisor]
    while let last = steps.last, last + last <= self { steps.append(last + last) }
    var (rest, quotient) = (self, 0)
    for step in steps.reversed() {
      quotient *= 2
      guard step <= rest else { continue }
      rest = rest - step
      quotient += 1
    }
    return quotient
  }
}
