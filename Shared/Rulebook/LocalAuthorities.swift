/// The local authorities of England that have education functions, by their three-digit number.
public enum LocalAuthorities {
  /// What an authority of a number is called.
  public struct LocalAuthority: Hashable, Sendable {
    public let code: String
    public let name: String
  }

  /// Where the numbers come from.
  private static let source = "Department for Education, Get Information about Schools: local authority codes"

  /// Every number since 2009 with the days on which it was in force.
  public static let all: [InForce<LocalAuthority>] =
    unchanged.map { InForce(LocalAuthority(code: $0.0, name: $0.1), source: source) }
    + reorganised.map {
      InForce(LocalAuthority(code: $0.code, name: $0.name), from: $0.from, to: $0.to, source: source)
    }

  /// The authority of a number on a day; `nil` when there is none.
  public static func authority(_ code: AuthorityCode, on day: Day) -> LocalAuthority? {
    all.first { $0.value.code == code.text && $0.applies(on: day) }?.value
  }

  private static let reorganised: [(code: String, name: String, from: Day?, to: Day?)] = [
    ("835", "Dorset (before 2019)", nil, on(2019, 3, 31)), ("836", "Poole", nil, on(2019, 3, 31)),
    ("837", "Bournemouth", nil, on(2019, 3, 31)), ("838", "Dorset", on(2019, 4, 1), nil),
    ("839", "Bournemouth, Christchurch and Poole", on(2019, 4, 1), nil),
    ("928", "Northamptonshire", nil, on(2021, 3, 31)), ("940", "North Northamptonshire", on(2021, 4, 1), nil),
    ("941", "West Northamptonshire", on(2021, 4, 1), nil), ("909", "Cumbria", nil, on(2023, 3, 31)),
    ("942", "Cumberland", on(2023, 4, 1), nil), ("943", "Westmorland and Furness", on(2023, 4, 1), nil),
  ]

  private static let unchanged: [(String, String)] = [
    ("201", "City of London"), ("202", "Camden"), ("203", "Greenwich"), ("204", "Hackney"),
    ("205", "Hammersmith and Fulham"), ("206", "Islington"), ("207", "Kensington and Chelsea"), ("208", "Lambeth"),
    ("209", "Lewisham"), ("210", "Southwark"), ("211", "Tower Hamlets"), ("212", "Wandsworth"), ("213", "Westminster"),
    ("301", "Barking and Dagenham"), ("302", "Barnet"), ("303", "Bexley"), ("304", "Brent"), ("305", "Bromley"),
    ("306", "Croydon"), ("307", "Ealing"), ("308", "Enfield"), ("309", "Haringey"), ("310", "Harrow"),
    ("311", "Havering"), ("312", "Hillingdon"), ("313", "Hounslow"), ("314", "Kingston upon Thames"),
    ("315", "Merton"), ("316", "Newham"), ("317", "Redbridge"), ("318", "Richmond upon Thames"), ("319", "Sutton"),
    ("320", "Waltham Forest"), ("330", "Birmingham"), ("331", "Coventry"), ("332", "Dudley"), ("333", "Sandwell"),
    ("334", "Solihull"), ("335", "Walsall"), ("336", "Wolverhampton"), ("340", "Knowsley"), ("341", "Liverpool"),
    ("342", "St Helens"), ("343", "Sefton"), ("344", "Wirral"), ("350", "Bolton"), ("351", "Bury"),
    ("352", "Manchester"), ("353", "Oldham"), ("354", "Rochdale"), ("355", "Salford"), ("356", "Stockport"),
    ("357", "Tameside"), ("358", "Trafford"), ("359", "Wigan"), ("370", "Barnsley"), ("371", "Doncaster"),
    ("372", "Rotherham"), ("373", "Sheffield"), ("380", "Bradford"), ("381", "Calderdale"), ("382", "Kirklees"),
    ("383", "Leeds"), ("384", "Wakefield"), ("390", "Gateshead"), ("391", "Newcastle upon Tyne"),
    ("392", "North Tyneside"), ("393", "South Tyneside"), ("394", "Sunderland"), ("420", "Isles of Scilly"),
    ("800", "Bath and North East Somerset"), ("801", "Bristol"), ("802", "North Somerset"),
    ("803", "South Gloucestershire"), ("805", "Hartlepool"), ("806", "Middlesbrough"),
    ("807", "Redcar and Cleveland"), ("808", "Stockton-on-Tees"), ("810", "Kingston upon Hull"),
    ("811", "East Riding of Yorkshire"), ("812", "North East Lincolnshire"), ("813", "North Lincolnshire"),
    ("815", "North Yorkshire"), ("816", "York"), ("821", "Luton"), ("822", "Bedford"), ("823", "Central Bedfordshire"),
    ("825", "Buckinghamshire"), ("826", "Milton Keynes"), ("830", "Derbyshire"), ("831", "Derby"), ("840", "Durham"),
    ("841", "Darlington"), ("845", "East Sussex"), ("846", "Brighton and Hove"), ("850", "Hampshire"),
    ("851", "Portsmouth"), ("852", "Southampton"), ("855", "Leicestershire"), ("856", "Leicester"),
    ("857", "Rutland"), ("860", "Staffordshire"), ("861", "Stoke-on-Trent"), ("865", "Wiltshire"), ("866", "Swindon"),
    ("867", "Bracknell Forest"), ("868", "Windsor and Maidenhead"), ("869", "West Berkshire"), ("870", "Reading"),
    ("871", "Slough"), ("872", "Wokingham"), ("873", "Cambridgeshire"), ("874", "Peterborough"), ("876", "Halton"),
    ("877", "Warrington"), ("878", "Devon"), ("879", "Plymouth"), ("880", "Torbay"), ("881", "Essex"),
    ("882", "Southend-on-Sea"), ("883", "Thurrock"), ("884", "Herefordshire"), ("885", "Worcestershire"),
    ("886", "Kent"), ("887", "Medway"), ("888", "Lancashire"), ("889", "Blackburn with Darwen"), ("890", "Blackpool"),
    ("891", "Nottinghamshire"), ("892", "Nottingham"), ("893", "Shropshire"), ("894", "Telford and Wrekin"),
    ("895", "Cheshire East"), ("896", "Cheshire West and Chester"), ("908", "Cornwall"), ("916", "Gloucestershire"),
    ("919", "Hertfordshire"), ("921", "Isle of Wight"), ("925", "Lincolnshire"), ("926", "Norfolk"),
    ("929", "Northumberland"), ("931", "Oxfordshire"), ("933", "Somerset"), ("935", "Suffolk"), ("936", "Surrey"),
    ("937", "Warwickshire"), ("938", "West Sussex"),
  ]
}
