import LicensingService
import ServiceKit

await ServiceProgram.main("licensing", build: Licensing.build)
