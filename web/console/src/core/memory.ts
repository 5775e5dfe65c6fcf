/** The browser's storage; where it is forbidden or full, things last as long as the page. */

const fallback = new Map<string, string>();
const PREFIX = "nightdesk-console:";

export function remember(name: string, value: unknown): void {
  const key = PREFIX + name;
  fallback.delete(key);
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    fallback.set(key, JSON.stringify(value ?? null));
  }
}

export function recall<T>(name: string): T | undefined {
  const key = PREFIX + name;
  try {
    const raw = fallback.get(key) ?? localStorage.getItem(key);
    return raw ? ((JSON.parse(raw) as T | null) ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** Everything kept under names that begin with `prefix`. */
export function recallAll<T>(prefix: string): T[] {
  let names: string[] = [];
  try {
    names = Object.keys(localStorage);
  } catch {
    // forbidden: only what this page holds itself
  }
  return [...new Set([...names, ...fallback.keys()])]
    .filter((key) => key.startsWith(PREFIX + prefix))
    .map((key) => recall<T>(key.slice(PREFIX.length)))
    .filter((value) => value !== undefined);
}
