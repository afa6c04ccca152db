import SchoolFiles

/// Reads the children of a Common Transfer File (``SchoolFiles/CTFFile``).
///
/// It reads what the admission register keeps and passes over the rest. The file says when the child was at the old
/// school, not when it comes to the new one: whoever sends it says that. A child whose address reaches the register is
/// one with a contact that lives with it; the register keeps addresses of contacts.
public enum CTFReader {
  /// Reads a file. A child that cannot be read is a fault and costs no other.
  ///
  /// - Parameter enrolledOn: the first day on roll at the new school, `YYYY-MM-DD`, for every child of the file.
  /// - Throws: ``PupilFileError`` when nothing can be read.
  public static func read(_ input: [UInt8], enrolledOn: String) throws(PupilFileError) -> PupilFile {
    let pupils: [CTFPupil]
    do throws(CTFFault) {
      pupils = try CTFFile.pupils(in: input, limits)
    } catch {
      throw PupilFileError(error)
    }
    let rows = pupils.enumerated().map { place, pupil in
      PupilFile.Row(number: place + 1, pupil: pupil.submission(enrolledOn: enrolledOn))
    }
    return try PupilFile(rows: rows, faults: [])
  }

  private static let limits = CTFLimits(
    fileBytes: PupilLimits.fileBytes, pupils: PupilLimits.pupils, elements: PupilLimits.elements,
    depth: PupilLimits.depth, textBytes: PupilLimits.textBytes)
}

extension PupilFileError {
  fileprivate init(_ fault: CTFFault) {
    self =
      switch fault {
      case .empty: .empty
      case .tooLarge: .tooLarge
      case .unknownEncoding: .unknownEncoding
      case .other(let file): .otherThanTransfer(file)
      case .notWellFormed: .notXML
      case .documentType: .documentType
      case .notTransferFile: .notTransferFile
      case .tooDeep: .tooDeep
      case .tooManyElements: .tooManyElements
      case .tooManyPupils: .tooManyPupils
      }
  }
}
