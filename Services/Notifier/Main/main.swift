import NotifierService
import ServiceKit

await ServiceProgram.main("notifier", build: Notifier.build)
