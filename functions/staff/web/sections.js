// The console's sections, in the order of the menu: what each is called, and who gets to see it.

export const SECTIONS = [
  {
    path: "today", title: "Today", least: "front_desk",
    pages: [{ path: "today", load: () => import("./screens/today.js") }],
  },
  {
    path: "patients", title: "Patients", least: "front_desk",
    pages: [
      { path: "patients", load: () => import("./screens/patients.js") },
      { path: "new-patient", load: () => import("./screens/new-patient.js") },
      { path: "patients/:patient_id", load: () => import("./screens/patient.js") },
    ],
  },
  {
    path: "imports", title: "Imports", least: "front_desk",
    pages: [
      { path: "imports", load: () => import("./screens/imports.js") },
      { path: "imports/:import_id", load: () => import("./screens/import.js") },
    ],
  },
  {
    path: "reports", title: "Reports", least: "front_desk",
    pages: [{ path: "reports", load: () => import("./screens/reports.js") }],
  },
  {
    path: "settings", title: "Settings", least: "front_desk",
    pages: [
      { path: "settings", title: "Patient Engagement", load: () => import("./screens/engagement.js") },
      { path: "settings/profile", title: "Practice profile", load: () => import("./screens/profile.js") },
      { path: "settings/cards", title: "Card payments", least: "therapy_director", load: () => import("./screens/cards.js") },
    ],
  },
  {
    path: "changes", title: "Changes", least: "front_desk",
    pages: [{ path: "changes", load: () => import("./screens/changes.js") }],
  },
  {
    path: "team", title: "Team", least: "practice_administrator",
    pages: [{ path: "team", load: () => import("./screens/team.js") }],
  },
];

// The section and page at an address such as `patients/p-1?query=may`, and what the address says.
export function find(address) {
  const [path, query = ""] = address.split("?");
  const asked = Object.fromEntries(new URLSearchParams(query));
  for (const section of SECTIONS) {
    for (const page of section.pages) {
      const names = [];
      const pattern = page.path.replace(/:(\w+)/g, (_, name) => { names.push(name); return "([^/]+)"; });
      const match = new RegExp(`^${pattern}$`).exec(path);
      if (match) {
        const named = names.map((name, number) => [name, decodeURIComponent(match[number + 1])]);
        return { section, page, params: { ...asked, ...Object.fromEntries(named) } };
      }
    }
  }
  return null;
}
