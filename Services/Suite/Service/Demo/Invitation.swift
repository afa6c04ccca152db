import Foundation
import SuiteDomain

/// What is printed when the story is over: where everything is, and what to try.
struct Invitation: Sendable {
  let world: DemoWorld
  let suite: RunningSuite
  let tell: Narrator

  func print() {
    tell.chapter("Everything stays up until Ctrl-C")
    for program in suite.state.programs {
      tell.say("\(program.name): \(program.address ?? suite.state.bootstrapServers)")
    }
    let own = SuiteOptions.ownFolder + "/suite"
    let state = "--state \(suite.folder.path)"
    let code = world.first.code
    let school = world.school(of: .tenth).urn
    func address(_ service: String) -> String { (try? suite.state.program(service, of: code).address) ?? "" }
    tell.chapter("To try, in another terminal")
    tell.say("how every program stands:")
    tell.detail("\(own) status \(state)")
    tell.say("the proposals that wait for an officer, with their reasons:")
    tell.detail("T=$(\(own) token --role legal-officer \(state))")
    tell.detail("curl -H \"Authorization: Bearer $T\" '\(address("enforcement"))/proposals?status=open'")
    tell.say("what a school's own token shows, and that it shows no other school's pupils:")
    tell.detail("T=$(\(own) token --role school --schools \(school) \(state))")
    tell.detail("curl -H \"Authorization: Bearer $T\" \(address("registers"))/schools/\(school)/pupils")
    tell.say("every disclosure, to whom, on which basis, which fields:")
    tell.detail("T=$(\(own) token --role manager \(state))")
    tell.detail("curl -H \"Authorization: Bearer $T\" \(address("notifier"))/disclosures")
    tell.say("every event, with any Kafka client:")
    tell.detail("kcat -b \(suite.state.bootstrapServers) -t \(code).enforcement -C -o beginning -e -f '%h\\n%s\\n'")
    tell.say("what an officer has to do about notices and prosecutions, the most urgent first:")
    tell.detail("T=$(\(own) token --role attendance-officer \(state))")
    tell.detail("curl -H \"Authorization: Bearer $T\" \(address("enforcement"))/tasks")
    tell.say("and kill any program, or the broker: it comes back, and nothing is lost:")
    tell.detail("kill -9 $(pgrep -x broker)")
  }
}
