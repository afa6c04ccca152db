public import Contracts

/// A program of the suite: what every list of programs is made of.
public struct Program: Sendable, Hashable {
  /// A topic that a program reads, and so a feed that it asks for what the topic lost.
  public struct Reading: Sendable, Hashable {
    public let source: ServiceName
    /// What the configuration page says of the feed's address.
    public let meaning: String
    /// Whether the program does not start without the feed's address.
    public let isRequired: Bool

    /// The key with the address of the source.
    public var feedKey: ConfigurationKey {
      ConfigurationKey("feed.\(source.rawValue)", default: isRequired ? nil : "", meaning)
    }

    init(_ source: ServiceName, _ meaning: String, isRequired: Bool = true) {
      self.source = source
      self.meaning = meaning
      self.isRequired = isRequired
    }
  }

  /// Its name, its executable's and its topic's.
  public let service: ServiceName
  /// Its folder in `Services`, which begins the names of its targets.
  public let folder: String
  /// Where documents and set-ups for a server have it listen. `suite` chooses free ports.
  public let port: Int
  /// The topics that it reads.
  public let reads: [Reading]
  /// Who calls it: every role that a policy of one of its routes names.
  public let roles: Set<Role>

  /// As in ``service``, for texts, files and processes.
  public var name: String { service.rawValue }

  /// The keys with the addresses of the feeds of what it reads.
  public var feedKeys: [ConfigurationKey] { reads.map(\.feedKey) }
}

/// The one list of programs. A test compares it with the folders of `Services`, with Package.swift, and with the
/// topics, routes and policies of the programs as they are built.
public enum Programs {
  /// In the order in which `suite` starts them.
  public static let all = [
    Program(
      service: .registers, folder: "Registers", port: 8101,
      reads: [
        .init(
          .enforcement,
          "The address of enforcement, whose holds keep entries from being disposed of; no hold is followed when "
            + "empty.",
          isRequired: false)
      ],
      roles: Set(Role.allCases).subtracting([.finance, .licensingOfficer])),
    Program(
      service: .enforcement, folder: "Enforcement", port: 8102,
      reads: [.init(.registers, "The address of registers, whose feed has what the log lost.")],
      roles: [.attendanceOfficer, .legalOfficer, .cmeOfficer, .finance, .manager, .service, .operator]),
    Program(
      service: .notifier, folder: "Notifier", port: 8103,
      reads: [
        .init(.registers, "The address of registers, for example http://127.0.0.1:8101."),
        .init(.enforcement, "The address of enforcement."),
        .init(
          .casework, "The address of casework; nobody is told of cases and contracts when empty.", isRequired: false),
        .init(
          .licensing, "The address of licensing; nobody is told of permits and licences when empty.",
          isRequired: false),
        .init(.cme, "The address of cme; nobody is told of missing children when empty.", isRequired: false),
      ],
      roles: [.integration, .manager, .attendanceOfficer, .legalOfficer, .service, .operator]),
    Program(
      service: .casework, folder: "Casework", port: 8104,
      reads: [
        .init(.registers, "The address of registers, whose feed has what the log lost."),
        .init(.enforcement, "The address of enforcement; its notices are not shown when empty.", isRequired: false),
        .init(.cme, "The address of cme; its searches are not shown when empty.", isRequired: false),
        .init(.licensing, "The address of licensing; its permits are not shown when empty.", isRequired: false),
      ],
      roles: [
        .school, .attendanceOfficer, .legalOfficer, .cmeOfficer, .virtualSchool, .manager, .agency, .service, .operator,
      ]),
    Program(
      service: .licensing, folder: "Licensing", port: 8106,
      reads: [
        .init(.registers, "The address of registers, whose feed has what the log lost."),
        .init(.enforcement, "The address of enforcement, which says whether a matter about a child is open."),
      ],
      roles: [.licensingOfficer, .legalOfficer, .attendanceOfficer, .manager, .service, .operator]),
    Program(
      service: .cme, folder: "CME", port: 8105,
      reads: [.init(.registers, "The address of registers, whose feed has what the log lost.")],
      roles: [.school, .cmeOfficer, .attendanceOfficer, .legalOfficer, .manager, .service, .operator]),
  ]

  /// What runs them all on one machine: an executable of `Services` without a topic.
  public static let runner = "Suite"

  /// The program that publishes as a service.
  public static subscript(_ service: ServiceName) -> Program {
    guard let program = all.first(where: { $0.service == service }) else {
      preconditionFailure("\(service.rawValue) is missing from the list of programs")
    }
    return program
  }
}
