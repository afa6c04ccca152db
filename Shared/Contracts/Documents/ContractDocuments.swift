import Schemas

/// The documents made from ``EventRegistry``: one JSON Schema a type, one AsyncAPI 3.0 document, and the list of events
/// for people.
public enum ContractDocuments {
  /// File names relative to `docs/contracts` and their whole text.
  public static func all() throws -> [(path: String, text: String)] {
    var files = try EventRegistry.all.map { definition in
      ("schemas/\(definition.fileName).json", try schemaDocument(definition).document())
    }
    files.append(("asyncapi.json", try asyncAPI.document()))
    files.append(("events.md", eventList))
    return files
  }

  static var eventList: String {
    var lines = ["# Events", "", "Made from the registry by `bin/contracts`; a test fails when it is not current."]
    for service in ServiceName.allCases {
      lines += ["", "## Topic `<authority>.\(service.rawValue)`"]
      for definition in definitions(of: service) {
        lines += ["", "### `\(definition.type.name)`", "", definition.summary, ""]
        lines += ["Classification: \(definition.classification.rawValue).", ""]
        lines += ["[Schema](schemas/\(definition.fileName).json)"]
        lines += [" · [example](../../Shared/Contracts/Golden/\(definition.fileName).json)"]
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static func schemaDocument(_ definition: EventDefinition) -> JSONValue {
    guard case .object(var body) = definition.schema.json else { return definition.schema.json }
    body["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    body["$id"] = .string("https://everyschoolday.uk/contracts/schemas/\(definition.fileName).json")
    body["title"] = .string(definition.type.name)
    body["description"] = .string(definition.summary)
    return .object(body)
  }

  static var asyncAPI: JSONValue {
    [
      "asyncapi": "3.0.0",
      "info": [
        "title": "Every School Day events", "version": "1",
        "description":
          "CloudEvents 1.0 in Kafka binary mode. A service publishes to one topic of one partition, in order.",
      ],
      "defaultContentType": .string(KafkaBinding.contentType),
      "channels": .object(
        Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0.rawValue, channel($0)) })),
      "operations": .object(
        Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ("publish-\($0.rawValue)", operation($0)) })),
      "components": [
        "messages": .object(
          Dictionary(uniqueKeysWithValues: EventRegistry.all.map { ($0.fileName, message($0)) })),
        "messageTraits": ["cloudEvent": ["headers": cloudEventHeaders]],
      ],
    ]
  }

  private static func definitions(of service: ServiceName) -> [EventDefinition] {
    EventRegistry.all.filter { $0.type.service == service }
  }

  private static func channel(_ service: ServiceName) -> JSONValue {
    [
      "address": .string("{authority}.\(service.rawValue)"),
      "description": .string("Everything that happened in \(service.rawValue) of one authority, in order."),
      "parameters": ["authority": ["description": "The authority's three-digit code."]],
      "messages": .object(
        Dictionary(
          uniqueKeysWithValues: definitions(of: service).map {
            ($0.fileName, ["$ref": .string("#/components/messages/\($0.fileName)")])
          })),
      "bindings": ["kafka": ["partitions": 1]],
    ]
  }

  private static func operation(_ service: ServiceName) -> JSONValue {
    [
      "action": "send", "channel": ["$ref": .string("#/channels/\(service.rawValue)")],
      "messages": .array(
        definitions(of: service).map {
          ["$ref": .string("#/channels/\(service.rawValue)/messages/\($0.fileName)")]
        }),
    ]
  }

  private static func message(_ definition: EventDefinition) -> JSONValue {
    [
      "name": .string(definition.type.name), "title": .string(definition.type.fact),
      "summary": .string(definition.summary),
      "contentType": .string(KafkaBinding.contentType),
      "traits": [["$ref": "#/components/messageTraits/cloudEvent"]],
      "payload": definition.schema.json,
      "x-classification": .string(definition.classification.rawValue),
      "x-owner": .string(definition.type.service.rawValue),
    ]
  }

  private static let cloudEventHeaders = JSONSchema.object([
    .init("ce_specversion", .oneOf([KafkaBinding.specVersion]), "The version of CloudEvents."),
    .init("ce_id", .string(), "Unique for the source, for ever."),
    .init("ce_source", .string(pattern: "^/[0-9]{3}/[a-z]+$"), "The authority and the service."),
    .init("ce_type", .string(), "The type and its version."),
    .init("ce_subject", .string(), "What the order is kept for; the record's key."),
    .init("ce_time", .string(format: "date-time"), "When it happened."),
    .init("ce_recordedtime", .string(format: "date-time"), "When the source learned it."),
    .init("ce_sequence", .string(pattern: "^[1-9][0-9]*$"), "Contiguous for each source, from 1."),
    .init("ce_traceparent", .string(), required: false, "The W3C trace context."),
    .init(
      "ce_dataclassification", .oneOf(DataClassification.allCases.map(\.rawValue)),
      "How carefully the data must be kept."),
    .init(
      "ce_dataref", .string(), required: false,
      "The feed that has the data, where it is too large for the broker; the value is then empty."),
    .init(
      "ce_audithead", .string(pattern: "^[1-9][0-9]*\\.[0-9a-f]{\(AuditAnchor.headDigits)}$"), required: false,
      "How many entries the source's audit log had, and the beginning of the last one's code."),
    .init("content-type", .oneOf([KafkaBinding.contentType]), "The data's media type."),
  ]).json
}
