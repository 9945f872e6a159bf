/** One small set of line icons, drawn on a 24 × 24 grid in the colour of the text. Always decoration. */
const PATHS = {
  chat: "M4 5h16v11H9l-5 4z M8 9h8 M8 12h5",
  close: "M6 6l12 12 M18 6L6 18",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20c.8-3.6 3.7-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  send: "M12 19V6 M6 11.500L12 5.500l6 6",
  useful:
    "M7 11v9H4v-9z M7 11l4-7c1.5 0 2.5 1 2.3 2.600L13 10h5.500a1.5 1.5 0 0 1 1.5 1.800l-1.3 6.700A1.9 1.9 0 0 1 16.8 20H7",
  useless:
    "M17 13V4h3v9z M17 13l-4 7c-1.5 0-2.5-1-2.3-2.600L11 14H5.500A1.5 1.5 0 0 1 4 12.200l1.3-6.700A1.9 1.9 0 0 1 7.2 4H17",
  speaker: "M4 10v4h4l5 4V6L8 10z M16.5 9a4.5 4.5 0 0 1 0 6 M19 6.500a8 8 0 0 1 0 11",
  phone:
    "M6 4h3.500l1.5 4.5-2 1.500a11 11 0 0 0 5 5l1.5-2 4.5 1.500V18a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z",
  chevron: "M9 6l6 6-6 6",
  retry: "M19 12a7 7 0 1 1-2-4.9 M19 4v4h-4",
  down: "M12 5v13 M6 12.500l6 6 6-6",
  shield: "M12 3l7 3v5c0 4.5-2.9 8-7 10-4.1-2-7-5.5-7-10V6z M9 12l2 2 4-4",
  face5:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M9 9.500v.5 M15 9.500v.5 M7.5 13c.7 2.6 2.3 4 4.5 4s3.8-1.4 4.5-4z",
  face4:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M9 9.500v.5 M15 9.500v.5 M8 14c1 1.6 2.3 2.4 4 2.400s3-.8 4-2.4",
  face3: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M9 9.500v.5 M15 9.500v.5 M8.5 15h7",
  face2:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M9 9.500v.5 M15 9.500v.5 M8 16.500c1-1.6 2.3-2.4 4-2.400s3 .8 4 2.4",
  face1:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M7.5 8l2.5 1.5 M16.5 8L14 9.5 M8 17.200c.8-2.4 2.2-3.7 4-3.700s3.2 1.3 4 3.7",
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
