public import Schemas

extension ClockTime: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .string(pattern: "^([01][0-9]|2[0-4]):[0-5][0-9]$") }
  public static var sample: JSONValue { "09:00" }
}

extension ClockSpan: SchemaDescribed {
  public static var jsonSchema: JSONSchema {
    .object([.init("from", ClockTime.jsonSchema, "It begins."), .init("to", ClockTime.jsonSchema, "It ends; later.")])
  }
  public static var sample: JSONValue { .object(["from": "16:00", "to": "18:00"]) }
}

extension LocalMoment: SchemaDescribed {
  public static var jsonSchema: JSONSchema { .string(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$") }
  public static var sample: JSONValue { "2026-09-07T09:00" }
}

extension LocalSpan: SchemaDescribed {
  public static var jsonSchema: JSONSchema {
    .object([
      .init("start", LocalMoment.jsonSchema, "It starts, by the clock in England."),
      .init("end", LocalMoment.jsonSchema, "It ends; not before it starts."),
    ])
  }
  public static var sample: JSONValue { .object(["start": "2026-09-07T09:00", "end": "2026-09-07T12:00"]) }
}
