import Processes

/// Makes a page of HTML into a tagged PDF.
public protocol DocumentPrinter: Sendable {
  /// - Throws: ``PrintFailure``.
  func pdf(of html: [UInt8]) async throws -> [UInt8]
}

/// Why a page was not printed.
public enum PrintFailure: String, Error, Hashable, Sendable {
  /// The program that prints is not installed.
  case notInstalled = "not-installed"
  /// The page has more bytes than may be given to it.
  case pageTooLarge = "page-too-large"
  case tookTooLong = "took-too-long"
  case neededTooMuchMemory = "needed-too-much-memory"
  /// The PDF has more bytes than may come back.
  case pdfTooLarge = "pdf-too-large"
  /// It ended without a PDF.
  case failed
}

/// Prints with Debian's WeasyPrint, in a process of its own for each page.
///
/// The process gets the page on standard input and fixed arguments, no shell, no variables of ours and no open files. It
/// has limits of time, memory and files that the kernel keeps, opens no connection, starts no process, and reads no
/// address that a page names, be it of the web or of a file. When it takes longer than it may it is killed, and it ends
/// by itself when nobody is left to kill it.
public struct WeasyPrinter: DocumentPrinter {
  public struct Limits: Hashable, Sendable {
    /// The longest time for a page, by the clock and of the processor.
    public var seconds: Int
    public var memoryBytes: Int
    public var pageBytes: Int
    public var pdfBytes: Int

    public init(
      seconds: Int = 20, memoryBytes: Int = 512 << 20, pageBytes: Int = 2 << 20, pdfBytes: Int = 8 << 20
    ) {
      self.seconds = seconds
      self.memoryBytes = memoryBytes
      self.pageBytes = pageBytes
      self.pdfBytes = pdfBytes
    }
  }

  private let limits: Limits

  public init(_ limits: Limits = Limits()) { self.limits = limits }

  public func pdf(of html: [UInt8]) async throws -> [UInt8] {
    guard html.count <= limits.pageBytes else { throw PrintFailure.pageTooLarge }
    let arguments = [limits.seconds, limits.memoryBytes, limits.pdfBytes].map(String.init)
    let (end, pdf): (ProcessEnd, [UInt8])
    do {
      // The process ends itself a second earlier: what is killed from here cannot say why.
      (end, pdf) = try await BoundedProcess.run(
        "/usr/bin/python3", ["-I", "-c", Self.program] + arguments,
        environment: ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"],
        input: html, outputBytes: limits.pdfBytes, seconds: limits.seconds + 1)
    } catch let failure as BoundedProcess.Failure {
      switch failure {
      case .cannotStart: throw PrintFailure.notInstalled
      case .tookTooLong: throw PrintFailure.tookTooLong
      case .tooMuchOutput: throw PrintFailure.pdfTooLarge
      }
    }
    switch end {
    case .exited(0) where pdf.starts(with: Array("%PDF-".utf8)): return pdf
    case .exited(Exit.memory.rawValue): throw PrintFailure.neededTooMuchMemory
    case .exited(Exit.size.rawValue): throw PrintFailure.pdfTooLarge
    case .exited(Exit.absent.rawValue): throw PrintFailure.notInstalled
    case .signalled(let signal) where [Self.alarm, Self.processorTime].contains(signal): throw PrintFailure.tookTooLong
    default: throw PrintFailure.failed
    }
  }

  /// How the program below says what went wrong.
  private enum Exit: Int32 {
    case memory = 3
    case size = 4
    case absent = 5
  }
  private static let alarm: Int32 = 14
  private static let processorTime: Int32 = 24

  /// The kernel's limits come first; the hook refuses what WeasyPrint does not need to set a page.
  private static let program = """
    import os, resource, signal, sys
    os.closerange(3, 65536)
    seconds, memory, size = map(int, sys.argv[1:])
    signal.alarm(seconds)
    for limit, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, size),
                        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64)):
        resource.setrlimit(limit, (most, most))
    try:
        import logging, weasyprint
    except ImportError:
        sys.exit(\(Exit.absent.rawValue))
    logging.disable()

    def refuse(event, arguments):
        if event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")):
            raise PermissionError

    def fetch(*arguments, **options):
        raise PermissionError

    sys.addaudithook(refuse)
    try:
        page = weasyprint.HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=fetch)
        pdf = page.write_pdf(variant="pdf/ua-1")
    except MemoryError:
        sys.exit(\(Exit.memory.rawValue))
    if len(pdf) > size:
        sys.exit(\(Exit.size.rawValue))
    sys.stdout.buffer.write(pdf)
    """
}
