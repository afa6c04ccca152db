extension PenaltyNoticeCase.State {
  /// What has become of the notice, for other notices and proceedings; `nil` before it is issued.
  public var standing: NoticeStanding? {
    switch self {
    case .consideration, .improving, .improved, .notIssued: nil
    case .issued, .unpaid, .queried: .open
    case .paidReduced, .paidFull: .paid
    case .prosecuted: .prosecutionPending
    case .convicted: .convicted
    case .acquitted: .acquitted
    case .withdrawn: .withdrawn
    }
  }

  /// What the program does next in a notice by the state of its account; `nil` when nothing follows. Each act leads
  /// nearer to the account: after a few, nothing follows.
  public func follows(_ account: NoticeAccount.Standing) -> PenaltyNoticeCase.Act? {
    switch (self, account.state) {
    case (.issued, .paidReduced), (.unpaid, .paidReduced), (.queried, .paidReduced): .payReduced
    case (.issued, .paidFull), (.unpaid, .paidFull), (.queried, .paidFull): .payFull
    case (.issued, .unpaid): .expire
    case (.unpaid, .unpaid): account.unallocated > .zero ? .query : nil
    case (.queried, .unpaid): account.unallocated == .zero ? .settle : nil
    case (.unpaid, .openReduced), (.unpaid, .openFull), (.queried, .openReduced), (.queried, .openFull): .reopen
    case (.paidReduced, .paidFull), (.paidFull, .paidReduced): .reopen
    case (.paidReduced, let state), (.paidFull, let state):
      [.openReduced, .openFull, .unpaid].contains(state) ? .reopen : nil
    default: nil
    }
  }
}
