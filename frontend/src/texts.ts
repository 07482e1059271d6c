/** Texts come from the page (components/shell_parts.html), so that one catalogue translates everything. */
type Name = 'failed' | 'tooLarge' | 'wrongType' | 'uploading' | 'confirm' | 'noValue' | 'personalNumber';

export function text(name: Name, values: Record<string, string> = {}): string {
  const found = document.getElementById('texts')?.dataset[name] ?? '';
  return Object.entries(values).reduce((all, [key, value]) => all.replace(`{${key}}`, value), found);
}

/** Said by screen readers. The timer makes the same words be said twice when they come twice. */
export function announce(words: string): void {
  const region = document.getElementById('announcer');
  if (!region) return;
  region.textContent = '';
  setTimeout(() => (region.textContent = words), 50);
}

const locale = (): string => (document.documentElement.lang === 'en' ? 'en-GB' : 'vi-VN');

export function percent(value: number): string {
  return `${value.toLocaleString(locale(), { maximumFractionDigits: 1 })}\u00a0%`;
}

export function fileSize(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${value.toLocaleString(locale(), { maximumFractionDigits: 1 })}\u00a0${unit}`;
}
