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
  static let sqlite: Self = .product(name: "GRDBSQLite", package: "GRDB.swift")
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
    library("\(name)Domain", "Services/\(name)/Domain", ["Rulebook", "Contracts", "Schemas"] + domain),
    library("\(name)Service", "Services/\(name)/Service", [.target(name: "\(name)Domain")] + kits + more),
    program(name.lowercased(), "Services/\(name)/Main", [.target(name: "\(name)Service"), "ServiceKit"]),
  ]
}

/// A library that services share, in its folder of `Shared`.
func kit(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = []) -> Target {
  library(name, "Shared/\(path ?? name)", dependencies)
}

func library(_ name: String, _ path: String, except: [String] = [], _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: path, exclude: except, swiftSettings: strict)
}

func program(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

/// What tests share.
func testKit(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  library(name, "Tests/\(name)", dependencies)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

/// The tests of a service: its two targets, and what all of them stand on.
func serviceTests(_ name: String, _ more: [Target.Dependency]) -> Target {
  tests(
    "\(name)Tests",
    [.target(name: "\(name)Domain"), .target(name: "\(name)Service"), "Seeded", "TestKit", "ServiceTestKit"] + kits
      + more)
}

/// What the tests of a service whose work is cases stand on besides.
let caseTests: [Target.Dependency] = ["CaseFlow", "CaseKit", "CaseSimulator", "Letters"]

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
    kit("Rulebook"), kit("Seeded"), kit("Schemas"), kit("SchoolFiles", ["Rulebook"]), kit("Search", ["Rulebook"]),
    kit("CaseFlow", path: "CaseKit/Flow", ["Rulebook"]),
    kit("CaseKit", path: "CaseKit/Service", ["CaseFlow"] + kits),
    library("Contracts", "Shared/Contracts", except: ["Golden"], ["Rulebook", "Schemas"]),
    .systemLibrary(
      name: "CRdKafka", path: "Shared/CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    kit("Kafka", path: "Kafka/Client", ["CRdKafka", .logging, .metrics]),
    kit("EmbeddedBroker", path: "Kafka/EmbeddedBroker", ["CRdKafka", "Kafka"]),
    .target(name: "CFixedPort", path: "Shared/Kafka/FixedPort"),
    .target(name: "CProcess", path: "Shared/CProcess"),
    kit("Processes"),
    .executableTarget(
      name: "broker", dependencies: ["EmbeddedBroker", "CFixedPort", "CProcess", .argumentParser],
      path: "Shared/Kafka/Main", swiftSettings: strict,
      linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic-symbol=bind"])]),
    kit("Store", ["Rulebook", "Contracts", .grdb, .crypto, .systemPackage]),
    kit(
      "Letters",
      [
        "Processes", "Rulebook", "Schemas", "Contracts", "Store", "Messaging", "ServiceKit", .grdb, .crypto, .lifecycle,
        .product(name: "Mustache", package: "swift-mustache"),
      ]),
    kit("SealedPacks", ["Rulebook", "Store", .crypto]),
    kit("SealedAlerts", ["Rulebook", "Contracts", "Search", "Store", .crypto, .cryptoExtras]),
    kit("RollCopy", ["Rulebook", "Contracts", "Store", "Messaging", "ServiceKit", "Keeping", .grdb]),
    kit("MessagingMachines", path: "Messaging/Machines"),
    kit(
      "Messaging", path: "Messaging/Runtime",
      [
        "MessagingMachines", "Rulebook", "Contracts", "Schemas", "Kafka", "Store", "ServiceKit", .grdb, .hummingbird,
        .httpTypes, .nioCore, .nioHTTP1, .asyncHTTPClient, .lifecycle, .logging, .metrics, .tracing, .serviceContext,
      ]),
    kit(
      "ServiceKit",
      [
        "CProcess", "Rulebook", "Schemas", "SchoolFiles", "Contracts", .asyncHTTPClient, .nioHTTP1, .nioPosix,
        .nioHTTPTypes, .hummingbird, .httpTypes, .nioCore, .jwt, .crypto, .lifecycle, .unixSignals, .configuration,
        .systemPackage, .logging, .metrics, .tracing, .serviceContext,
      ]),
    kit(
      "Keeping",
      [
        "Rulebook", "Contracts", "Schemas", "Store", "Messaging", "ServiceKit", .grdb, .hummingbird, .httpTypes,
        .nioCore,
      ]),
  ]
    + service("Registers", domain: ["SchoolFiles", "Search"], uses: ["SchoolFiles", "Search", .crypto, .sqlite])
    + service(
      "Enforcement", domain: ["CaseFlow", "SchoolFiles"],
      uses: ["CaseFlow", "CaseKit", "SchoolFiles", "Letters", "SealedPacks", .crypto])
    + service(
      "Casework", domain: ["CaseFlow", "SchoolFiles"], uses: ["CaseFlow", "CaseKit", "Letters", "SchoolFiles"])
    + service(
      "Licensing", domain: ["CaseFlow", "SchoolFiles"],
      uses: ["CaseFlow", "CaseKit", "SchoolFiles", "Letters", "Processes", .crypto])
    + service(
      "CME", domain: ["CaseFlow", "SchoolFiles", "Search"],
      uses: ["CaseFlow", "CaseKit", "Kafka", "Letters", "MessagingMachines", "SchoolFiles", "SealedAlerts", "Search"])
    + service("Notifier", uses: [.asyncHTTPClient, .nioPosix, .nioHTTP1, .crypto])
    + [
      library("SuiteDomain", "Services/Suite/Domain", ["Seeded", "Rulebook", "Contracts"]),
      library(
        "SuiteService", "Services/Suite/Service",
        [
          "SuiteDomain", "Seeded", "Processes", "Rulebook", "Schemas", "Contracts", "Kafka", "SealedAlerts",
          "SealedPacks", "ServiceKit", "Store", .grdb, .asyncHTTPClient, .nioCore, .nioHTTP1, .hummingbird, .httpTypes,
          .jwt, .crypto, .logging, .lifecycle, .unixSignals, .argumentParser, .systemPackage,
        ]),
      program("suite", "Services/Suite/Main", ["SuiteService", "ServiceKit", .argumentParser]),
      program(
        "bench", "Benchmarks",
        [
          "Rulebook", "Contracts", "CRdKafka", "Kafka", "EmbeddedBroker", "LicensingDomain", "SuiteDomain",
          "SuiteService", "ServiceKit", .sqlite, .grdb, .hummingbird, .httpTypes, .logging, .nioCore, .argumentParser,
        ]),
      program(
        "simulate", "Tests/Simulate",
        ["Simulator", "FamilySimulator", "CaseworkSimulator", "ScheduleSimulator", "Rulebook", "Seeded"]),
      testKit("Simulator", ["MessagingMachines", "SealedAlerts", "Seeded"]),
      testKit("CaseSimulator", ["CaseFlow", "Rulebook", "Seeded"]),
      testKit("FamilySimulator", ["EnforcementDomain", "CaseFlow", "Contracts", "Rulebook", "Seeded"]),
      testKit("CaseworkSimulator", ["CaseworkDomain", "CaseFlow", "CaseSimulator", "Rulebook", "Seeded"]),
      testKit("ScheduleSimulator", ["LicensingDomain", "Rulebook", "Seeded"]),
      library(
        "FuzzTargets", "Tests/Fuzz", except: ["Main", "Corpus"],
        [
          "RegistersDomain", "EnforcementDomain", "LicensingDomain", "CMEDomain", "Contracts", "SchoolFiles",
          "SealedAlerts", "Rulebook",
        ]),
      testKit("TestKit", ["Processes", "Rulebook", "Seeded", "Store", .nioCore, .nioPosix]),
      testKit(
        "ServiceTestKit",
        [
          "ServiceKit", "Schemas", "TestKit", .grdb, .httpTypes, .hummingbird, .hummingbirdTesting, .logging, .nioCore,
        ]),
      testKit("KafkaProxy", ["EmbeddedBroker", "Kafka"]),
      tests("RulebookTests", ["Rulebook", "TestKit"]),
      tests(
        "ContractTests",
        [
          "Contracts", "Rulebook", "Schemas", "Seeded", "TestKit", "ServiceKit", "RegistersService",
          "EnforcementDomain", "EnforcementService", "NotifierService", "CaseworkDomain", "CaseworkService", "CaseFlow",
          "CMEDomain", "CMEService", "LicensingDomain", "LicensingService", "Letters", "SealedAlerts", .logging,
          .crypto,
          .grdb,
        ]),
      tests(
        "KafkaTests",
        [
          "Kafka", "EmbeddedBroker", "KafkaProxy", "Processes", .metrics,
          .product(name: "MetricsTestKit", package: "swift-metrics"),
        ]),
      tests("StoreTests", ["Store", "Rulebook", "Contracts", "TestKit", .grdb]),
      tests(
        "LettersTests",
        [
          "Letters", "Processes", "Contracts", "Rulebook", "Store", "Messaging", "ServiceKit", "TestKit", "Seeded",
          .grdb, .crypto, .logging,
        ]),
      tests("SealedPacksTests", ["SealedPacks", "Rulebook", "Seeded", "TestKit", .crypto]),
      tests("RollCopyTests", ["RollCopy", "Rulebook", "Contracts", "Store", "Messaging", "Seeded", "TestKit", .grdb]),
      tests("CaseKitTests", ["CaseFlow", "CaseSimulator", "Rulebook", "Seeded", "TestKit"]),
      tests("SchoolFilesTests", ["SchoolFiles", "Rulebook"]),
      tests("SearchTests", ["Search", "Rulebook", "Seeded"]),
      tests("SimulationTests", ["Simulator", "MessagingMachines", "Seeded", "TestKit"]),
      tests(
        "MessagingTests",
        [
          "Messaging", "MessagingMachines", "Rulebook", "Contracts", "Kafka", "EmbeddedBroker", "KafkaProxy", "Store",
          "ServiceKit", "TestKit", .grdb, .hummingbird, .hummingbirdTesting, .httpTypes, .nioCore, .logging,
        ]),
      tests("KeepingTests", ["TestKit"] + kits),
      tests(
        "ServiceKitTests",
        [
          "ServiceKit", "Contracts", "Schemas", "Seeded", "TestKit", "ServiceTestKit", .hummingbird,
          .hummingbirdTesting, .httpTypes, .nioCore, .nioPosix, .nioHTTP1, .asyncHTTPClient, .jwt, .crypto,
          .configuration, .logging, .metrics, .tracing,
        ]),
      serviceTests(
        "Registers",
        [
          "EnforcementDomain", "EnforcementService", "FuzzTargets", "Letters", "SchoolFiles", "Search",
          .hummingbirdTesting,
        ]),
      serviceTests("Enforcement", caseTests + ["FamilySimulator", "SealedPacks"]),
      serviceTests("Casework", caseTests + ["CaseworkSimulator"]),
      serviceTests("Licensing", caseTests + ["ScheduleSimulator"]),
      serviceTests(
        "CME",
        caseTests + [
          "RegistersDomain", "EmbeddedBroker", "FuzzTargets", "Kafka", "SchoolFiles", "Search", "SealedAlerts", .crypto,
        ]),
      serviceTests("Notifier", [.hummingbirdTesting, .crypto, .asyncHTTPClient, .nioPosix]),
      tests("SuiteTests", ["SuiteDomain", "SuiteService", "Rulebook", "TestKit", .logging]),
      tests(
        "SystemTests",
        [
          "SuiteDomain", "SuiteService", "Processes", "Contracts", "EmbeddedBroker", "Kafka", "KafkaProxy",
          "ServiceKit",
          "Store", "Rulebook", "TestKit", .grdb,
          .asyncHTTPClient, .nioCore, .nioHTTP1, .httpTypes, .argumentParser, .logging,
        ]),
      tests("TidyTests", ["TestKit"]),
    ]
)

// The fuzzer's program has libFuzzer's own main and is built by `bin/fuzz` only.
if Context.environment["FUZZ"] == "1" {
  package.targets.append(program("fuzz", "Tests/Fuzz/Main", ["FuzzTargets"]))
}
