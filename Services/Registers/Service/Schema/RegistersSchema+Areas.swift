extension RegistersSchema {
  /// What belongs to a school for a time, the terms of other authorities, and visits.
  static let areas = """
    -- Clusters and localities.
    CREATE TABLE areas (
      kind TEXT NOT NULL CHECK (kind IN ('cluster', 'locality')), code TEXT NOT NULL CHECK (code <> ''),
      name TEXT NOT NULL CHECK (name <> ''), PRIMARY KEY (kind, code)) STRICT, WITHOUT ROWID;

    -- The cluster, the locality, the offer ('statutory' or 'traded') and the allocated officer of a school, each from a
    -- first to a last day. No two of one kind share a day.
    CREATE TABLE school_assignments (
      number INTEGER PRIMARY KEY, school TEXT NOT NULL REFERENCES schools,
      kind TEXT NOT NULL CHECK (kind IN ('cluster', 'locality', 'offer', 'officer')), value TEXT NOT NULL,
      first INTEGER NOT NULL, last INTEGER CHECK (last >= first),
      CHECK (kind <> 'offer' OR value IN ('statutory', 'traded'))) STRICT;
    CREATE UNIQUE INDEX school_assignments_first ON school_assignments (school, kind, first);
    CREATE TRIGGER school_assignments_insert BEFORE INSERT ON school_assignments WHEN EXISTS (
        SELECT 1 FROM school_assignments o WHERE o.school = NEW.school AND o.kind = NEW.kind AND o.first <> NEW.first
          AND (o.last IS NULL OR o.last >= NEW.first) AND (NEW.last IS NULL OR NEW.last >= o.first))
      BEGIN SELECT RAISE(ABORT, 'two assignments of a kind share a day'); END;
    CREATE TRIGGER school_assignments_update BEFORE UPDATE ON school_assignments WHEN EXISTS (
        SELECT 1 FROM school_assignments o WHERE o.school = NEW.school AND o.kind = NEW.kind AND o.number <> NEW.number
          AND (o.last IS NULL OR o.last >= NEW.first) AND (NEW.last IS NULL OR NEW.last >= o.first))
      BEGIN SELECT RAISE(ABORT, 'two assignments of a kind share a day'); END;
    CREATE INDEX school_assignments_value ON school_assignments (kind, value);

    -- Term dates of neighbouring authorities, for comparison.
    CREATE TABLE neighbour_calendars (
      authority TEXT NOT NULL CHECK (length(authority) = 3), start_year INTEGER NOT NULL,
      calendar TEXT NOT NULL CHECK (json_valid(calendar)), PRIMARY KEY (authority, start_year)) STRICT, WITHOUT ROWID;

    -- Register inspection visits: the checks made, and the actions agreed.
    CREATE TABLE visits (
      number INTEGER PRIMARY KEY, school TEXT NOT NULL REFERENCES schools, planned_on INTEGER NOT NULL,
      visited_on INTEGER, officer TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('planned', 'made', 'cancelled')),
      CHECK ((state = 'made') = (visited_on IS NOT NULL))) STRICT;
    CREATE INDEX visits_school ON visits (school, planned_on);
    CREATE TABLE visit_checks (
      visit INTEGER NOT NULL REFERENCES visits, name TEXT NOT NULL,
      outcome TEXT NOT NULL CHECK (outcome IN ('met', 'not-met', 'not-seen')), note TEXT NOT NULL,
      PRIMARY KEY (visit, name)) STRICT, WITHOUT ROWID;
    CREATE TABLE visit_actions (
      number INTEGER PRIMARY KEY, visit INTEGER NOT NULL REFERENCES visits, action TEXT NOT NULL CHECK (action <> ''),
      owner TEXT NOT NULL, due_on INTEGER NOT NULL, done_on INTEGER) STRICT;
    CREATE INDEX visit_actions_visit ON visit_actions (visit);
    CREATE INDEX visit_actions_due ON visit_actions (due_on);
    """
}
