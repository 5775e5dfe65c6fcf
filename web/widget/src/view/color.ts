/** The shop's colour and the text colours that stay readable with it (WCAG 2.2, contrast 4.5 : 1). */
export function palette(color: string): Record<string, string> {
  const rgb = parse(color);
  if (!rgb) return {};
  const hex = (part: readonly number[]): string =>
    "#" + part.map((value) => value.toString(16).padStart(2, "0")).join("");
  const toward = (target: number, against: number): string => {
    for (let share = 0; share < 1; share += 0.05) {
      const mixed = rgb.map((value) => Math.round(value + (target - value) * share));
      if (contrast(luminance(mixed), against) >= 4.5) return hex(mixed);
    }
    return hex([target, target, target]);
  };
  const own = luminance(rgb);
  return {
    "--nd-chosen": hex(rgb),
    "--nd-on-chosen": contrast(own, 1) >= contrast(own, 0) ? "#ffffff" : "#000000",
    "--nd-chosen-text": toward(0, luminance([248, 243, 234])),
    "--nd-chosen-text-dark": toward(255, luminance([31, 32, 56])),
  };
}

function parse(color: string): number[] | undefined {
  const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color);
  const long = short
    ? short.slice(1).map((digit) => digit + digit)
    : /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color)?.slice(1);
  return long?.map((pair) => Number.parseInt(pair, 16));
}

/** Relative luminance, WCAG 2.2. */
export function luminance(rgb: readonly number[]): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

export function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}
