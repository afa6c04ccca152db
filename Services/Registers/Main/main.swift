import RegistersService
import ServiceKit

await ServiceProgram.main("registers", build: Registers.build)
