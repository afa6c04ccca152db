import Rulebook
import Schemas

/// What a school and an officer write about the boy and his family.
enum FamilyForms {
  /// What the school thinks of each barrier.
  private static let barriers = [
    ("anxiety", "known"), ("health", "suspected"), ("bullying", "none"), ("caring", "none"), ("home", "none"),
    ("transport", "none"), ("housing", "none"), ("money", "none"), ("separation", "none"), ("community", "none"),
    ("special-needs", "none"), ("online-life", "none"),
  ]

  /// The referral; its steps began on a day.
  static func referral(_ mother: DemoParent, on day: Day) -> JSONValue {
    [
      "route": "R1", "leadView": "He is ill on many mornings, and well by noon", "ask": "support",
      "home": [
        "adults": [["id": .string(mother.id), "hasResponsibility": true, "canBeReached": true]],
        "others": "A younger sister", "language": "en", "format": "letter",
      ],
      "steps": [
        ["kind": "meeting", "on": .string(day.iso), "who": "Mother", "agreed": "A place in the breakfast club"],
        ["kind": "letter", "on": .string(day.adding(days: 3).iso), "who": "Mother", "agreed": "To ring each morning"],
      ],
      "barriers": .array(barriers.map { ["barrier": .string($0), "view": .string($1)] }),
      "safeguarding": ["answer": "no", "by": "Designated lead", "sent": []],
      "voice": [
        "child": "My stomach hurts before school", "help": "Somebody at the gate",
        "adults": [["adult": .string(mother.id), "view": "I am worried"]],
      ],
      "consent": ["answer": "given", "why": ""],
    ]
  }

  static func assessment(on today: Day) -> JSONValue {
    [
      "author": "casework", "lead": "Attendance officer", "opened": .string(today.adding(days: -7).iso),
      "completed": .string(today.iso), "guidance": "Working together 2026", "health": "Stomach aches before school",
      "parenting": "Caring", "home": "Settled", "education": "Two subjects worry him", "strengths": "Likes music",
      "worries": "Mornings", "needs": ["Mornings without fear"], "analysis": "Anxiety more than illness",
    ]
  }

  static func plan(on today: Day) -> JSONValue {
    [
      "from": .string(today.iso), "lead": "Attendance officer", "team": ["School nurse", "Family worker"],
      "needs": [
        [
          "need": "Mornings without fear", "outcome": "He is in on nine days of ten", "isAttendance": true,
          "steps": [
            ["what": "Meet him at the gate", "owner": "school", "due": .string(today.adding(days: 7).iso)]
          ],
        ]
      ],
    ]
  }

  /// A contract of twelve weeks.
  static func contract(with mother: DemoParent, on today: Day) -> JSONValue {
    [
      "parent": .string(mother.id), "target": "85", "first": .string(today.adding(days: 3).iso),
      "last": .string(today.adding(days: 91).iso), "reason": "Agreed to try",
      "words": [
        "requirements": ["He is at the gate by half past eight"], "support": ["Somebody meets him there"],
        "childView": "It helps", "parentView": "We want this", "consequences": "We meet and look again",
      ],
    ]
  }
}
