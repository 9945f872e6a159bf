/** The filter of the list of entries, kept in the page's address so that a link or "back" brings it again. Pure. */
import type { LocationQuery } from "vue-router";
import type { EntryFilter } from "../../api/knowledge";
import type { EntryState, FacetName, Facets } from "../../api/schemas";
import { ENTRY_STATE } from "../../lib/words";

export const PAGE_SIZE = 50;

const FACETS: readonly { readonly name: FacetName; readonly title: string }[] = [
  { name: "state", title: "状态" },
  { name: "tax_type", title: "税费种" },
  { name: "matter", title: "事项" },
];

export interface FacetGroup {
  readonly name: FacetName;
  readonly title: string;
  readonly choices: readonly { readonly value: string; readonly label: string; readonly count: number }[];
}

export function filterOf(query: LocationQuery): EntryFilter {
  const word = (name: string): string => {
    const value = query[name];
    return typeof value === "string" ? value : "";
  };
  return {
    search: word("search"),
    state: word("state"),
    tax_type: word("tax_type"),
    matter: word("matter"),
    page: Math.max(1, Number.parseInt(word("page"), 10) || 1),
  };
}

/** The address of a changed filter; any change but of the page itself begins at the first page. */
export function queryOf(filter: EntryFilter, change: Partial<EntryFilter>): Record<string, string> {
  const next = { ...filter, page: 1, ...change };
  const kept = Object.entries(next).filter(([name, value]) => value !== (name === "page" ? 1 : ""));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

export const facetGroups = (facets: Facets): readonly FacetGroup[] =>
  FACETS.map(({ name, title }) => ({
    name,
    title,
    choices: Object.entries(facets[name])
      .map(([value, count]) => ({
        value,
        label: name === "state" ? ENTRY_STATE[value as EntryState] : value,
        count,
      }))
      .sort((one, other) => other.count - one.count),
  }));
