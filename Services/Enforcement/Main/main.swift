import EnforcementService
import ServiceKit

await ServiceProgram.main("enforcement", build: Enforcement.build)
