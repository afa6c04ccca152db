import CMEService
import ServiceKit

await ServiceProgram.main("cme", build: CME.build)
