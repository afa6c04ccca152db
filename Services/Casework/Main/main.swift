import CaseworkService
import ServiceKit

await ServiceProgram.main("casework", build: Casework.build)
