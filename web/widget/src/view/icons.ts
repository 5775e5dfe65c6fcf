/** The drawings of the interface, inline so that nothing is fetched. deep-chat reads them as XML. */
const svg = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" ` +
  `stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</svg>`;

export const icons = {
  moon: svg(
    '<path d="M19.6 14.4A8 8 0 0 1 9.6 4.4a8 8 0 1 0 10 10z" fill="currentColor" stroke="none"/>' +
      '<path d="M17.5 4.2v4M15.5 6.2h4" stroke-width="1.6"/>',
  ),
  chat: svg(
    '<path d="M12 3.5c-5 0-9 3.4-9 7.7 0 2.3 1.2 4.4 3.1 5.8L5.3 20.5l4-1.9c.9.2 1.8.3 2.7.3 5 0 9-3.4 9-7.7s-4-7.7-9-7.7z" fill="currentColor" stroke="none"/>' +
      '<path d="M15.2 12.6a4 4 0 0 1-4.9-4.9 4 4 0 1 0 4.9 4.9z" fill="var(--nd-launch-mark)" stroke="none"/>',
  ),
  person: svg('<circle cx="12" cy="8.2" r="3.7"/><path d="M4.8 20c.6-3.9 3.5-6 7.2-6s6.6 2.1 7.2 6"/>'),
  star: svg('<path d="M12 3.6l2.6 5.3 5.9.9-4.3 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8L3.5 9.8l5.9-.9z" fill="currentColor"/>'),
  close: svg('<path d="M6 9l6 6 6-6"/>'),
  send: svg('<path d="M12 19V5M5.5 11.5L12 5l6.5 6.5"/>'),
};
