// Light, dark, or as the system has it.
import { setText } from './dom';

const names = ['system', 'light', 'dark'] as const;
const key = 'siar-theme';

export function theme(button: HTMLButtonElement, changed: () => void): void {
  let chosen = Math.max(0, names.indexOf((localStorage.getItem(key) ?? 'system') as (typeof names)[number]));
  const apply = () => {
    const name = names[chosen]!;
    if (name === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    setText(button.querySelector('span')!, `Theme: ${name}`);
  };
  apply();
  button.addEventListener('click', () => {
    chosen = (chosen + 1) % names.length;
    localStorage.setItem(key, names[chosen]!);
    apply();
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}
