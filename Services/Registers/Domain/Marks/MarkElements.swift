import Foundation
import Schemas

extension MarkFile {
  /// Reads the marks of an array of a JSON object, some at a time: what is made of the whole is never there at once.
  ///
  /// - Parameters:
  ///   - member: the array's name.
  ///   - frame: the object that the array stands in; must decode with an empty one.
  ///   - mark: an element's mark, or what is wrong with it.
  /// - Throws: ``MarkFileError`` when it is not such an object, or holds more than a file may.
  init<Frame: Decodable, Element: Decodable>(
    json body: Data, of member: String, within frame: Frame.Type, as element: Element.Type,
    mark: (Element) -> Result<MarkText, RowFault.Failure>
  ) throws(MarkFileError) {
    let elements = try MarkFile.elements(of: body, member)
    guard (try? JSONDecoder().decode(frame, from: elements.frame)) != nil else { throw .malformedJSON }
    let file = withoutActuallyEscaping(mark) { mark -> MarkFile? in
      var iterator = elements.decoding(element)
      var number: Int32 = -1
      var unreadable: [RowFault] = []
      var isWhole = true
      let marks = AnyIterator<(number: Int32, mark: MarkText)> {
        do {
          while let element = try iterator.next() {
            number += 1
            if let place = elements.repeated[Int(number)] {
              let column = place.isWhole ? place.steps.joined(separator: "/") : nil
              unreadable.append(RowFault(number: number, reason: .repeatedName, column: column))
              continue
            }
            switch mark(element) {
            case .success(let mark): return (number, mark)
            case .failure(let fault):
              unreadable.append(RowFault(number: number, reason: fault.reason, column: fault.column))
            }
          }
        } catch {
          isWhole = false
        }
        return nil
      }
      let file = MarkFile(marks)
      guard isWhole else { return nil }
      return MarkFile(
        bytes: file.bytes, rows: file.rows, faults: (file.faults + unreadable).sorted { $0.number < $1.number },
        tokens: file.tokens, minutes: file.minutes)
    }
    guard let file else { throw .malformedJSON }
    self = file
  }

  private static func elements(of body: Data, _ member: String) throws(MarkFileError) -> JSONElements {
    do throws(JSONElements.Failure) {
      return try JSONElements(
        body, of: member, limits: .init(elements: MarkLimits.rows, valuesOfOne: MarkLimits.valuesOfMark))
    } catch {
      switch error {
      case .malformed, .tooDeep: throw .malformedJSON
      case .repeatedName: throw .repeatedName
      case .tooManyElements: throw .tooManyRows
      case .tooManyValues: throw .tooManyValues
      }
    }
  }
}
