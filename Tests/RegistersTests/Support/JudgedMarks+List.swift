import RegistersDomain

extension JudgedMarks {
  /// The quarantined rows, in row order.
  var quarantined: [(text: MarkText, reason: MarkReason)] {
    var rows: [(text: MarkText, reason: MarkReason)] = []
    forEachQuarantined { rows.append(($0, $1)) }
    return rows
  }
}
