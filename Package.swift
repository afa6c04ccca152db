// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

extension Target.Dependency {
  static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
  static let hummingbird: Self = .product(name: "Hummingbird", package: "hummingbird")
  static let hummingbirdTesting: Self = .product(name: "HummingbirdTesting", package: "hummingbird")
  static let httpTypes: Self = .product(name: "HTTPTypes", package: "swift-http-types")
  static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
  static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
  static let nioHTTPTypes: Self = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
  static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
  static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
  static let jwt: Self = .product(name: "JWTKit", package: "jwt-kit")
  static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
  static let cryptoExtras: Self = .product(name: "CryptoExtras", package: "swift-crypto")
  static let lifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
  static let unixSignals: Self = .product(name: "UnixSignals", package: "swift-service-lifecycle")
  static let configuration: Self = .product(name: "Configuration", package: "swift-configuration")
  static let systemPackage: Self = .product(name: "SystemPackage", package: "swift-system")
  static let logging: Self = .product(name: "Logging", package: "swift-log")
  static let metrics: Self = .product(name: "CoreMetrics", package: "swift-metrics")
  static let tracing: Self = .product(name: "Tracing", package: "swift-distributed-tracing")
  static let serviceContext: Self = .product(name: "ServiceContextModule", package: "swift-service-context")
  static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
}

/// What every service's `Service` target stands on.
let kits: [Target.Dependency] = [
  "Rulebook", "Schemas", "Contracts", "Store", "Messaging", "ServiceKit", "Keeping", "RollCopy",
  .grdb, .hummingbird, .httpTypes, .nioCore, .lifecycle, .configuration, .logging, .metrics, .tracing,
]

/// A service: a pure domain, the parts around it, and a main of twenty lines.
func service(_ name: String, domain: [Target.Dependency] = [], uses more: [Target.Dependency] = []) -> [Target] {
  [
    .target(
      name: "\(name)Domain", dependencies: ["Rulebook", "Contracts", "Schemas"] + domain,
      path: "Services/\(name)/Domain", swiftSettings: strict),
    .target(
      name: "\(name)Service", dependencies: [.target(name: "\(name)Domain")] + kits + more,
      path: "Services/\(name)/Service", swiftSettings: strict),
    .executableTarget(
      name: name.lowercased(), dependencies: [.target(name: "\(name)Service"), "ServiceKit"],
      path: "Services/\(name)/Main", swiftSettings: strict),
  ]
}

func kit(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Shared/\(path ?? name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: [], swiftSettings: strict)
}

let package = Package(
  name: "EverySchoolDay",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache.git", exact: "2.1.1"),
    .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
    .package(url: "https://github.com/vapor/jwt-kit.git", exact: "5.7.1"),
    .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0"),
    .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
    .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing.git", exact: "1.7.3"),
    .package(url: "https://github.com/apple/swift-service-context.git", exact: "1.5.1"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
  ],
  targets: [
    kit("Rulebook"),
    kit("Seeded"),
    kit("Schemas"),
    kit("SchoolFiles", ["Rulebook"]),
    kit("Search", ["Rulebook"]),
    kit("CaseFlow", path: "CaseKit/Flow", ["Rulebook"]),
    kit("CaseKit", path: "CaseKit/Service", ["CaseFlow"] + kits),
    .target(
      name: "Contracts", dependencies: ["Rulebook", "Schemas"], path: "Shared/Contracts", exclude: ["Golden"],
      swiftSettings: strict),
    .systemLibrary(
      name: "CRdKafka", path: "Shared/CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    kit("Kafka", path: "Kafka/Client", ["CRdKafka", .logging, .metrics]),
    kit("EmbeddedBroker", path: "Kafka/EmbeddedBroker", ["CRdKafka", "Kafka"]),
    .target(name: "CFixedPort", path: "Shared/Kafka/FixedPort"),
    .target(name: "CProcess", path: "Shared/CProcess"),
    kit("Processes"),
    .executableTarget(
      name: "broker", dependencies: ["EmbeddedBroker", "CFixedPort", "CProcess", .argumentParser],
      path: "Shared/Kafka/Main",
      swiftSettings: strict, linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic-symbol=bind"])]),
    kit("Store", ["Rulebook", "Contracts", .grdb, .crypto, .systemPackage]),
    kit(
      "Letters",
      [
        "Processes", "Rulebook", "Schemas", "Contracts", "Store", "Messaging", "ServiceKit", .grdb, .crypto, .lifecycle,
        .product(name: "Mustache", package: "swift-mustache"),
      ]),
    kit("SealedPacks", ["Rulebook", "Store", .crypto]),
    kit("SealedAlerts", ["Rulebook", "Contracts", "Search", "Store", .crypto, .cryptoExtras]),
    kit("RollCopy", ["Rulebook", "Contracts", "Store", "Messaging", "Keeping", .grdb]),
    kit("MessagingMachines", path: "Messaging/Machines"),
    kit(
      "Messaging", path: "Messaging/Runtime",
      [
        "MessagingMachines", "Rulebook", "Contracts", "Schemas", "Kafka", "Store", "ServiceKit", .grdb, .hummingbird,
        .httpTypes, .nioCore,
        .nioHTTP1, .asyncHTTPClient, .lifecycle, .logging, .metrics, .tracing, .serviceContext,
      ]),
    kit(
      "ServiceKit",
      [
        "CProcess", "Rulebook", "Schemas", "SchoolFiles", "Contracts", .asyncHTTPClient, .nioHTTP1, .nioPosix,
        .nioHTTPTypes, .hummingbird, .httpTypes, .nioCore,
        .jwt,
        .crypto,
        .lifecycle, .unixSignals,
        .configuration,
        .systemPackage, .logging, .metrics, .tracing, .serviceContext,
      ]),
    kit(
      "Keeping",
      [
        "Rulebook", "Contracts", "Schemas", "Store", "Messaging", "ServiceKit", .grdb, .hummingbird, .httpTypes,
        .nioCore,
      ]),
  ]
    + service(
      "Registers", domain: ["SchoolFiles", "Search"],
      uses: ["SchoolFiles", "Search", .crypto, .product(name: "GRDBSQLite", package: "GRDB.swift")])
    + service(
      "Enforcement", domain: ["CaseFlow", "SchoolFiles"],
      uses: ["CaseFlow", "CaseKit", "SchoolFiles", "Letters", "SealedPacks", .crypto])
    + service(
      "Casework", domain: ["CaseFlow", "SchoolFiles"], uses: ["CaseFlow", "CaseKit", "Letters", "SchoolFiles"])
    + service(
      "Licensing", domain: ["CaseFlow", "SchoolFiles"],
      uses: ["CaseFlow", "CaseKit", "SchoolFiles", "Letters", "Processes", .crypto])
    + service(
      "CME", domain: ["CaseFlow"],
      uses: ["CaseFlow", "CaseKit", "Kafka", "MessagingMachines", "SealedAlerts"])
    + service("Notifier", uses: [.asyncHTTPClient, .nioPosix, .nioHTTP1, .crypto])
    + [
      .target(
        name: "SuiteDomain", dependencies: ["Seeded", "Rulebook", "Contracts"], path: "Services/Suite/Domain",
        swiftSettings: strict),
      .target(
        name: "SuiteService",
        dependencies: [
          "SuiteDomain", "Seeded", "Processes", "Rulebook", "Schemas", "Contracts", "Kafka", "SealedAlerts",
          "SealedPacks",
          "ServiceKit", "Store",
          .grdb,
          .asyncHTTPClient,
          .nioCore,
          .nioHTTP1, .hummingbird, .httpTypes, .jwt, .crypto, .logging, .lifecycle, .unixSignals, .argumentParser,
          .systemPackage,
        ], path: "Services/Suite/Service", swiftSettings: strict),
      .executableTarget(
        name: "suite", dependencies: ["SuiteService", "ServiceKit", .argumentParser], path: "Services/Suite/Main",
        swiftSettings: strict),
      .target(
        name: "Simulator", dependencies: ["MessagingMachines", "SealedAlerts", "Seeded"], path: "Tests/Simulator",
        swiftSettings: strict),
      .target(
        name: "CaseSimulator", dependencies: ["CaseFlow", "Rulebook", "Seeded"], path: "Tests/CaseSimulator",
        swiftSettings: strict),
      .target(
        name: "FamilySimulator", dependencies: ["EnforcementDomain", "CaseFlow", "Contracts", "Rulebook", "Seeded"],
        path: "Tests/FamilySimulator", swiftSettings: strict),
      .target(
        name: "CaseworkSimulator", dependencies: ["CaseworkDomain", "CaseFlow", "CaseSimulator", "Rulebook"],
        path: "Tests/CaseworkSimulator", swiftSettings: strict),
      .target(
        name: "ScheduleSimulator", dependencies: ["LicensingDomain", "Rulebook", "Seeded"],
        path: "Tests/ScheduleSimulator", swiftSettings: strict),
      .executableTarget(
        name: "simulate",
        dependencies: ["Simulator", "FamilySimulator", "CaseworkSimulator", "ScheduleSimulator", "Rulebook"],
        path: "Tests/Simulate", swiftSettings: strict),
      .executableTarget(
        name: "bench",
        dependencies: [
          "Rulebook", "Contracts", "CRdKafka", "Kafka", "EmbeddedBroker", "LicensingDomain", "SuiteDomain",
          "SuiteService",
          "ServiceKit", .product(name: "GRDBSQLite", package: "GRDB.swift"), .grdb, .hummingbird, .httpTypes, .logging,
          .nioCore,
          .argumentParser,
        ], path: "Benchmarks", swiftSettings: strict),
      .target(
        name: "FuzzTargets",
        dependencies: [
          "RegistersDomain", "EnforcementDomain", "LicensingDomain", "Contracts", "SchoolFiles", "Rulebook",
        ],
        path: "Tests/Fuzz",
        exclude: ["Main", "Corpus"],
        swiftSettings: strict),
      .target(
        name: "TestKit", dependencies: ["Processes", "Rulebook", "Seeded", "Store", .nioCore, .nioPosix],
        path: "Tests/TestKit",
        swiftSettings: strict),
      .target(
        name: "ServiceTestKit",
        dependencies: [
          "ServiceKit", "Schemas", "TestKit", .grdb, .httpTypes, .hummingbird, .hummingbirdTesting, .logging, .nioCore,
        ], path: "Tests/ServiceTestKit", swiftSettings: strict),
      tests("RulebookTests", ["Rulebook", "TestKit"]),
      tests(
        "ContractTests",
        [
          "Contracts", "Rulebook", "Schemas", "Seeded", "TestKit", "ServiceKit", "RegistersService",
          "EnforcementDomain", "EnforcementService", "NotifierService", "CaseworkDomain", "CaseworkService", "CaseFlow",
          "CMEDomain", "CMEService", "LicensingDomain", "LicensingService", "Letters", .logging, .crypto, .grdb,
        ]),
      tests(
        "KafkaTests",
        [
          "Kafka", "EmbeddedBroker", "Processes", .metrics, .product(name: "MetricsTestKit", package: "swift-metrics"),
        ]),
      tests("StoreTests", ["Store", "Rulebook", "Contracts", "TestKit", .grdb]),
      tests(
        "LettersTests",
        [
          "Letters", "Processes", "Contracts", "Rulebook", "Store", "Messaging", "ServiceKit", "TestKit", "Seeded",
          .grdb,
          .crypto,
          .logging,
        ]),
      tests("SealedPacksTests", ["SealedPacks", "Rulebook", "Seeded", "TestKit", .crypto]),
      tests("RollCopyTests", ["RollCopy", "Rulebook", "Contracts", "Store", "Messaging", "Seeded", "TestKit", .grdb]),
      tests(
        "CaseworkTests",
        [
          "CaseworkDomain", "CaseworkService", "CaseFlow", "CaseKit", "CaseSimulator", "CaseworkSimulator", "Seeded",
          "TestKit", "ServiceTestKit",
        ] + kits),
      tests(
        "LicensingTests",
        [
          "LicensingDomain", "LicensingService", "CaseFlow", "CaseKit", "CaseSimulator", "Letters", "ScheduleSimulator",
          "Seeded", "TestKit", "ServiceTestKit",
        ] + kits),
      tests(
        "CMETests",
        [
          "CMEDomain", "CMEService", "CaseFlow", "CaseKit", "CaseSimulator", "EmbeddedBroker", "Kafka", "SealedAlerts",
          "Seeded", "TestKit", "ServiceTestKit", .crypto,
        ] + kits),
      tests("CaseKitTests", ["CaseFlow", "CaseSimulator", "Rulebook", "Seeded", "TestKit"]),
      tests("SchoolFilesTests", ["SchoolFiles", "Rulebook"]),
      tests("SearchTests", ["Search", "Rulebook", "Seeded"]),
      tests("SimulationTests", ["Simulator", "MessagingMachines", "Seeded", "TestKit"]),
      tests(
        "MessagingTests",
        [
          "Messaging", "MessagingMachines", "Rulebook", "Contracts", "Kafka", "EmbeddedBroker", "Store", "ServiceKit",
          "TestKit", .grdb, .hummingbird, .hummingbirdTesting, .httpTypes, .nioCore, .logging,
        ]),
      tests("KeepingTests", ["TestKit"] + kits),
      tests(
        "ServiceKitTests",
        [
          "ServiceKit", "Contracts", "Schemas", "Seeded", "TestKit", "ServiceTestKit", .hummingbird,
          .hummingbirdTesting, .httpTypes, .nioCore, .nioPosix, .nioHTTP1, .asyncHTTPClient, .jwt,
          .crypto,
          .configuration, .logging, .metrics, .tracing,
        ]),
      tests(
        "RegistersTests",
        [
          "RegistersDomain", "RegistersService", "EnforcementDomain", "EnforcementService", "FuzzTargets",
          "Letters", "SchoolFiles", "Search",
          "Seeded",
          "TestKit", "ServiceTestKit", .hummingbirdTesting,
        ] + kits),
      tests(
        "EnforcementTests",
        [
          "EnforcementDomain", "EnforcementService", "CaseFlow", "CaseKit", "CaseSimulator", "FamilySimulator",
          "Letters",
          "SealedPacks", "Seeded", "TestKit", "ServiceTestKit",
        ] + kits),
      tests(
        "NotifierTests",
        [
          "NotifierDomain", "NotifierService", "Seeded", "TestKit", "ServiceTestKit", .hummingbirdTesting, .crypto,
          .asyncHTTPClient,
          .nioPosix,
        ] + kits),
      tests("SuiteTests", ["SuiteDomain", "SuiteService", "Rulebook", "TestKit", .logging]),
      tests(
        "SystemTests",
        [
          "SuiteDomain", "SuiteService", "Processes", "Contracts", "Kafka", "ServiceKit", "Rulebook", "TestKit", .grdb,
          .asyncHTTPClient, .nioCore, .httpTypes, .argumentParser, .logging,
        ]),
      tests("TidyTests", ["TestKit"]),
    ]
)

// The fuzzer's program has libFuzzer's own main and is built by `bin/fuzz` only.
if Context.environment["FUZZ"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Main", swiftSettings: strict))
}
