// Time zones as people at a practice know them.

export const ZONES = {
  "America/New_York": "Eastern (New York)", "America/Chicago": "Central (Chicago)", "America/Denver": "Mountain (Denver)",
  "America/Phoenix": "Arizona (Phoenix)", "America/Los_Angeles": "Pacific (Los Angeles)",
  "America/Anchorage": "Alaska (Anchorage)", "Pacific/Honolulu": "Hawaii (Honolulu)", "America/Puerto_Rico": "Puerto Rico",
};

export const zoneWords = (name) => ZONES[name] ?? name;

// The choices, with one more that is set already.
export const zonesWith = (name) => (!name || name in ZONES ? ZONES : { [name]: name, ...ZONES });
