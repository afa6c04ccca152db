import Foundation
import Mustache
import Rulebook

/// The kinds of letter of a program, and every template of them.
///
/// The words that a kind came with are used until the authority has its own: files `*.mustache` in a folder
/// (see ``LetterTemplate``). All are checked when the book is made, so that a program with a template that leaves out
/// what the law asks for does not start.
public struct LetterBook: Sendable {
  /// The most files of a folder.
  public static let mostFiles = 1_000

  private struct Entry: Sendable {
    let template: LetterTemplate
    let compiled: MustacheTemplate
  }

  private struct Key: Hashable {
    let id: String
    let language: String
    let format: LetterFormat
  }

  private let kinds: [String: any Letter.Type]
  private let entries: [Key: [Entry]]

  /// - Parameters:
  ///   - kinds: all kinds of the program.
  ///   - folder: the authority's own templates; `nil` when it has none.
  /// - Throws: ``TemplateFaults`` with every fault of every template, and what reading the folder throws.
  public init(_ kinds: [any Letter.Type], folder: String? = nil) throws {
    var own: [(name: String, text: String)] = []
    if let folder {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".mustache") }
      guard names.count <= Self.mostFiles else {
        throw TemplateFaults([.init(file: folder, line: 1, text: "There are more than \(Self.mostFiles) templates.")])
      }
      own = try names.sorted().map { ($0, try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)) }
    }
    try self.init(kinds, own: own)
  }

  /// - Parameter own: the authority's own templates, by the names of their files.
  /// - Throws: ``TemplateFaults``.
  init(_ kinds: [any Letter.Type], own: [(name: String, text: String)]) throws(TemplateFaults) {
    var faults: [TemplateFaults.Fault] = []
    var templates: [LetterTemplate] = []
    for (file, text) in kinds.map({ (nil as String?, $0.template) }) + own.map({ ($0.name, $0.text) }) {
      do { templates.append(try LetterTemplate(text, file: file)) } catch { faults += error.faults }
    }
    self.kinds = Dictionary(kinds.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var entries: [Key: [Entry]] = [:]
    for template in templates {
      guard let kind = self.kinds[template.id] else {
        faults.append(.init(file: template.file, line: 1, text: "\(template.id) is not a kind of letter here."))
        continue
      }
      let key = Key(id: template.id, language: template.language, format: template.format)
      if entries[key]?.contains(where: { $0.template.version == template.version && $0.template.file != nil }) == true {
        faults.append(
          .init(file: template.file, line: 1, text: "Version \(template.version) is there twice. Give this a new one."))
      }
      let found = TemplateCheck.faults(in: template, kind.outlines)
      faults += found
      guard found.isEmpty else { continue }
      do {
        entries[key, default: []].append(Entry(template: template, compiled: try LetterPage.compile(template)))
      } catch {
        faults.append(.init(file: template.file, line: template.firstLine, text: "The words cannot be read."))
      }
    }
    guard faults.isEmpty else { throw TemplateFaults(faults) }
    self.entries = entries
  }

  /// The kind of an id; `nil` when the program does not have it.
  func kind(_ id: String) -> (any Letter.Type)? { kinds[id] }

  /// The template for what is issued on a day: the authority's own before the one that the program came with, then the
  /// highest version. Large print takes the words of the letter.
  ///
  /// - Throws: ``LetterError/noTemplate(id:language:format:)``, ``LetterError/unknownKind(id:)``.
  func entry(
    _ id: String, language: String, format: LetterFormat, on day: Day
  ) throws(LetterError) -> (template: LetterTemplate, compiled: MustacheTemplate) {
    guard kinds[id] != nil else { throw .unknownKind(id: id) }
    let formats: [LetterFormat] = format == .largePrint ? [.largePrint, .letter] : [format]
    for candidate in formats {
      let found = (entries[Key(id: id, language: language, format: candidate)] ?? [])
        .filter { $0.template.applies(on: day) }
        .max { a, b in
          (a.template.file != nil ? 1 : 0, a.template.version) < (b.template.file != nil ? 1 : 0, b.template.version)
        }
      if let found { return (found.template, found.compiled) }
    }
    throw .noTemplate(id: id, language: language, format: format)
  }
}

extension Letter {
  /// What a template of the kind is checked against.
  static var outlines: [Outline] { particulars.map(\.outline) }
}
